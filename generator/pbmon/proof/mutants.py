"""A rule with one fault in it: what a slip of the hand, or of a generator, would leave behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import get_close_matches

from pbmon import durations
from pbmon.artifact import Artifact
from pbmon.expr.nodes import Aggregate, Binary, Call, Node, Number, Selector, Series, Subquery
from pbmon.expr.text import number
from pbmon.expr.walk import children, selectors, walk
from pbmon.labels import Matcher, re2_quote
from pbmon.model.service import SEVERITIES
from pbmon.plan.lineage import Lineage
from pbmon.plan.rules import PlannedAlert, PlannedRecord
from pbmon.proof.bounds import reachable
from pbmon.proof.vectors import fulfils

Rule = PlannedAlert | PlannedRecord
_TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "==": "!=", "!=": "=="}
_OTHER_AGGREGATION = frozenset({"sum → count", "max → min", "min → count", "avg → count"})
_ONLY_EXISTENCE = "only whether it has a value is asked"
_ONLY_LABELS = "the value is multiplied by 0, and the same scraped series give it its labels"
_NEVER_BETWEEN = "no value lies between the two limits"
_NOT_ABOVE = "what stands in for missing series is not above the limit"
_NOTHING = "without traffic the share is NaN, which no comparison lets through"
_SAME = "both are recorded from the same series in the same way"
_SETS = {"and": ("or", "unless"), "or": ("and",), "unless": ("and",)}


@dataclass(frozen=True)
class Mutant:
    """A changed rule. fault: what was changed, as `number 0.05 → 0.055`. equal: why it says the
    same all the same, or empty.
    """

    rule: Rule
    fault: str
    equal: str = ""


@dataclass(frozen=True)
class Others:
    """What a slip of the hand could write instead. series: all that exist. lineage: of the
    recorded ones. jobs: scrape jobs.
    """

    series: Sequence[Series]
    lineage: Lineage
    jobs: Sequence[str]


@dataclass(frozen=True)
class Trial:
    """One mutant with its rule file and test files (paths below the folder), most telling test
    first.
    """

    mutant: Mutant
    rules: Artifact
    tests: tuple[Artifact, ...]


def mutants(rule: Rule, others: Others) -> Iterator[Mutant]:
    """Every single fault of the kinds below."""
    alerts, stand_ins = isinstance(rule, PlannedAlert), _stand_ins(rule.expr)
    for changed, fault, equal in _faults(rule.expr, others, alerts):
        unseen = alerts and len(now := _stand_ins(changed)) == len(stand_ins) and now != stand_ins
        yield Mutant(replace(rule, expr=changed), fault, _NOT_ABOVE if unseen else equal)
    if isinstance(rule, PlannedAlert):
        yield from _of_alert(rule)


def _of_alert(rule: PlannedAlert) -> Iterator[Mutant]:
    length = durations.milliseconds(rule.for_)
    for wrong in (length // 2, length * 2) if length else (600_000,):
        yield Mutant(
            replace(rule, for_=durations.text(wrong / 1000)),
            f"for {rule.for_} → {durations.text(wrong / 1000)}",
        )
    for severity in SEVERITIES:
        if severity != rule.severity:
            labels = tuple(
                (name, severity if name == "severity" else value) for name, value in rule.labels
            )
            yield Mutant(replace(rule, labels=labels), f"severity {rule.severity} → {severity}")
    texts = dict(rule.annotations)
    for first, second in (("summary", "impact"), ("description", "action")):
        if texts[first] != texts[second]:
            swapped = {**texts, first: texts[second], second: texts[first]}
            yield Mutant(
                replace(rule, annotations=tuple(sorted(swapped.items()))),
                f"{first} and {second} swapped",
            )


def _faults(node: Node, others: Others, in_alert: bool) -> Iterator[tuple[Node, str, str]]:
    """(the expression with one node changed, the fault, why that changes nothing) for every node
    and every fault of it.
    """
    yield from _here(node, others)
    guarded = (
        in_alert
        and isinstance(node, Binary)
        and node.operator == "/"
        and isinstance(node.right, Binary)
    )
    for position, child in enumerate(children(node)):
        for changed, fault, equal in _faults(child, others, in_alert):
            unseen = equal or (
                _NOTHING if guarded and position == 1 and fault == "number 0 → -0.1" else ""
            )
            if position == 1:
                unseen = unseen or _unread(node, child, changed, fault, others)
            yield _with_child(node, position, changed), fault, unseen


def _unread(node: Node, child: Node, changed: Node, fault: str, others: Others) -> str:
    """Why nobody sees a fault in the right side of a node, or empty."""
    if not isinstance(node, Binary):
        return ""
    if isinstance(child, Number) and isinstance(changed, Number) and node.operator in _TURNED:
        low, high = reachable(node.left, others.lineage)
        near, far = sorted((child.value, changed.value))
        return (
            ""
            if low < far and near <= high and not (low == near and node.operator in {">=", "<"})
            else _NEVER_BETWEEN
        )
    if node.operator == "*" and node.left == Number(Decimal(0)):
        alike = others.lineage.metrics(child) == others.lineage.metrics(changed)
        if (
            fault in _OTHER_AGGREGATION
            or (alike and fault.startswith("window "))
            or (alike and _is_swap(child, changed))
        ):
            return _ONLY_LABELS
    return _ONLY_EXISTENCE if _asks_existence(node) and fault in _OTHER_AGGREGATION else ""


def _is_swap(child: Node, changed: Node) -> bool:
    """Whether the two differ in the names of their series."""
    return [inner.series.name for inner in selectors(child)] != [
        inner.series.name for inner in selectors(changed)
    ]


def _stand_ins(node: Node) -> list[tuple[str, Node]]:
    """Of every share that is compared with a limit: what stands in for its part while that has no
    series, if it is no more.

    The alert is silent then, whatever the stand-in's series are (functions.ratio() makes such
    shares, with 0).
    """
    found: list[tuple[str, Node]] = []
    for inner in walk(node):
        match inner:
            case Binary(
                operator=">" | ">=",
                left=Binary(
                    operator="/",
                    left=Binary(
                        operator="or" | "and" as operator, right=Binary(operator="*") as stand_in
                    ),
                ),
                right=Number(value=limit),
            ) if isinstance(stand_in.left, Number) and stand_in.left.value <= limit > 0:
                found.append((operator, stand_in))
    return found


def _asks_existence(node: Node) -> bool:
    """Whether the right side's value does not matter: it stands behind `and` or `unless` and is
    compared with nothing.
    """
    if not isinstance(node, Binary) or node.operator not in {"and", "unless"}:
        return False
    return not any(
        isinstance(inner, Binary) and inner.operator in _TURNED for inner in walk(node.right)
    )


def _with_child(node: Node, position: int, child: Node) -> Node:
    match node:
        case Call():
            return replace(
                node, arguments=(*node.arguments[:position], child, *node.arguments[position + 1 :])
            )
        case Aggregate() if node.parameter is not None and position == 0:
            return replace(node, parameter=child)
        case Aggregate():
            return replace(node, operand=child)
        case Binary():
            return replace(node, left=child) if position == 0 else replace(node, right=child)
        case Subquery():
            return replace(node, operand=child)
        case _:
            return node


def _here(node: Node, others: Others) -> Iterator[tuple[Node, str, str]]:
    match node:
        case Number():
            wrong = (
                [node.value * Decimal("1.1"), node.value * Decimal("0.9")]
                if node.value
                else [Decimal("0.1"), Decimal("-0.1")]
            )
            yield from (
                (Number(value), f"number {number(node.value)} → {number(value)}", "")
                for value in wrong
            )
        case Binary():
            yield from ((changed, fault, "") for changed, fault in _of_binary(node))
        case Aggregate():
            for name in node.labels:
                rest = tuple(label for label in node.labels if label != name)
                yield replace(node, labels=rest), f"{node.grouping} ({name}) dropped", ""
            if node.operator in {"sum", "max", "min", "avg"}:
                other = "count" if node.operator != "max" else "min"
                yield replace(node, operator=other), f"{node.operator} → {other}", ""
        case Call() if node.function == "histogram_quantile" and isinstance(
            node.arguments[0], Number
        ):
            wrong_q = (
                Decimal("0.5") if node.arguments[0].value != Decimal("0.5") else Decimal("0.95")
            )
            yield (
                replace(node, arguments=(Number(wrong_q), *node.arguments[1:])),
                f"quantile {node.arguments[0].value} → {wrong_q}",
                "",
            )
        case Subquery():
            for wrong_w in _halved_and_doubled(node.window):
                yield replace(node, window=wrong_w), f"window {node.window} → {wrong_w}", ""
        case Selector():
            yield from ((changed, fault, "") for changed, fault in _of_selector(node, others))
            yield from _siblings(node, others)
        case _:
            return


def _of_binary(node: Binary) -> Iterator[tuple[Node, str]]:
    if node.operator in _TURNED:
        yield (
            replace(node, operator=_TURNED[node.operator]),
            f"{node.operator} → {_TURNED[node.operator]}",
        )
    for other in _SETS.get(node.operator, ()):
        yield replace(node, operator=other), f"{node.operator} → {other}"
    if node.operator == "/" and not isinstance(node.right, Number):
        yield replace(node, left=node.right, right=node.left), "numerator and denominator swapped"


def _of_selector(node: Selector, others: Others) -> Iterator[tuple[Node, str]]:
    for wrong in _halved_and_doubled(node.window):
        yield replace(node, window=wrong), f"window {node.window} → {wrong}"
    for wrong in _halved_and_doubled(node.offset):
        yield replace(node, offset=wrong), f"offset {node.offset} → {wrong}"
    for position, matcher in enumerate(node.matchers):
        wrong = _other_value(matcher, others.jobs)
        if wrong:
            changed = (
                *node.matchers[:position],
                replace(matcher, value=wrong),
                *node.matchers[position + 1 :],
            )
            yield (
                replace(node, matchers=changed),
                f"{matcher.label.name}{matcher.op}{matcher.value} → {wrong}",
            )


def _halved_and_doubled(duration: str) -> tuple[str, ...]:
    return (
        tuple(durations.text(durations.seconds(duration) * factor) for factor in (2, 0.5))
        if duration
        else ()
    )


def _other_value(matcher: Matcher, jobs: Sequence[str]) -> str:
    """Another value of the closed set, or another job; empty where there is none."""
    pool = jobs if matcher.label.name == "job" else matcher.label.domain
    asks = replace(matcher, op="=~" if "~" in matcher.op else "=")
    value = next((value for value in pool if not fulfils(asks, value)), "")
    return re2_quote(value) if "~" in matcher.op else value


def _siblings(node: Selector, others: Others) -> Iterator[tuple[Node, str, str]]:
    """The series with the nearest name, and the first of all, that could be written instead."""
    siblings = {series.name: series for series in others.series if _is_sibling(series, node.series)}
    near = get_close_matches(node.series.name, siblings, 1, cutoff=0)
    for name in dict.fromkeys([*near, *list(siblings)[:1]]):
        same = (
            _SAME if others.lineage.origin(node.series.name) == others.lineage.origin(name) else ""
        )
        yield replace(node, series=siblings[name]), f"{node.series.name} → {name}", same


def _is_sibling(other: Series, own: Series) -> bool:
    """Whether one name could be written for the other without anything else looking wrong."""
    if other.name == own.name or other.type != own.type:
        return False
    return {label.name for label in other.labels} >= {label.name for label in own.labels}


def all_series(rules: Iterable[Rule]) -> list[Series]:
    """Every series that the rules select, sorted by name."""
    found = {
        selector.series.name: selector.series for rule in rules for selector in selectors(rule.expr)
    }
    return [found[name] for name in sorted(found)]
