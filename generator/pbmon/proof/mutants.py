"""A rule with one fault in it: what a slip of the hand, or of a generator, would leave behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pbmon import durations
from pbmon.artifact import Artifact
from pbmon.expr.nodes import Aggregate, Binary, Call, Node, Number, Selector, Series, Subquery
from pbmon.expr.text import number
from pbmon.expr.walk import children, selectors, walk
from pbmon.labels import Matcher
from pbmon.model.service import SEVERITIES
from pbmon.plan.rules import PlannedAlert, PlannedRecord
from pbmon.proof.vectors import fulfils

Rule = PlannedAlert | PlannedRecord
_TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "==": "!=", "!=": "=="}
_OTHER_AGGREGATION = frozenset({"sum → count", "max → min", "min → count", "avg → count"})
_ONLY_EXISTENCE = "only whether it has a value is asked"
_ONLY_LABELS = "the value is multiplied by 0, and the labels stay"
_SETS = {"and": ("or", "unless"), "or": ("and",), "unless": ("and",)}


@dataclass(frozen=True)
class Mutant:
    """A changed rule. fault: what was changed, as `number 0.05 → 0.055`. equal: why it says the same all the same, or empty."""

    rule: Rule
    fault: str
    equal: str = ""


@dataclass(frozen=True)
class Trial:
    """One mutant with its rule file and test files (paths below the folder), most telling test first."""

    mutant: Mutant
    rules: Artifact
    tests: tuple[Artifact, ...]


def mutants(rule: Rule, series: Sequence[Series]) -> Iterator[Mutant]:
    """Every single fault of the kinds below. series: all that exist, to swap a metric for a sibling."""
    for changed, fault, equal in _faults(rule.expr, series):
        yield Mutant(replace(rule, expr=changed), fault, equal)
    if isinstance(rule, PlannedAlert):
        yield from _of_alert(rule)


def _of_alert(rule: PlannedAlert) -> Iterator[Mutant]:
    length = durations.milliseconds(rule.for_)
    for wrong in (length // 2, length * 2) if length else (600_000,):
        yield Mutant(replace(rule, for_=durations.text(wrong / 1000)), f"for {rule.for_} → {durations.text(wrong / 1000)}")
    for severity in SEVERITIES:
        if severity != rule.severity:
            labels = tuple((name, severity if name == "severity" else value) for name, value in rule.labels)
            yield Mutant(replace(rule, labels=labels), f"severity {rule.severity} → {severity}")
    texts = dict(rule.annotations)
    for first, second in (("summary", "impact"), ("description", "action")):
        if texts[first] != texts[second]:
            swapped = {**texts, first: texts[second], second: texts[first]}
            yield Mutant(replace(rule, annotations=tuple(sorted(swapped.items()))), f"{first} and {second} swapped")


def _faults(node: Node, series: Sequence[Series]) -> Iterator[tuple[Node, str, str]]:
    """(the expression with one node changed, the fault, why that changes nothing) for every node and every fault of it."""
    yield from ((changed, fault, "") for changed, fault in _here(node, series))
    nothing = isinstance(node, Binary) and node.operator == "*" and isinstance(node.left, Number) and not node.left.value
    for position, child in enumerate(children(node)):
        for changed, fault, equal in _faults(child, series):
            same = _ONLY_LABELS if nothing and not fault.endswith("dropped") else equal
            if position == 1 and _asks_existence(node) and fault in _OTHER_AGGREGATION:
                same = _ONLY_EXISTENCE
            yield _with_child(node, position, changed), fault, same


def _asks_existence(node: Node) -> bool:
    """Whether the right side's value does not matter: it stands behind `and` or `unless` and is compared with nothing."""
    if not isinstance(node, Binary) or node.operator not in {"and", "unless"}:
        return False
    return not any(isinstance(inner, Binary) and inner.operator in _TURNED for inner in walk(node.right))


def _with_child(node: Node, position: int, child: Node) -> Node:
    match node:
        case Call():
            return replace(node, arguments=(*node.arguments[:position], child, *node.arguments[position + 1 :]))
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


def _here(node: Node, series: Sequence[Series]) -> Iterator[tuple[Node, str]]:
    match node:
        case Number() if node.value:
            for factor in (Decimal("1.1"), Decimal("0.9")):
                yield Number(node.value * factor), f"number {number(node.value)} → {number(node.value * factor)}"
        case Binary():
            yield from _of_binary(node)
        case Aggregate():
            for name in node.labels:
                rest = tuple(label for label in node.labels if label != name)
                yield replace(node, labels=rest), f"{node.grouping} ({name}) dropped"
            if node.operator in {"sum", "max", "min", "avg"}:
                other = "count" if node.operator != "max" else "min"
                yield replace(node, operator=other), f"{node.operator} → {other}"
        case Call() if node.function == "histogram_quantile" and isinstance(node.arguments[0], Number):
            wrong = Decimal("0.5") if node.arguments[0].value != Decimal("0.5") else Decimal("0.95")
            yield replace(node, arguments=(Number(wrong), *node.arguments[1:])), f"quantile {node.arguments[0].value} → {wrong}"
        case Selector():
            yield from _of_selector(node, series)
        case _:
            return


def _of_binary(node: Binary) -> Iterator[tuple[Node, str]]:
    if node.operator in _TURNED:
        yield replace(node, operator=_TURNED[node.operator]), f"{node.operator} → {_TURNED[node.operator]}"
    for other in _SETS.get(node.operator, ()):
        yield replace(node, operator=other), f"{node.operator} → {other}"
    if node.operator == "/" and not isinstance(node.right, Number):
        yield replace(node, left=node.right, right=node.left), "numerator and denominator swapped"


def _of_selector(node: Selector, series: Sequence[Series]) -> Iterator[tuple[Node, str]]:
    if node.window:
        for length in (durations.seconds(node.window) * 2, durations.seconds(node.window) / 2):
            yield replace(node, window=durations.text(length)), f"window {node.window} → {durations.text(length)}"
    for position, matcher in enumerate(node.matchers):
        sibling = _sibling(matcher)
        if sibling:
            changed = (*node.matchers[:position], sibling, *node.matchers[position + 1 :])
            yield replace(node, matchers=changed), f"{matcher.label.name}{matcher.op}{matcher.value} → {sibling.value}"
    other = next((found for found in series if _is_sibling(found, node.series)), None)
    if other:
        yield replace(node, series=other), f"{node.series.name} → {other.name}"


def _sibling(matcher: Matcher) -> Matcher | None:
    """The matcher asking for another value of the closed set."""
    others = [
        value for value in matcher.label.domain if not fulfils(replace(matcher, op="=~" if "~" in matcher.op else "="), value)
    ]
    if not others:
        return None
    return replace(matcher, value=others[0].replace(".", "\\.") if "~" in matcher.op else others[0])


def _is_sibling(other: Series, own: Series) -> bool:
    """Whether one name could be written for the other without anything else looking wrong."""
    if other.name == own.name or other.type != own.type:
        return False
    return {label.name for label in other.labels} >= {label.name for label in own.labels}


def all_series(rules: Iterable[Rule], records: Mapping[str, Node]) -> list[Series]:
    """Every series that the rules and records select, sorted by name."""
    expressions = [*(rule.expr for rule in rules), *records.values()]
    found = {selector.series.name: selector.series for node in expressions for selector in selectors(node)}
    return [found[name] for name in sorted(found)]
