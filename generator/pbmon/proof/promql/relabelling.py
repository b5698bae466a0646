"""Functions that change labels."""

from __future__ import annotations

import re
from itertools import combinations

from pbmon.expr.nodes import Names, Node, Selector
from pbmon.patterns import compiled
from pbmon.proof.promql.samples import Labels
from pbmon.proof.promql.vectors import EvaluationError, UnknownSemantics, Vector, vector, with_label

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_REFERENCE = re.compile(r"\$(?:(\$)|(\w+)|\{(\w+)\})")


def label_replace(
    operand: Vector, target: str, replacement: str, source: str, pattern: str
) -> Vector:
    _check(target)
    regex = compiled(pattern)

    def changed(labels: Labels) -> Labels:
        match = regex.fullmatch(dict(labels).get(source, ""))
        return with_label(labels, target, _filled(replacement, match)) if match else labels

    return vector((changed(labels), value) for labels, value in operand.items())


def label_join(operand: Vector, target: str, separator: str, *sources: str) -> Vector:
    _check(target)
    return vector(
        (
            with_label(
                labels, target, separator.join(dict(labels).get(name, "") for name in sources)
            ),
            value,
        )
        for labels, value in operand.items()
    )


def _check(target: str) -> None:
    if not _NAME.fullmatch(target):
        raise EvaluationError(f"{target!r} is no name of a label")


def _filled(replacement: str, match: re.Match[str]) -> str:
    """The replacement with `$1`, `${1}` and `${name}` taken from the match; a group that is not
    there is empty. Regexp.Expand() in Go.
    """
    groups = match.groupdict()

    def value(reference: re.Match[str]) -> str:
        dollar, *names = reference.groups()
        if dollar:
            return "$"
        name = names[0] or names[1]
        if name.isdigit():
            return (match[int(name)] or "") if int(name) <= len(match.groups()) else ""
        return groups.get(name) or ""

    return _REFERENCE.sub(value, replacement)


def fixed(node: Node) -> Labels:
    """Labels that a selector fixes to one value, which absent() has; none of another expression.

    createLabelsForAbsentFunction() in promql/functions.go. Of several matchers on one label it
    keeps none. UnknownSemantics where 2.42 keeps one that 3.5 does not.
    """
    if isinstance(node, Names):
        node = node.selectors[0]
    matchers = node.matchers if isinstance(node, Selector) else ()
    asked = [matcher.label.name for matcher in matchers]
    for before, matcher in combinations(matchers, 2):
        same = before.label.name == matcher.label.name
        if same and before.op != "=" and matcher.op == "=":
            raise UnknownSemantics(
                f"whether absent() has {matcher.label.name} depends on Prometheus's version"
            )
    return tuple(
        sorted(
            (matcher.label.name, matcher.value)
            for matcher in matchers
            if matcher.op == "=" and matcher.value and asked.count(matcher.label.name) == 1
        )
    )
