"""Operations between instant vectors, as Prometheus matches and computes them.

https://prometheus.io/docs/prometheus/latest/querying/operators/
"""

from __future__ import annotations

import re
from math import isnan

from pbmon.expr.nodes import Matching, Selector
from pbmon.labels import Matcher
from pbmon.patterns import compiled
from pbmon.proof.promql.samples import Labels

Vector = dict[Labels, float]


class UnknownSemantics(Exception):
    """The expression uses something the engine does not compute; the message says what."""


def compare(operator: str, a: float, b: float) -> bool:
    """A comparison of PromQL; NaN differs from everything."""
    return {">": a > b, "<": a < b, ">=": a >= b, "<=": a <= b, "==": a == b, "!=": a != b}[
        operator
    ]


def arithmetic(operator: str, a: float, b: float) -> float:
    """An arithmetic operation with IEEE 754's answers where Python would raise."""
    if operator == "+":
        return a + b
    if operator == "-":
        return a - b
    if operator == "*":
        return a * b
    if operator == "/":
        return a / b if b else (float("nan") if a == 0 or isnan(a) else a * float("inf"))
    raise UnknownSemantics(f"the operator {operator} is not computed")


def passes(labels: Labels, selector: Selector) -> bool:
    values = dict(labels) if selector.matchers else {}
    return all(
        fulfils(matcher, values.get(matcher.label.name, "")) for matcher in selector.matchers
    )


def fulfils(matcher: Matcher, value: str) -> bool:
    """Whether a label's value (empty for none) passes the matcher."""
    if matcher.op in {"=", "!="}:
        return (value == matcher.value) == (matcher.op == "=")
    return (compiled(matcher.value).fullmatch(value) is not None) == (matcher.op == "=~")


def only(labels: Labels, names: set[str]) -> Labels:
    return tuple(pair for pair in labels if pair[0] in names)


def without(labels: Labels, names: set[str]) -> Labels:
    return tuple(pair for pair in labels if pair[0] not in names)


def _key(labels: Labels, matching: Matching | None) -> Labels:
    if matching is None:
        return labels
    names = set(matching.labels)
    return only(labels, names) if matching.kind == "on" else without(labels, names)


def set_operation(operator: str, left: Vector, right: Vector, matching: Matching | None) -> Vector:
    if operator == "or":
        taken = {_key(labels, matching) for labels in left}
        return left | {
            labels: value for labels, value in right.items() if _key(labels, matching) not in taken
        }
    partners = {_key(labels, matching) for labels in right}
    return {
        labels: value
        for labels, value in left.items()
        if (_key(labels, matching) in partners) == (operator == "and")
    }


def matched(
    left: Vector, right: Vector, matching: Matching | None
) -> list[tuple[Labels, float, float]]:
    """(labels of the result, left value, right value) of every pair of partners."""
    partners = {_key(labels, matching): (labels, value) for labels, value in right.items()}
    pairs = []
    for labels, value in left.items():
        partner = partners.get(_key(labels, matching))
        if partner is None:
            continue
        if matching is not None and matching.group == "group_left":
            extra = only(partner[0], set(matching.include))
            result_labels = tuple(sorted((*without(labels, set(matching.include)), *extra)))
        else:
            result_labels = _key(labels, matching)
        pairs.append((result_labels, value, partner[1]))
    return pairs


def label_replace(
    vector: Vector, target: str, replacement: str, source: str, pattern: str
) -> Vector:
    result = {}
    for labels, value in vector.items():
        match = compiled(pattern).fullmatch(dict(labels).get(source, ""))
        if match:
            text = _filled(replacement, match)
            pair = [(target, text)] if text else []
            result[tuple(sorted((*without(labels, {target}), *pair)))] = value
        else:
            result[labels] = value
    return result


def _filled(replacement: str, match: re.Match[str]) -> str:
    """The replacement with `$1` and so on taken from the match; `$$` is a dollar."""
    return re.sub(
        r"\$(\$|\d+)",
        lambda group: "$" if group[1] == "$" else match[int(group[1])] or "",
        replacement,
    )
