"""A proof for every recorded series: with every level different, it has the value that its definition gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, isfinite

from pbmon.expr.nodes import Node, Selector
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedRecord
from pbmon.proof.derive import SETTLE
from pbmon.proof.scenario import reach
from pbmon.proof.series import Clock, Labels
from pbmon.proof.solve import Situation
from pbmon.proof.vectors import UnknownSemantics
from pbmon.proof.world import Atom, Phase, Point, atoms, raw_selectors


@dataclass(frozen=True)
class RecordProof:
    """atoms and phases make the series; at step `index` the record has these values. reason: why there is no proof."""

    record: PlannedRecord
    atoms: tuple[Atom, ...] = ()
    phases: tuple[Phase, ...] = ()
    index: int = 0
    values: tuple[tuple[Labels, float], ...] = ()
    reason: str = ""


def prove_records(rules: Sequence[PlannedRecord], records: Mapping[str, Node], plan: Plan, clock: Clock) -> Iterator[RecordProof]:
    """Derive a proof of each record with this clock, or say why that is not possible."""
    for rule in rules:
        try:
            yield _proof(rule, records, plan, clock)
        except UnknownSemantics as unknown:
            yield RecordProof(rule, reason=f"its expression is outside what can be derived: {unknown}")


def _proof(rule: PlannedRecord, records: Mapping[str, Node], plan: Plan, clock: Clock) -> RecordProof:
    found = list(raw_selectors(rule.expr, records))
    steps = ceil(max(reach(rule.expr, records), 300.0) / clock.evaluation) + SETTLE
    made = atoms(found, plan.jobs)
    doubled = [*made, *(_beside(atom, name) for atom in made for name in _varied(atom, found))]
    situation = Situation(doubled, records, clock, steps)
    for point in _points(doubled):
        vector = {labels: value for labels, value in situation.vector(rule.expr, point).items() if isfinite(value)}
        if vector:
            return RecordProof(rule, tuple(doubled), (Phase(point, steps + 1),), steps, tuple(sorted(vector.items())))
    return RecordProof(rule, reason="no series were found that give it a value")


def _points(made: Sequence[Atom]) -> Iterator[Point]:
    """Levels that all differ, so that a series mistaken for another shows; then gauges at 0 one by one, for those that exclude."""
    point: dict[tuple[Atom, int], float | None] = {}
    for number, key in enumerate(key for atom in made for key in atom.keys):
        point[key] = 1.0 + number * 0.37 if key[0].kind != "histogram" else 0.5 + (number * 7 % 11) * 0.13
    yield point
    for metric in dict.fromkeys(atom.metric for atom in made if atom.kind == "gauge"):
        yield {key: 0.0 if key[0].metric == metric else level for key, level in point.items()}


def _varied(atom: Atom, found: Sequence[Selector]) -> Iterator[str]:
    """Labels of an atom that no matcher fixes: a second value shows whether the record keeps them."""
    fixed = {matcher.label.name for selector in found for matcher in selector.matchers}
    yield from (name for name, _ in atom.labels if name not in fixed)


def _beside(atom: Atom, name: str) -> Atom:
    pairs = dict(atom.labels)
    pairs[name] = "another:80" if name == "instance" else f"another_{pairs[name]}"
    return Atom(atom.metric, atom.kind, tuple(sorted(pairs.items())), atom.bounds)
