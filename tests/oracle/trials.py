"""Alerts of a plan, each with series of its own and with what has to be seen of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import ceil

from oracle.scaling import Scaling
from oracle.traces import SCALE, Exposed, Labels, replayed
from pbmon import durations
from pbmon.expr.text import promql
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedAlert
from pbmon.proof.cases.case import Case
from pbmon.proof.promql.reach import reach
from pbmon.proof.world.atoms import Atom, Key
from pbmon.proof.world.levels import Phase
from pbmon.proof.world.run import Run
from pbmon.proof.world.samples_of import series
from pbmon.render.rules import render

_SLACK = 4.0
"""Seconds that a scrape, an evaluation and the question about it may take, one after another."""

_FILLING = 150
"""Seconds of the proof, beyond a window's length, after which it is full of what was scraped."""

_FIRING = 3
"""Evaluations of the proof for which an alert goes on firing, besides its `for`: a scrape that a
busy machine loses may begin that anew.
"""

_AFTERWARDS = 40
"""Evaluations of the proof for which the last levels go on, while others are still tried."""


@dataclass(frozen=True)
class Fires:
    """Silent until its series change, firing, and resolved. In seconds since the trial's begin.

    earliest, latest: of the first firing. end: when it is resolved. labels: of what fires.
    """

    change: float
    earliest: float
    latest: float
    end: float
    labels: frozenset[Labels]


@dataclass(frozen=True)
class Silent:
    """Never firing."""

    end: float


@dataclass(frozen=True)
class Always:
    """Firing at every moment, once everything is there."""

    begin: float
    end: float


Expectation = Fires | Silent | Always


@dataclass(frozen=True)
class Trial:
    """space: begins every name of it. alert: its name on the servers. text: its expression there.
    defined: what it is to its author. rules: the text of its rule file.
    """

    space: str
    alert: str
    text: str
    defined: str
    rules: str
    series: tuple[Exposed, ...]
    expected: Expectation


def trial(
    plan: Plan,
    alert: PlannedAlert,
    scaling: Scaling,
    shown: tuple[Exposed, ...],
    expected: Expectation,
) -> Trial:
    """The alert in a rule file of its own, as pbmon renders it."""
    group = scaling.group(plan, alert)
    [artifact] = render([group])
    return Trial(
        scaling.space,
        scaling.space + alert.name,
        promql(scaling.node(alert.expr)),
        f"{promql(alert.expr)}  for {alert.for_}",
        artifact.text,
        shown,
        expected,
    )


def proven(plan: Plan, case: Case, space: str, begin: float) -> Trial:
    """The first case of a proof, replayed from when its windows are full until it is resolved. Once
    it fires it need not go on for as long as in the proof; then its windows may empty in another
    way, and it is resolved when they have.
    """
    run = case.run
    step, alert = run.clock.evaluation, run.alert
    fired = next(moment.index for moment in case.moments if moment.firing)
    over = next(
        moment.index for moment in case.moments if moment.index > fired and not moment.firing
    )
    past = reach(alert.expr, plan.lineage)
    phases = list(_younger(run.phases))
    wait = ceil(durations.seconds(alert.for_) / step)
    spared = run.begin(2) - fired - _FIRING - wait if over >= run.begin(2) else 0
    if spared > 0:
        phases[1] = replace(phases[1], steps=phases[1].steps - spared)
        over = max(over, run.begin(2) + ceil(past / step)) - spared
    phases[-1] = replace(phases[-1], steps=phases[-1].steps + _AFTERWARDS)
    full = ceil((past + _FILLING) / step)
    first = max(0, run.begin(1) - full)
    skipped = run.time(first)

    def seconds(index: float) -> float:
        return (index - first) * step / SCALE

    # the first sample of a phase already shows what happened since the one before
    change = seconds(run.begin(1) - run.clock.sample / step)
    expected = Fires(
        change,
        max(change, seconds(fired - 2)),
        seconds(fired + wait + 1) + _SLACK,
        seconds(over + 1) + _SLACK,
        frozenset(one.labels for moment in case.moments for one in moment.firing),
    )
    shown = tuple(_exposed(run, phases, space, skipped))
    return trial(plan, alert, Scaling(space, begin, skipped), shown, expected)


def _younger(phases: Sequence[Phase]) -> Iterator[Phase]:
    """What is youngest, younger by two scrapes: between two of them an age is read that is older
    than what was scraped, and a proof goes as near to its limit as 1 %.
    """
    ages: dict[Key, list[float]] = defaultdict(list)
    for phase in phases:
        for key, level in phase.point.items():
            if key[0].kind == "age" and level is not None:
                ages[key].append(level)
    youngest = {key: min(levels) for key, levels in ages.items()}
    for phase in phases:
        point = {
            key: level - 2 * SCALE if level is not None and level == youngest.get(key) else level
            for key, level in phase.point.items()
        }
        yield replace(phase, point=point)


def _exposed(run: Run, phases: Sequence[Phase], space: str, skipped: float) -> Iterator[Exposed]:
    def metric(atom: Atom) -> str:
        return atom.metric

    for name, atoms in groupby(sorted(run.atoms, key=metric), key=metric):
        of_name = list(atoms)
        kind = of_name[0].kind if of_name[0].kind in {"counter", "histogram"} else "gauge"
        for series_name, labels, segments in series(of_name, phases, run.clock):
            trace = replayed(segments, run.clock.sample, skipped)
            yield Exposed(space + series_name, labels, (space + name, kind), trace)
