"""Single faults in an expression, as a typing error or a faulty generator would write them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import get_close_matches
from typing import Literal, assert_never

from pbmon import durations
from pbmon.expr.nodes import (
    COMPARISONS,
    Aggregate,
    Binary,
    Call,
    Names,
    Negation,
    Node,
    Number,
    Selector,
    Series,
    String,
    Subquery,
)
from pbmon.expr.shapes import fulfils
from pbmon.expr.text import number
from pbmon.labels import Matcher, re2_quote
from pbmon.plan.lineage import Lineage

FaultKind = Literal[
    "number",
    "quantile",
    "window",
    "offset",
    "for",
    "severity",
    "comparison",
    "set operator",
    "aggregation",
    "matcher",
    "series",
    "division",
    "sign",
    "grouping",
    "texts",
]

TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "==": "!=", "!=": "=="}
_SETS = {"and": ("or", "unless"), "or": ("and",), "unless": ("and",)}


@dataclass(frozen=True)
class Fault:
    """What was changed, and into what."""

    kind: FaultKind
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        """As `number 0.05 → 0.055`."""
        match self.kind:
            case "number" | "quantile" | "window" | "offset" | "for" | "severity":
                return f"{self.kind} {self.before} → {self.after}"
            case "comparison" | "set operator" | "aggregation" | "matcher" | "series":
                return f"{self.before} → {self.after}"
            case "division":
                return "numerator and denominator swapped"
            case "sign":
                return "the sign dropped"
            case "grouping":
                return f"{self.before} dropped"
            case "texts":
                return f"{self.before} and {self.after} swapped"
            case _:
                assert_never(self.kind)


@dataclass(frozen=True)
class Others:
    """What a mistake could write instead. series: all that exist. lineage: of the recorded ones.
    jobs: scrape jobs.
    """

    series: Sequence[Series]
    lineage: Lineage
    jobs: Sequence[str]


def faults(node: Node, others: Others) -> Iterator[tuple[Node, Fault]]:
    """(the node with one fault, the fault) for every fault of the node itself."""
    match node:
        case Number():
            yield from _of_number(node)
        case Binary():
            yield from _of_binary(node)
        case Aggregate():
            yield from _of_aggregate(node)
        case Call():
            yield from _of_call(node)
        case Subquery():
            for wrong in _halved_and_doubled(node.window):
                yield replace(node, window=wrong), Fault("window", node.window, wrong)
        case Selector():
            yield from _of_selector(node, others)
            yield from _siblings(node, others)
        case Negation():
            yield node.operand, Fault("sign")
        case String() | Names():
            return
        case _:
            assert_never(node)


def _of_number(node: Number) -> Iterator[tuple[Node, Fault]]:
    if not node.value.is_finite():
        return
    factors = (Decimal("1.1"), Decimal("0.9"))
    wrong = [node.value * factor for factor in factors]
    for value in wrong if node.value else [Decimal("0.1"), Decimal("-0.1")]:
        yield Number(value), Fault("number", number(node.value), number(value))


def _of_binary(node: Binary) -> Iterator[tuple[Node, Fault]]:
    if node.operator in COMPARISONS:
        other = TURNED[node.operator]
        yield replace(node, operator=other), Fault("comparison", node.operator, other)
    for other in _SETS.get(node.operator, ()):
        yield replace(node, operator=other), Fault("set operator", node.operator, other)
    if node.operator == "/" and not isinstance(node.right, Number):
        yield replace(node, left=node.right, right=node.left), Fault("division")


def _of_aggregate(node: Aggregate) -> Iterator[tuple[Node, Fault]]:
    for name in node.labels:
        rest = tuple(label for label in node.labels if label != name)
        yield replace(node, labels=rest), Fault("grouping", f"{node.grouping} ({name})")
    if node.operator in {"sum", "max", "min", "avg"}:
        other = "count" if node.operator != "max" else "min"
        yield replace(node, operator=other), Fault("aggregation", node.operator, other)


def _of_call(node: Call) -> Iterator[tuple[Node, Fault]]:
    match node:
        case Call("histogram_quantile", (Number(share), *rest)):
            wrong = Decimal("0.5") if share != Decimal("0.5") else Decimal("0.95")
            changed = replace(node, arguments=(Number(wrong), *rest))
            yield changed, Fault("quantile", f"{share}", f"{wrong}")
        case _:
            return  # other calls have no parameter to get wrong


def _of_selector(node: Selector, others: Others) -> Iterator[tuple[Node, Fault]]:
    for wrong in _halved_and_doubled(node.window):
        yield replace(node, window=wrong), Fault("window", node.window, wrong)
    for wrong in _halved_and_doubled(node.offset):
        yield replace(node, offset=wrong), Fault("offset", node.offset, wrong)
    for position, matcher in enumerate(node.matchers):
        wrong = _other_value(matcher, others.jobs)
        if wrong:
            changed = (
                *node.matchers[:position],
                replace(matcher, value=wrong),
                *node.matchers[position + 1 :],
            )
            before = f"{matcher.label.name}{matcher.op}{matcher.value}"
            yield replace(node, matchers=changed), Fault("matcher", before, wrong)


def _halved_and_doubled(duration: str) -> tuple[str, ...]:
    """duration: with `-` before it for one that lies ahead; empty for none."""
    if not duration:
        return ()
    sign, length = ("-", duration[1:]) if duration.startswith("-") else ("", duration)
    return tuple(sign + durations.text(durations.seconds(length) * factor) for factor in (2, 0.5))


def _other_value(matcher: Matcher, jobs: Sequence[str]) -> str:
    """Another value of the closed set, or another job; empty where there is none."""
    pool = jobs if matcher.label.name == "job" else matcher.label.domain
    asks = replace(matcher, op="=~" if "~" in matcher.op else "=")
    value = next((value for value in pool if not fulfils(asks, value)), "")
    return re2_quote(value) if "~" in matcher.op else value


def _siblings(node: Selector, others: Others) -> Iterator[tuple[Node, Fault]]:
    """The series with the most similar name, and the first one, that could be written instead."""
    siblings = {series.name: series for series in others.series if _is_sibling(series, node.series)}
    near = get_close_matches(node.series.name, siblings, 1, cutoff=0)
    for name in dict.fromkeys([*near, *list(siblings)[:1]]):
        yield replace(node, series=siblings[name]), Fault("series", node.series.name, name)


def _is_sibling(other: Series, written: Series) -> bool:
    """Whether one name could be written for the other without any other visible mistake."""
    if other.name == written.name or other.type != written.type:
        return False
    return {label.name for label in other.labels} >= {label.name for label in written.labels}
