"""From an alert's definition alone: a proof that it fires at its limit, after its `for`, and stays silent otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from math import ceil

from pbmon import durations
from pbmon.expr.nodes import Node
from pbmon.plan.rules import PlannedAlert, ScrapeJob
from pbmon.proof.bounds import contradiction
from pbmon.proof.cases import Case, Expected, Moment, Proof
from pbmon.proof.digits import unstable
from pbmon.proof.scenario import Run, reach
from pbmon.proof.series import Clock, Labels
from pbmon.proof.solve import Leaf, Situation, leaves, solve
from pbmon.proof.template import UnknownTemplate, expanded
from pbmon.proof.vectors import UnknownSemantics
from pbmon.proof.world import Atom, Phase, Point, atoms, between, raw_selectors, renamed, unique

SETTLE = 3
"""Steps waited beyond what is computed, so that no moment asked about lies on an edge."""


_MOST_STEPS = 256
"""Steps tried for a condition about change before it counts as unsolved: each runs the alert through two phases."""

_EDGE_ROUNDS = 10
"""Halvings in search of the smallest step: each runs the alert through two phases."""

_FACTORS = (1, 10, 1000)
"""How many times as far a step is tried to go: a slope over a long window needs a large one."""


def prove(alert: PlannedAlert, records: Mapping[str, Node], jobs: Sequence[ScrapeJob], clock: Clock) -> Proof:
    """Derive the cases of an alert with this clock, or say why that is not possible."""
    if reason := contradiction(alert.expr, records) or unstable(alert, records):
        return Proof(alert, reason=reason)
    try:
        return Proof(alert, tuple(_Prover(alert, records, jobs, clock).cases()))
    except UnknownSemantics as unknown:
        return Proof(alert, reason=f"its expression is outside what can be derived: {unknown}")
    except UnknownTemplate as unknown:
        return Proof(alert, reason=f"its text is outside what can be expanded: {unknown}")
    except _Unsolved as unsolved:
        return Proof(alert, reason=str(unsolved))


class _Unsolved(Exception):
    """No series were found for what a case needs."""


@dataclass
class _Prover:
    alert: PlannedAlert
    records: Mapping[str, Node]
    jobs: Sequence[ScrapeJob]
    clock: Clock
    wait: int = field(init=False)
    kept: int = field(init=False)
    past: int = field(init=False)
    situation: Situation = field(init=False)

    def __post_init__(self) -> None:
        self.wait = ceil(durations.seconds(self.alert.for_) / self.clock.evaluation)
        self.kept = ceil(durations.seconds(self.alert.keep_firing_for) / self.clock.evaluation) if self.alert.keep_firing_for else 0
        self.past = ceil(max(reach(self.alert.expr, self.records), 300.0) / self.clock.evaluation) + SETTLE
        found = list(raw_selectors(self.alert.expr, self.records))
        self.situation = Situation(atoms(found, self.jobs), self.records, self.clock, self.past)

    def cases(self) -> Iterator[Case]:
        """Fires and resolves; silent near each side's limit; silent after a reset and without data; one of several label sets."""
        sides = [solve(node, self.situation) for node in leaves(self.alert.expr)]
        lasting = self._pair(sides)
        quiet, loud = lasting or self._jump(sides)
        yield self._fires("fires at its limit, after its `for`, and resolves", quiet, loud)
        if lasting is None:
            yield from self._at_the_edge(sides, quiet, loud)
        for number, (before, after) in enumerate(self._flips(sides, quiet, loud), start=1):
            yield self._fires(f"fires in way {number} of several", before, after)
        for number, near in enumerate(self._near_misses(sides, loud), start=1):
            if lasting and near != quiet:
                yield self._fires(f"fires once side {number} is beyond its limit, and not before", near, loud)
            elif not lasting:
                yield self._silent(f"stays silent while side {number} is just short of its limit", [Phase(near, self._brief)])
        if any(atom.kind != "gauge" for atom in self.situation.atoms):
            brief = self._run([Phase(quiet, self._brief)])  # where rates fill up slowly, only the whole past is silent
            steps = self._long if brief.firing(brief.engine(), brief.end) else self._brief
            yield self._silent("stays silent after its counters are reset", [Phase(quiet, steps), Phase(quiet, steps, reset=True)])
        yield from self._without_data(loud)
        yield from self._several(quiet, loud)

    @property
    def _brief(self) -> int:
        """Steps after which a condition that holds from the beginning would have fired: ratios need no full window."""
        return min(self.past, 12) + self.wait + self.kept + SETTLE

    @property
    def _long(self) -> int:
        """Steps after which a condition that held would have fired, and what fired while windows were filling is resolved."""
        return self.past + self.wait + self.kept + SETTLE

    def _holds(self, point: Point) -> bool:
        return bool(self.situation.vector(self.alert.expr, point))

    def _pair(self, sides: Sequence[Leaf]) -> tuple[Point, Point] | None:
        """A point at which the alert is silent and one at which it fires, as near to each other as its limits allow."""
        usual = self.situation.usual
        near = [point for side in sides for point in (*side.false, *side.true)]
        for loud in self._merged([(*side.true, *side.false) for side in sides]):
            if not self._holds(loud):
                continue
            quiet = next((found for found in self._shortfalls(sides, loud) if not self._holds(found)), None)
            quiet = quiet or next((point for point in (usual, *near) if not self._holds(point)), None)
            if quiet is None:
                raise _Unsolved("it fires in every situation that was found, so it says nothing")
            return quiet, loud
        return None

    def _jump(self, sides: Sequence[Leaf]) -> tuple[Point, Point]:
        """For a condition about change, which holds in no lasting state: two points, and it fires after the step between them."""
        afters = unique(point for side in sides for point in (*side.true, *side.false))
        befores = unique([*(point for side in sides for point in reversed(side.false)), self.situation.usual, *afters])
        for factor, after, before in islice(product(_FACTORS, afters, befores), _MOST_STEPS):
            far = after if factor == 1 else between(before, after, factor)
            if factor > 1 and (far == after or any((level or 0.0) < 0 for (atom, _), level in far.items() if atom.kind != "gauge")):
                continue
            if self._fires_after(before, far):
                return before, far
        raise _Unsolved("no series were found that make it fire")

    def _fires_after(self, before: Point, after: Point) -> bool:
        """Whether it is silent at the one point for long, and fires some time after the step to the other."""
        run = self._run([Phase(before, self._long), Phase(after, self._long)])
        engine, begin = run.engine(), run.begin(1)
        if any(run.condition(engine, index) for index in (begin - 1, begin - 2)):
            return False
        return any(run.firing(engine, index) for index in range(begin, run.end + 1))

    def _at_the_edge(self, sides: Sequence[Leaf], before: Point, after: Point) -> Iterator[Case]:
        """For a condition about change: a step that ends just short of a limit, and the smallest step that is large enough."""
        for point in (side.false[0] for side in sides if side.false):
            if not self._holds(point) and not self._fires_after(before, point):
                phases = [Phase(before, self._long), Phase(point, self._brief)]
                yield self._silent("stays silent after a step that ends just short of its limit", phases)
                break
        enough, short = 0.0, 1.0  # how much of the way has been gone before the step
        for _ in range(_EDGE_ROUNDS):
            middle = (enough + short) / 2
            if self._fires_after(between(before, after, middle), after):
                enough = middle
            else:
                short = middle
        if enough:
            yield self._fires("fires after the smallest step that is large enough", between(before, after, enough), after)
            phases = [Phase(between(before, after, short), self._long), Phase(after, self._brief)]
            yield self._silent("stays silent after a step that is a little too small", phases)

    def _merged(self, choices: Sequence[Sequence[Point]]) -> Iterator[Point]:
        """Points that take what each side moves from one of its points, nearest first."""
        usual = self.situation.usual
        for chosen in product(*(points[:3] for points in choices if points)):
            merged = dict(usual)
            for point in chosen:
                merged |= {key: level for key, level in point.items() if level != usual[key]}
            yield merged

    def _shortfalls(self, sides: Sequence[Leaf], loud: Point) -> Iterator[Point]:
        """The firing point with one side moved just short of its limit."""
        usual = self.situation.usual
        for side in sides:
            own = {key for point in (*side.true[:1], *side.false[:1]) for key, level in point.items() if level != usual[key]}
            for point in side.false[:2]:
                yield {**loud, **{key: point[key] for key in own | {key for key, level in point.items() if level != usual[key]}}}

    def _near_misses(self, sides: Sequence[Leaf], loud: Point) -> Iterator[Point]:
        """For each side of the condition a point at which it alone keeps the alert silent."""
        if len(sides) == 1:
            return
        for side in sides:
            found = next((point for point in self._shortfalls([side], loud) if not self._holds(point)), None)
            if found is not None:
                yield found

    def _flips(self, sides: Sequence[Leaf], quiet: Point, loud: Point) -> Iterator[tuple[Point, Point]]:
        """Where a condition has several sides: (silent, firing) points that differ in one side only."""
        usual = self.situation.usual
        if len(sides) == 1:
            return
        seen = [loud]
        all_true = next(self._merged([side.true for side in sides]))
        calm = next((point for point in (usual, all_true, quiet) if not self._holds(point)), None)
        for side in sides if calm is not None else ():
            for point, other in zip((*side.true[:1], *side.false[:1]), (*side.false[:1], *side.true[:1]), strict=False):
                moved = {**(calm or {}), **{key: level for key, level in point.items() if level != other[key]}}
                if moved not in seen and self._holds(moved):
                    seen.append(moved)
                    yield calm or {}, moved

    def _run(self, phases: Sequence[Phase], more: Sequence[Atom] = ()) -> Run:
        return Run(self.alert, self.records, [*self.situation.atoms, *more], phases, self.clock)

    def _fires(self, name: str, quiet: Point, loud: Point) -> Case:
        run = self._run([Phase(quiet, self._long), Phase(loud, self._long), Phase(quiet, self._long)])
        engine = run.engine()
        begin, over = run.begin(1), run.begin(2)
        true = run.first(engine, begin, over - 1)
        fired = next((index for index in range(true or begin, over) if run.firing(engine, index)), None)
        if true is None or fired is None:
            raise _Unsolved("the series found do not keep it true for its `for`")
        moments = [Moment(begin - 1)]
        if fired - 1 >= begin:
            moments.append(Moment(fired - 1))
        moments.append(self._at(run, fired))
        clear = run.first(engine, fired + 1, run.end - self.kept, true=False)
        if clear is None:
            raise _Unsolved("it does not resolve when its value falls back")
        if self.kept:
            moments.append(Moment(clear + self.kept - 1, self._at(run, clear - 1).firing))
        moments.append(Moment(clear + self.kept))
        return Case(name, run, tuple(moments))

    def _at(self, run: Run, index: int) -> Moment:
        vector = run.firing(run.engine(), index)
        return Moment(index, tuple(self._expected(labels, value) for labels, value in sorted(vector.items())))

    def _expected(self, labels: Labels, value: float) -> Expected:
        merged = {**dict(labels), **dict(self.alert.labels)}
        own = dict(labels)
        annotations = tuple((name, expanded(text, value, own)) for name, text in self.alert.annotations)
        return Expected(tuple(sorted((name, text) for name, text in merged.items() if text)), annotations)

    def _silent(self, name: str, phases: Sequence[Phase]) -> Case:
        run = self._run(phases)
        engine, changed = run.engine(), run.begin(len(phases) - 1)
        asked = sorted(
            {run.end, *(changed + self.wait + later for later in (1, 2, 3, 5, 8) if changed + self.wait + later < run.end)}
        )
        if any(run.firing(engine, index) for index in (asked if len(phases) > 1 else asked[-1:])):
            raise _Unsolved(f"it does not stay silent where it has to: {name}")
        return Case(name, run, tuple(Moment(index) for index in (asked if len(phases) > 1 else asked[-1:])))

    def _without_data(self, loud: Point) -> Iterator[Case]:
        """Nothing is scraped. Only alerts about absence may fire then."""
        nothing = dict.fromkeys(self.situation.keys)
        run = self._run([Phase(nothing, self._brief)])
        firing = run.firing(run.engine(), run.end)
        if not firing:
            yield Case("stays silent without any data", run, (Moment(run.end),))
        elif loud != nothing:
            yield Case("fires without any data", run, (self._at(run, run.end),))

    def _several(self, quiet: Point, loud: Point) -> Iterator[Case]:
        """Two sets of series at once, one beyond its limit: of a label that the expression keeps, and of one that it sums up."""
        fixed = {matcher.label.name for atom in raw_selectors(self.alert.expr, self.records) for matcher in atom.matchers}
        shared = set.intersection(*({name for name, _ in atom.labels} for atom in self.situation.atoms)) - fixed
        kept = sorted(shared & set(self.alert.result_labels))
        summed = sorted(shared - set(self.alert.result_labels))
        for name in (*kept[:1], *summed[:1]):
            others = {atom: renamed(atom, name) for atom in self.situation.atoms}
            both = [{**point, **{(others[atom], place): quiet[atom, place] for atom, place in quiet}} for point in (quiet, loud)]
            run = self._run([Phase(both[0], self._long), Phase(both[1], self._long)], list(others.values()))
            fired = self._at(run, run.end)
            if fired.firing:
                yield Case(f"fires beside a second {name} that is within its limit", run, (fired,))
