"""Proves from an alert's definition alone that it fires at its limit, after its `for`, and stays
silent otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType

from pbmon.expr.nodes import Aggregate
from pbmon.expr.text import promql
from pbmon.plan.lineage import Lineage
from pbmon.plan.rules import PlannedAlert, ScrapeJob
from pbmon.proof.cases.all_targets import alone
from pbmon.proof.cases.alternatives import alternatives, operands
from pbmon.proof.cases.always import always
from pbmon.proof.cases.case import Case
from pbmon.proof.cases.derived import by_sides, by_steps, by_trying
from pbmon.proof.cases.first_event import unseen
from pbmon.proof.cases.odd_texts import odd
from pbmon.proof.cases.proofs import Proof, Verdict
from pbmon.proof.cases.variations import ages
from pbmon.proof.promql.samples import Clock
from pbmon.proof.promql.vectors import UnknownSemantics, Unsteady
from pbmon.proof.search.effort import MOST_EFFORT, PLAIN_EFFORT, Effort, Unsolved
from pbmon.proof.search.solve import leaves
from pbmon.proof.search.stage import Stage
from pbmon.proof.search.worlds import shapes, straight
from pbmon.proof.texts.values import FailedTemplate, UnknownTemplate
from pbmon.proof.values.bounds import Bounds
from pbmon.proof.values.contradictions import contradiction
from pbmon.proof.values.digits import unstable
from pbmon.proof.values.identity import unsteady
from pbmon.proof.world.atoms import Shape

_KNOWN_TEXT = (
    "change the text, or show it by hand:"
    " RuleTest(rule, given={...}, fires_at=..., annotations={...})"
)

_OTHER_LABELS = (
    "a text that fits every value, or a label of a closed set, values=(...); or show it by hand:"
    " RuleTest(rule, given={...}, fires_at=...)"
)

_BRIEF, _EFFORT = 2_000_000, 8_000_000
"""Samples read at most in the plainest world, before a condition counts as one about change, and in
one richer world.
"""


_STEPS = 100_000_000
"""Samples read at most in search of a step in one richer world."""

Way = tuple[Callable[[Stage], Iterator[Case]], Stage]
"""How cases are derived, and the world to do it in."""

_MOST_ALTERNATIVES = 64
"""Alternatives of a condition that are shown, the first ones."""


def prove(
    alert: PlannedAlert,
    lineage: Lineage,
    jobs: Sequence[ScrapeJob],
    clock: Clock,
    late: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    most: float = PLAIN_EFFORT,
) -> Proof:
    """Derive the cases of an alert with this clock, or say why that is not possible. late: counters
    whose series may appear with their first event, see task.born_late(). most: samples that are
    read at most.

    One that never or always fires has no cases, unless its author accepts that: they show what it
    does where the world is another one.
    """
    against = None if alert.always_fires else contradiction(alert.expr, Bounds(lineage))
    if against is None:
        return _proof(alert, lineage, jobs, clock, late, most)
    verdict: Verdict = "always fires" if against.always else "never fires"
    cases = _proof(alert, lineage, jobs, clock, late, most).cases if alert.is_excused else ()
    return Proof(alert, cases, against.reason, verdict)


def _proof(
    alert: PlannedAlert,
    lineage: Lineage,
    jobs: Sequence[ScrapeJob],
    clock: Clock,
    late: Mapping[str, tuple[str, ...]],
    most: float,
) -> Proof:
    """Of an alert that may fire, and may not."""

    def unproven(reason: str, help: str = "") -> Proof:
        return Proof(alert, (), reason, "not proven", help)

    always_fires = alert.always_fires
    for part in () if always_fires or alert.is_excused else operands(alert.expr):
        if (dead := contradiction(part, Bounds(lineage))) and not dead.always:
            return unproven(
                f"one of its alternatives is dead, `{promql(part)}`: {dead.reason}",
                "leave it out, or mend it",
            )
    if reason := unstable(alert, lineage) or unsteady(alert, lineage):
        return unproven(reason)
    stage = Stage(alert, lineage, jobs, clock, effort=Effort(most))
    if reason := stage.excess:
        return unproven(reason)
    try:
        if always_fires:
            return Proof(alert, tuple(always(stage)))
        cases = (*_cases(stage), *_by_alternatives(stage))
        if reason := alone(stage, cases[0]):
            return unproven(reason)
        if event := unseen(stage, cases, late):
            return unproven(*event)
        if failure := odd(alert, cases, Bounds(lineage)):
            where = f"Prometheus prints an error in place of its text where {failure.where}:"
            if failure.surely:
                return Proof(alert, (), f"{where} {failure.why}", "wrong text")
            return unproven(f"{where} {failure.why}", _OTHER_LABELS)
    except UnknownSemantics as unknown:
        return unproven(f"its expression is outside what can be derived: {unknown}")
    except FailedTemplate as failed:
        reason = f"Prometheus prints an error in place of its text: {failed}"
        return Proof(alert, (), reason, "wrong text")
    except UnknownTemplate as unknown:
        return unproven(f"what its text reads is not known: {unknown}", _KNOWN_TEXT)
    except Unsolved as unsolved:
        return unproven(str(unsolved))
    # without their engines, which hold every value that they computed
    return Proof(alert, tuple(replace(case, run=replace(case.run)) for case in cases))


def _cases(stage: Stage) -> tuple[Case, ...]:
    """The cases that the first way gives which leads to any. Raises Unsolved with the reason of the
    first, and the targets that a richer world would need.
    """
    reasons: list[str] = []
    if cases := _first([(ages, stage), (by_sides, stage)], reasons):
        return (*cases, *_ramps(stage))
    effort = stage.effort.part(MOST_EFFORT)
    richer = [replace(stage, shape=shape, effort=effort.part(_EFFORT)) for shape in shapes(stage)]
    brief = replace(stage, effort=effort.part(_BRIEF))
    if cases := _first(_by_worlds(stage, brief, richer), reasons):
        return cases
    few = (world.scarce for world in richer if _drops_instance(stage))
    targets = next((f"; with more targets it might ({text})" for text in few if text), "")
    raise Unsolved(reasons[0] + targets)


def _drops_instance(stage: Stage) -> bool:
    """Whether several targets become one series."""
    return any(
        isinstance(node, Aggregate) and ("instance" in node.labels) == (node.grouping == "without")
        for node in stage.lineage.nodes(stage.alert.expr)
    )


def _ramps(stage: Stage) -> Iterator[Case]:
    """Cases in which gauges rise or fall, of a condition that lays a line through them and holds
    while they rest, too.
    """
    gauges = {atom.metric for atom in stage.atoms if atom.kind == "gauge"}
    slopes = straight(stage.alert.expr, stage.lineage) & gauges
    if not slopes:
        return
    world = replace(stage, shape=Shape(slopes=slopes, joined=True), effort=Effort(_EFFORT))
    with suppress(Unsolved, Unsteady):
        for case in by_trying(world):
            if any(moment.firing for moment in case.moments):
                yield replace(case, name=f"{case.name}, while it rises or falls")


def _first(ways: Iterable[Way], reasons: list[str]) -> tuple[Case, ...]:
    """The cases of the first way that leads to any; none, and why, where none does."""
    for derive, world in ways:
        try:
            return tuple(derive(world))
        except (Unsolved, Unsteady) as failed:
            reasons.append(str(failed))
    return ()


def _by_alternatives(stage: Stage) -> Iterator[Case]:
    """The cases in which one alternative of the condition fires and the others have no series.
    Those for which none are found are not shown.
    """
    parts = alternatives(stage.alert.expr)
    for number, part in enumerate(parts[:_MOST_ALTERNATIVES], start=1):
        if contradiction(part, Bounds(stage.lineage)) and not stage.alert.is_excused:
            continue
        world = replace(stage, part=part, effort=stage.effort.part(_EFFORT))
        with suppress(Unsolved, Unsteady):
            for case in _cases(world):
                if any(moment.firing for moment in case.moments):
                    name = f"{case.name}; alternative {number} of {len(parts)} alone"
                    yield replace(case, name=name)


def _by_worlds(stage: Stage, brief: Stage, richer: Sequence[Stage]) -> Iterator[Way]:
    """Ways to derive cases by trying, and the worlds to do it in, the plainest first."""
    restless = [world for world in richer if world.shape.is_restless and not world.shape.copied]
    if any(world.shape.ages for world in restless) or len(list(leaves(stage.alert.expr))) > 1:
        # what stands still says less about these, and one step says it of one side alone
        yield from ((by_trying, world) for world in restless)
    yield by_trying, brief
    yield by_steps, stage
    seen = [] if brief.effort.is_spent else [stage.atoms]
    for world in richer:
        if world.atoms not in seen:
            seen.append(world.atoms)
            yield by_trying, world
    # several series that change together
    for world in richer:
        if world.shape.copied and len(world.atoms) > len(stage.atoms):
            yield by_steps, replace(world, effort=stage.effort.part(_STEPS))
