"""A proof for every recorded series: while all levels differ, it has the value that its definition
gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from math import ceil, isfinite, nan

from pbmon.expr.nodes import Binary, Node, Number, Selector
from pbmon.expr.walk import walk
from pbmon.plan.lineage import Lineage
from pbmon.plan.plan import Plan
from pbmon.plan.quantiles import numbers_asked
from pbmon.plan.rules import PlannedRecord, ScrapeJob
from pbmon.proof.cases.proofs import RecordProof
from pbmon.proof.promql.engine import Engine
from pbmon.proof.promql.reach import reach
from pbmon.proof.promql.samples import Clock, Labels
from pbmon.proof.promql.vectors import UnknownSemantics, Unsteady
from pbmon.proof.search.stage import SETTLE
from pbmon.proof.world.atoms import Atom, Key, atoms, means, parts
from pbmon.proof.world.clock import lengths
from pbmon.proof.world.copies import beside
from pbmon.proof.world.jobs import told_apart
from pbmon.proof.world.levels import Phase, Point
from pbmon.proof.world.samples_of import rounded, series, store

TOLERANCE = 0.001
"""How far a recorded value may lie from the computed one, as a share of it."""

_CHANGING = "while its levels change"
_IDLE = "while nothing happens"


@dataclass(frozen=True)
class RecordCase:
    """After these phases, at evaluation `index`, the record has these values, and no others."""

    name: str
    atoms: tuple[Atom, ...]
    phases: tuple[Phase, ...]
    index: int
    values: tuple[tuple[Labels, float], ...]


def accepted(value: float) -> tuple[float, float]:
    """Between which values a recorded one counts as this value, both excluded."""
    low, high = sorted((value * (1 - TOLERANCE) - 1e-9, value * (1 + TOLERANCE) + 1e-9))
    return rounded(low), rounded(high)


def prove_records(
    rules: Sequence[PlannedRecord], plan: Plan, clock: Clock
) -> Iterator[RecordProof]:
    """Derive a proof of each record with this clock, or say why that is not possible."""
    for rule in rules:
        try:
            yield _proof(rule, plan, clock)
        except UnknownSemantics as unknown:
            yield RecordProof(
                rule, reason=f"its expression is outside what can be derived: {unknown}"
            )


def _proof(rule: PlannedRecord, plan: Plan, clock: Clock) -> RecordProof:
    lineage = plan.lineage
    scraped = lineage.raw(rule.expr)
    steps = ceil(max(reach(rule.expr, lineage), 300.0) / clock.evaluation) + SETTLE
    jobs = told_apart(scraped, plan)
    record_atoms = atoms(scraped, jobs)
    doubled = _doubled(rule, record_atoms, lineage, jobs, clock, steps)
    windows = lengths(rule.expr, lineage) or [300.0]
    lates = sorted(
        {max(1, round(0.4 * length / clock.evaluation)) for length in (min(windows), max(windows))}
    )
    cases: list[RecordCase] = []
    for (name, first, second), late in product(_states(rule.expr, doubled, scraped), lates):
        if late != lates[0] and name != _CHANGING:
            continue
        phases = (Phase(first, steps), Phase(second, late))
        case_atoms = tuple(dict.fromkeys(atom for atom, _ in first))
        engine = Engine(store(series(case_atoms, phases, clock), clock), lineage)
        try:
            vector = engine.record(rule.name, (steps + late - 1) * clock.evaluation)
        except Unsteady:  # as topk() where all levels are 0
            continue
        values = tuple(
            sorted((labels, value) for labels, value in vector.items() if isfinite(value))
        )
        new = (name, values) not in [(case.name, case.values) for case in cases]
        if (values or name == _IDLE) and len(values) == len(vector) and new:
            cases.append(RecordCase(name, case_atoms, phases, steps + late - 1, values))
    if not any(case.values for case in cases):
        return RecordProof(rule, reason="no series were found that give it a value")
    return RecordProof(rule, tuple(cases))


def _doubled(
    rule: PlannedRecord,
    record_atoms: Sequence[Atom],
    lineage: Lineage,
    jobs: Sequence[ScrapeJob],
    clock: Clock,
    steps: int,
) -> list[Atom]:
    """The atoms, and others beside them that differ in one label, except where Prometheus refuses
    to evaluate the record then: one side of a match has one series for each of the other.
    """
    scraped = lineage.raw(rule.expr)
    others = {
        (atom, name): other
        for atom in record_atoms
        for name in _varied(atom, scraped)
        for other in islice(beside(atom, name, scraped, jobs), 1)
    }

    def is_steady(atom_list: Sequence[Atom]) -> bool:
        phases = [Phase(_levels(atom_list, 0.37), steps)]
        engine = Engine(store(series(atom_list, phases, clock), clock), lineage)
        try:
            engine.vector(rule.expr, (steps - 1) * clock.evaluation)
        except Unsteady:
            return False
        return True

    if is_steady([*record_atoms, *others.values()]):
        return [*record_atoms, *others.values()]
    kept: dict[tuple[Atom, str], Atom] = {}
    for metric, name in dict.fromkeys((atom.metric, name) for atom, name in others):
        more = {pair: other for pair, other in others.items() if pair[1] == name}
        more = {pair: other for pair, other in more.items() if pair[0].metric == metric}
        if is_steady([*record_atoms, *(kept | more).values()]):
            kept |= more
    return [*record_atoms, *kept.values()]


def _states(
    node: Node, atom_list: Sequence[Atom], scraped: Sequence[Selector]
) -> Iterator[tuple[str, Point, Point]]:
    """(name, levels for long, levels lately) of each case."""
    first, second = _levels(atom_list, 0.37), _levels(atom_list, 0.53)
    yield _CHANGING, first, second
    idle = {key: 0.0 for atom in atom_list if atom.kind != "gauge" for key in atom.keys}
    if idle:
        yield _IDLE, {**first, **idle}, {**second, **idle}
        hardly = {key: (first[key] or 0.0) / 50_000 for key in idle}
        yield "while hardly anything happens", {**first, **hardly}, {**second, **hardly}
    for metric in dict.fromkeys(atom.metric for atom in atom_list if atom.kind == "gauge"):
        off = {key: 0.0 for atom in atom_list if atom.metric == metric for key in atom.keys}
        yield f"while {metric} is 0", {**first, **off}, {**second, **off}
    compared = [
        inner.right.value
        for inner in walk(node)
        if isinstance(inner, Binary) and isinstance(inner.right, Number)
        if inner.right.value.is_finite()
    ]
    for number in dict.fromkeys(map(float, compared)):
        for metric in dict.fromkeys(atom.metric for atom in atom_list if atom.kind == "gauge"):
            most = {
                atom.keys[0]: number
                for atom in [atom for atom in atom_list if atom.metric == metric][:-1]
            }
            yield (
                f"while all but one {metric} are {number:g}",
                {**first, **most},
                {**second, **most},
            )
    for metric in dict.fromkeys(numbers_asked(node)):
        spoilt = {
            atom.keys[0]: nan for atom in [each for each in atom_list if each.metric == metric][:1]
        }
        yield f"while one {metric} is NaN", {**first, **spoilt}, {**second, **spoilt}
    if any(isinstance(inner, Binary) and inner.operator == "or" for inner in walk(node)):
        for selector in scraped:
            selected = [atom for atom in atom_list if means(selector, atom)]
            gone = {key: None for atom in selected for key in atom.keys}
            if len(gone) < len(first):
                yield "while some series are missing", {**first, **gone}, {**second, **gone}
            less = {
                atom: replace(atom, read=atom.read - set(parts(selector, atom.bounds)))
                for atom in selected
            }
            if any(atom.read for atom in less.values()):
                rest = [
                    {(less.get(atom, atom), at): level for (atom, at), level in point.items()}
                    for point in (first, second)
                ]
                yield "while some series of a histogram are missing", rest[0], rest[1]
    for selector in dict.fromkeys(scraped):
        selected = [atom for atom in atom_list if means(selector, atom)]
        keys = [
            key
            for atom in selected
            for key in (atom.keys[1:] if atom.kind == "histogram" else atom.keys)
        ]
        if len(keys) < len(first):
            small = {key: (first[key] or 0.0) / 2000 for key in keys}
            yield "while some levels are small", {**first, **small}, {**second, **small}


def _levels(atom_list: Sequence[Atom], step: float) -> dict[Key, float | None]:
    """Levels that all differ, so that a mixed-up series shows. Few observations are beyond the
    largest bucket.
    """
    levels: dict[Key, float | None] = {}
    for number, key in enumerate(key for atom in atom_list for key in atom.keys):
        atom, position = key
        if atom.binary:
            levels[key] = float(number % 2)
        elif atom.kind != "histogram":
            levels[key] = 1.0 + number * step
        else:
            levels[key] = (
                0.001
                if position == len(atom.bounds) > 0
                else 0.5 + (number * round(step * 19) % 11) * step
            )
    return levels


def _varied(atom: Atom, scraped: Sequence[Selector]) -> Iterator[str]:
    """Labels of an atom that no matcher fixes: a second value shows whether the record
    keeps them.
    """
    fixed = {matcher.label.name for selector in scraped for matcher in selector.matchers}
    yield from (name for name, _ in atom.labels if name not in fixed)
