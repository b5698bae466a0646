"""Proves from an alert's definition alone that it fires at its limit, after its `for`, and stays
silent otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil
from typing import Literal

from pbmon.expr.nodes import Binary, Call, Number
from pbmon.expr.walk import selectors, walk
from pbmon.plan.lineage import Lineage
from pbmon.plan.rules import PlannedAlert, ScrapeJob
from pbmon.proof.cases.always import always
from pbmon.proof.cases.case import Case, Moment, at, fires, silent
from pbmon.proof.cases.edge import at_the_edge
from pbmon.proof.promql.samples import Clock
from pbmon.proof.promql.vectors import UnknownSemantics
from pbmon.proof.search.sides import Side, flip, sides
from pbmon.proof.search.solve import Leaf
from pbmon.proof.search.stage import Stage, Unchanging, Unsolved
from pbmon.proof.search.steps import jump
from pbmon.proof.texts.values import FailedTemplate, UnknownTemplate
from pbmon.proof.values.bounds import Bounds
from pbmon.proof.values.contradictions import contradiction
from pbmon.proof.values.digits import unstable
from pbmon.proof.world.atoms import means, renamed
from pbmon.proof.world.levels import Phase, Point, between, unique

Lack = Literal["change", "levels", "search", "text", "words"]
"""What an alert without a proof lacks. change: it can never change. levels: no levels were found
between which it changes. search: pbmon's search does not cover it. text: Prometheus cannot expand a
text of it. words: pbmon does not know what a text of it reads.
"""


@dataclass(frozen=True)
class Proof:
    """All cases of one alert. reason: why there is none, in a sentence; empty for a proven alert.

    lacks: see Lack; only for an alert without a proof.
    """

    alert: PlannedAlert
    cases: tuple[Case, ...] = ()
    reason: str = ""
    lacks: Lack = "search"


def prove(alert: PlannedAlert, lineage: Lineage, jobs: Sequence[ScrapeJob], clock: Clock) -> Proof:
    """Derive the cases of an alert with this clock, or say why that is not possible."""
    always_fires = alert.always_fires
    if (reason := contradiction(alert.expr, Bounds(lineage))) and not always_fires:
        return Proof(alert, reason=reason, lacks="change")
    if reason := unstable(alert, lineage):
        return Proof(alert, reason=reason)
    stage = Stage(alert, lineage, jobs, clock)
    if reason := stage.excess:
        return Proof(alert, reason=reason)
    try:
        return Proof(alert, tuple(always(stage) if always_fires else _cases(stage)))
    except UnknownSemantics as unknown:
        return Proof(alert, reason=f"its expression is outside what can be derived: {unknown}")
    except FailedTemplate as failed:
        return Proof(
            alert,
            reason=f"Prometheus prints an error in place of its text: {failed}",
            lacks="text",
        )
    except UnknownTemplate as unknown:
        return Proof(alert, reason=f"what its text reads is not known: {unknown}", lacks="words")
    except Unchanging as unchanging:
        return Proof(alert, reason=str(unchanging), lacks="levels")
    except Unsolved as unsolved:
        return Proof(alert, reason=str(unsolved))


def _cases(stage: Stage) -> Iterator[Case]:
    """Fires and resolves; each side alone decides; silent after a reset and without data; two label
    sets at once.
    """
    if any(isinstance(node, Call) and node.function == "time" for node in walk(stage.alert.expr)):
        yield from _ages(stage)
        return
    condition_sides = sides(stage.alert.expr, stage)
    flips = {
        number: pair
        for number, side in enumerate(condition_sides, start=1)
        if (pair := _flip(stage, side))
    }
    lasting = next(iter(flips.values()), None) or _pair(
        stage, [side.leaf for side in condition_sides]
    )
    quiet, loud = lasting or jump(stage, [side.leaf for side in condition_sides])
    yield fires(stage, "fires at its limit, after its `for`, and resolves", quiet, loud)
    if lasting is None:
        yield from at_the_edge(stage, [side.leaf for side in condition_sides], quiet, loud)
    for number, (before, after) in flips.items():
        if (before, after) != lasting:
            turns = (
                "no longer holds" if condition_sides[number - 1].inverted else "is beyond its limit"
            )
            yield fires(
                stage,
                f"fires once side {number} of {len(condition_sides)} {turns}, and not before",
                before,
                after,
            )
    yield from _otherwise(stage, quiet, loud)
    yield from _missing(stage, quiet, loud)
    if any(atom.kind != "gauge" for atom in stage.atoms):
        # where rates fill up slowly, only the whole past is silent
        brief = stage.run([Phase(quiet, stage.brief)])
        steps = stage.long if brief.firing(brief.end) else stage.brief
        yield silent(
            stage,
            "stays silent after its counters are reset",
            [Phase(quiet, steps), Phase(quiet, steps, reset=True)],
        )
    yield from _without_data(stage, loud)
    yield from _several(stage, quiet, loud)


def _flip(stage: Stage, side: Side) -> tuple[Point, Point] | None:
    """A point at which the alert is silent and one at which it fires; they differ in this side
    alone.
    """
    pairs = flip(side, stage)
    return next(
        ((quiet, loud) for quiet, loud in pairs if stage.holds(loud) and not stage.holds(quiet)),
        None,
    )


def _pair(stage: Stage, solved: Sequence[Leaf]) -> tuple[Point, Point] | None:
    """Where no side decides alone: any point at which it fires, and one at which it is silent."""
    near = unique(point for leaf in solved for point in (*leaf.false, *leaf.true))
    loud = next(
        (
            point
            for point in (*_merged(stage, [(*leaf.true, *leaf.false) for leaf in solved]), *near)
            if stage.holds(point)
        ),
        None,
    )
    if loud is None:
        return None
    quiet = next((point for point in (stage.usual, *near) if not stage.holds(point)), None)
    if quiet is None:
        raise Unchanging("it fires in every situation that was tried, so it says nothing")
    return quiet, loud


def _merged(stage: Stage, choices: Sequence[Sequence[Point]]) -> Iterator[Point]:
    """Points that combine the levels that each side moves, nearest to its limit first."""
    usual = stage.usual
    for chosen in product(*(points[:3] for points in choices if points)):
        merged = dict(usual)
        for point in chosen:
            merged |= {key: level for key, level in point.items() if level != usual[key]}
        yield merged


def _otherwise(stage: Stage, quiet: Point, loud: Point) -> Iterator[Case]:
    """Cases for a condition with several windows: much more of everything, which each window sees
    at another time, and almost nothing.
    """
    if sum(bool(selector.window) for selector in selectors(stage.alert.expr)) < 2:
        return
    for factor, what in (
        (3.0, "there is three times as much of everything"),
        (0.0005, "hardly anything happens"),
    ):
        point = {
            key: level and level * (1.0 if key[0].kind == "gauge" else factor)
            for key, level in loud.items()
        }
        if stage.holds(point):
            yield fires(stage, f"fires at its limit while {what}", quiet, point)


def _missing(stage: Stage, quiet: Point, loud: Point) -> Iterator[Case]:
    """Cases for a condition that replaces missing series by a value (`failed or 0 * total`): what
    fires without them.
    """
    if not any(
        isinstance(node, Binary) and isinstance(node.right, Binary) and node.operator == "or"
        for node in walk(stage.alert.expr)
    ):
        return
    seen: list[Point] = [quiet, loud, dict.fromkeys(loud)]
    for selector, point in product(stage.lineage.raw(stage.alert.expr), (loud, quiet)):
        selected = {key for key in point if means(selector, key[0])}
        rest = {key: None if key in selected else level for key, level in point.items()}
        if rest not in seen:
            seen.append(rest)
            run = stage.run([Phase(rest, stage.long)])
            moment = at(run, run.end)
            yield Case(
                f"{'fires' if moment.firing else 'stays silent'} while some series are missing"
                f" ({len(seen) - 3})",
                run,
                (moment,),
            )


def _ages(stage: Stage) -> Iterator[Case]:
    """Cases for a condition that becomes true as time passes: all time stamps are set to the time
    of one step, and grow old.
    """
    limits = [
        float(node.right.value)
        for node in walk(stage.alert.expr)
        if isinstance(node, Binary) and isinstance(node.right, Number)
    ]
    old = ceil(max(limits, default=0.0) / stage.clock.evaluation)
    length = stage.long + old
    stamps = [key for atom in stage.atoms if atom.kind == "gauge" for key in atom.keys]
    now = {
        **stage.usual,
        **dict.fromkeys(stamps, float(stage.long * stage.clock.evaluation)),
    }
    later = {**now, **dict.fromkeys(stamps, float((stage.long + length) * stage.clock.evaluation))}
    yield fires(
        stage, "fires when it is so old, after its `for`, and resolves", now, now, later, length
    )
    yield from _without_data(stage, now)
    yield from _several(stage, later, now)


def _without_data(stage: Stage, loud: Point) -> Iterator[Case]:
    """Nothing is scraped. Only alerts about absence may fire then."""
    nothing = dict.fromkeys(stage.keys)
    run = stage.run([Phase(nothing, stage.brief)])
    firing = run.firing(run.end)
    if not firing:
        yield Case("stays silent without any data", run, (Moment(run.end),))
    elif loud != nothing:
        yield Case("fires without any data", run, (at(run, run.end),))


def _several(stage: Stage, quiet: Point, loud: Point) -> Iterator[Case]:
    """Cases with two sets of series, one of them beyond its limit. They differ in a label that the
    expression keeps, and in one that it aggregates away.
    """
    fixed = {
        matcher.label.name
        for atom in stage.lineage.raw(stage.alert.expr)
        for matcher in atom.matchers
    }
    shared = set.intersection(*({name for name, _ in atom.labels} for atom in stage.atoms)) - fixed
    kept_names = sorted(shared & set(stage.alert.result_labels))
    summed_names = sorted(shared - set(stage.alert.result_labels))
    for name in (*kept_names[:1], *summed_names[:1]):
        others = {atom: renamed(atom, name) for atom in stage.atoms}
        # A little more than the first: topk() of two that are equal picks either.
        beyond = {
            key: loud[key] if key[0].kind != "gauge" and (level or 0.0) < 0 else level
            for key, level in between(quiet, loud, 1.01).items()
        }
        for second, what in ((quiet, "is within its limit"), (beyond, "is beyond it, too")):
            both = [
                {**point, **{(others[atom], at): level for (atom, at), level in second.items()}}
                for point in (quiet, loud)
            ]
            run = stage.run(
                [Phase(both[0], stage.long), Phase(both[1], stage.long)], list(others.values())
            )
            fired = at(run, run.end)
            yield Case(
                f"{'fires' if fired.firing else 'stays silent'} beside a second {name} that {what}",
                run,
                (fired,),
            )
