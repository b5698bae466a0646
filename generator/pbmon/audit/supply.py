"""Which series an expression has, by what is exposed and what rules record.

Comparisons count as true: what an expression can have is asked, not what it has now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from pbmon.audit import lacks
from pbmon.audit.exposed import Exposed, Series
from pbmon.audit.expressions import UNKNOWN
from pbmon.audit.lacks import Lack
from pbmon.audit.meeting import meeting
from pbmon.audit.selection import MIXED, ONE, SOME, Selection, Vector, bounded
from pbmon.expr.derivation import is_scalar
from pbmon.expr.nodes import (
    SET_OPERATORS,
    Aggregate,
    Binary,
    Call,
    Names,
    Negation,
    Node,
    Number,
    Selector,
    String,
    Subquery,
)
from pbmon.expr.signatures import ABSENCE, OPERATORS, SIGNATURES
from pbmon.expr.text import promql
from pbmon.expr.walk import children
from pbmon.inference.rule_files import RuleText


class Supply:
    """records: the rules of each recorded name, with their expressions. jobs: names of all scrape
    jobs; None where there may be others.
    """

    def __init__(
        self,
        exposed: Exposed | None,
        records: Mapping[str, Sequence[tuple[RuleText, Node]]],
        jobs: Collection[str] | None,
    ) -> None:
        self._selection = Selection(exposed, jobs)
        self._whole = exposed is not None and exposed.is_whole
        self._records = records
        self._recorded: dict[str, Vector] = {}
        self._selected: dict[Selector, Vector] = {}
        self.several: dict[Node, str] = {}
        """Operations in which a series has several partners, and on which side."""

    def of(self, node: Node) -> Vector:
        """What the expression has."""
        match node:
            case Selector():
                if node not in self._selected:
                    self._selected[node] = self._of_selector(node)
                return self._selected[node]
            case Names():
                return self._selection.of_names(node, self._records)
            case Number() | String():
                return ONE
            case Negation() | Subquery():
                return self.of(node.operand)
            case Aggregate():
                return self._aggregated(node)
            case Call():
                return self._called(node)
            case Binary():
                return self._joined(node)
            case _:
                assert_never(node)

    def lacks(self, node: Node, spare: bool = False) -> Iterator[Lack]:
        """Why parts of the expression have nothing, but for those that may be missing: in absent()
        and behind `unless`. spare: whether another alternative has a value, so that this one may be
        for another version.
        """
        if isinstance(node, Selector | Names):
            if lack := self.of(node).lack:
                yield _weaker(lack) if spare else lack
        elif isinstance(node, Call) and node.function in ABSENCE:
            return
        elif isinstance(node, Binary) and node.operator == "unless":
            yield from self.lacks(node.left, spare)
        elif isinstance(node, Binary) and node.operator == "or":
            for side, other in ((node.left, node.right), (node.right, node.left)):
                yield from self.lacks(side, spare or not self.of(other).is_empty)
        else:
            below = [lack for child in children(node) for lack in self.lacks(child, spare)]
            yield from below
            if not below and isinstance(node, Binary) and (lack := self.of(node).lack):
                yield _weaker(lack) if spare else lack

    def _of_selector(self, selector: Selector) -> Vector:
        name = selector.series.name
        if UNKNOWN in name:
            return SOME
        if name not in self._records:
            return self._selection.of(selector)
        if name not in self._recorded:
            self._recorded[name] = SOME  # while a circle is followed
            self._recorded[name] = self._of_record(name)
        return self._selection.within(selector, self._recorded[name])

    def _of_record(self, name: str) -> Vector:
        every: list[Series] = []
        vectors = [(rule, self.of(node)) for rule, node in self._records[name]]
        for rule, below in vectors:
            if below.series is None:
                return SOME
            labels = dict(rule.labels)
            every += [Series({**each.labels, **labels}, each.origin) for each in below.series]
        return bounded(tuple(every), None if every else vectors[0][1].lack)

    def _aggregated(self, node: Aggregate) -> Vector:
        below = self.of(node.operand)
        if not below.series or OPERATORS[node.operator].keeps:
            return below
        listed = set(node.labels)
        if node.operator == "count_values" or any(UNKNOWN in name for name in listed):
            return SOME
        by = node.grouping == "by"
        groups: dict[tuple[tuple[str, str], ...], int] = {}
        for each in below.series:
            kept = _kept(each, listed, by=by)
            origin = groups.setdefault(kept, each.origin)
            groups[kept] = origin if origin == each.origin else MIXED
        return Vector(tuple(Series(dict(kept), origin) for kept, origin in groups.items()))

    def _called(self, node: Call) -> Vector:
        if node.function in ABSENCE:
            return SOME
        vectors = [
            self.of(argument)
            for argument in node.arguments
            if not isinstance(argument, String) and not is_scalar(argument)
        ]
        if not vectors or node.function in {"scalar", "vector"}:
            return ONE
        below = vectors[0]
        rule = SIGNATURES[node.function].labels
        if below.is_empty or rule == "same":
            return below
        if rule == "without le" and lacks.loses_buckets(node):
            return Vector((), lacks.LOST_BUCKETS)
        if below.series is not None and rule == "without le":
            return _distinct(below.series, {"le"}, by=False)
        return SOME

    def _joined(self, node: Binary) -> Vector:
        left, right = self.of(node.left), self.of(node.right)
        if is_scalar(node.left):
            return right
        if is_scalar(node.right):
            return left
        if node.operator == "or":
            if left.is_empty or right.is_empty:
                return right if left.is_empty else left
            if left.series is None or right.series is None:
                return SOME
            met = meeting(left.series, right.series, node.matching, self._whole)
            replaced = {id(series) for series in met.right}
            added = [series for series in right.series if id(series) not in replaced]
            return bounded((*left.series, *added), None)
        if left.is_empty or node.operator == "unless":
            return left
        if right.is_empty:
            return right
        if left.series is None or right.series is None:
            return left if node.operator == "and" else SOME
        met = meeting(left.series, right.series, node.matching, self._whole)
        if not met.left:
            return Vector((), _apart(node, left.series, right.series))
        if node.operator in SET_OPERATORS:
            return Vector(met.left)
        if met.several:
            self.several[node] = met.several
        if node.matching is None:
            return Vector(met.left)
        return self._labelled(node, met.left, met.right)

    def _labelled(
        self, node: Binary, left: tuple[Series, ...], right: tuple[Series, ...]
    ) -> Vector:
        """What an operation with a matching gives."""
        matching = node.matching
        assert matching is not None
        if matching.group:
            many = left if matching.group == "group_left" else right
            return SOME if matching.include else Vector(many)
        return _distinct(left, set(matching.labels), by=matching.kind == "on")


def _weaker(lack: Lack) -> Lack:
    return replace(lack, level="warning")


def _kept(series: Series, listed: Collection[str], *, by: bool) -> tuple[tuple[str, str], ...]:
    """The labels that are listed, or without `by` the others, sorted."""
    return tuple(sorted(pair for pair in series.labels.items() if (pair[0] in listed) == by))


def _distinct(every: Sequence[Series], listed: Collection[str], *, by: bool) -> Vector:
    """What is left of series of which only these labels are kept."""
    rest = {_kept(each, listed, by=by): each for each in every}
    return Vector(tuple(Series(dict(key), each.origin) for key, each in rest.items()))


def _apart(node: Binary, left: Sequence[Series], right: Sequence[Series]) -> Lack:
    """Two sides of which no series meet."""
    texts = []
    for side in (left, right):
        names = sorted({name for each in side for name in each.labels})
        texts.append(", ".join(names) or "no labels")
    matching = node.matching
    how = f"{matching.kind}({', '.join(matching.labels)})" if matching else "all labels"
    operation = promql(node)
    alike = {frozenset(each.labels) for each in left} & {frozenset(each.labels) for each in right}
    return Lack(
        "sides-can-meet",
        f"no series on the left of `{node.operator}` meets one on the right, matched by {how}:"
        f" {operation[:160]}",
        f"left has {texts[0]}; right has {texts[1]}",
        "warning" if alike or matching else "error",  # by values, others may come
    )
