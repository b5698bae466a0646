"""What else happens around the points at which an alert fires and does not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from math import ceil, nan

from pbmon.expr.nodes import Binary
from pbmon.expr.walk import selectors, walk
from pbmon.plan.quantiles import numbers_asked
from pbmon.proof.cases.case import Case, Moment, at, fires
from pbmon.proof.promql.vectors import Unsteady
from pbmon.proof.search.constants import levels
from pbmon.proof.search.effort import Exhausted, Unsolved
from pbmon.proof.search.stage import Stage
from pbmon.proof.search.worlds import stamped
from pbmon.proof.world.atoms import means
from pbmon.proof.world.levels import Phase, Point, between, with_copies

_MOST_STEPS = 20_000
"""Evaluations in which a time stamp grows old."""


def otherwise(stage: Stage, quiet: Point, loud: Point) -> Iterator[Case]:
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
            with suppress(Unsteady):
                yield fires(stage, f"fires at its limit while {what}", quiet, point)


def missing(stage: Stage, quiet: Point, loud: Point) -> Iterator[Case]:
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
            try:
                moment = at(run, run.end)
            except Unsteady:
                continue
            yield Case(
                f"{'fires' if moment.firing else 'stays silent'} while some series are missing"
                f" ({len(seen) - 3})",
                run,
                (moment,),
            )


def ages(stage: Stage) -> Iterator[Case]:
    """Cases for a condition that becomes true as time passes: all time stamps are set to the time
    of one step, and grow old. Raises Unsolved.
    """
    names = set(stamped(stage.alert.expr, stage.lineage))
    stamps = [key for atom in stage.atoms if atom.metric in names for key in atom.keys]
    longest = _MOST_STEPS * stage.clock.evaluation
    limits = [level for level in levels(stage.alert.expr, stage.lineage) if 0 <= level <= longest]
    old = ceil(max(limits, default=0.0) / stage.clock.evaluation)
    length = stage.long + old
    if not stamps:
        raise Unsolved("no series were found that make it fire")
    now = {
        **stage.usual,
        **dict.fromkeys(stamps, float(stage.long * stage.clock.evaluation)),
    }
    later = {**now, **dict.fromkeys(stamps, float((stage.long + length) * stage.clock.evaluation))}
    yield fires(
        stage, "fires when it is so old, after its `for`, and resolves", now, now, later, length
    )
    yield from without_data(stage, now)
    yield from several(stage, later, now)


def without_data(stage: Stage, loud: Point) -> Iterator[Case]:
    """Nothing is scraped. Only alerts about absence may fire then."""
    nothing = dict.fromkeys(stage.keys)
    run = stage.run([Phase(nothing, stage.brief)])
    firing = run.firing(run.end)
    if not firing:
        yield Case("stays silent without any data", run, (Moment(run.end),))
    elif loud != nothing:
        yield Case("fires without any data", run, (at(run, run.end),))


def several(stage: Stage, quiet: Point, loud: Point) -> Iterator[Case]:
    """Cases with two sets of series, one of them beyond its limit. They differ in a label that the
    expression keeps, and in one that it aggregates away.
    """
    declared = {label.name for selector in stage.selectors for label in selector.series.labels}
    fixed = {matcher.label.name for selector in stage.selectors for matcher in selector.matchers}
    carried = (declared.intersection(dict(atom.labels)) for atom in stage.atoms)
    shared = set.intersection(*carried) - fixed
    kept_names = sorted(shared & set(stage.alert.result_labels))
    summed_names = sorted(shared - set(stage.alert.result_labels))
    for name in (*kept_names[:1], *summed_names[:1]):
        others = {atom: next(stage.beside(atom, name), None) for atom in stage.atoms}
        added = {atom: other for atom, other in others.items() if other}
        if len(added) < len(others) or set(added.values()) & set(stage.atoms):
            continue
        # A little more than the first: topk() of two that are equal picks either.
        beyond = {
            key: loud[key] if key[0].kind != "gauge" and (level or 0.0) < 0 else level
            for key, level in between(quiet, loud, 1.01).items()
        }
        seconds = [(quiet, "is within its limit"), (beyond, "is beyond it, too")]
        if asked := set(numbers_asked(stage.alert.expr)):
            spoilt = {key: nan if key[0].metric in asked else level for key, level in loud.items()}
            seconds.append((spoilt, "is NaN"))
        for second, what in seconds:
            both = [with_copies(point, added, second) for point in (quiet, loud)]
            try:
                run = stage.run(
                    [Phase(both[0], stage.long + stage.lead), Phase(both[1], stage.long)],
                    list(added.values()),
                )
                run.condition(run.begin(1) - 1)
                fired = at(run, run.end)
            except (Unsteady, Exhausted):  # the others show that it fires
                continue
            yield Case(
                f"{'fires' if fired.firing else 'stays silent'} beside a second {name} that {what}",
                run,
                (fired,),
            )
