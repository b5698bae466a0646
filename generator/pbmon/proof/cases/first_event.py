"""Alerts that a single event fires, but not the first one of a new label set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pbmon.expr.nodes import Call, Selector
from pbmon.expr.walk import walk
from pbmon.proof.cases.case import Case
from pbmon.proof.search.stage import SETTLE, Stage
from pbmon.proof.world.atoms import Atom
from pbmon.proof.world.levels import Phase, Point
from pbmon.proof.world.samples_of import BASE


def unseen(
    stage: Stage, cases: Sequence[Case], late: Mapping[str, tuple[str, ...]]
) -> tuple[str, str] | None:
    """Why the alert misses the first event of a new label set, and what to write instead; None
    where it does not, or where a single event is too little anyway.

    A counter's series that appears with its first event has no increase: nothing came before it.
    Only series that exist from the start, with 0, show it; the app makes those of closed sets of
    values. What an exporter makes is not known. late: see task.born_late().
    """
    for atom in stage.atoms:
        if atom.kind != "counter" or atom.metric not in late:
            continue
        quiet = cases[0].run.phases[0].point
        event = replace(atom, kind="gauge")
        others = [other for other in stage.atoms if other != atom]
        rest = {key: level for key, level in quiet.items() if key[0] != atom}

        def answers(
            before: float | None,
            after: float,
            event: Atom = event,
            others: list[Atom] = others,
            rest: Point = rest,
        ) -> bool:
            return _fires(stage, event, others, rest, before, after)

        # more of it has to do more: a single event of a whole can make a share of it large
        counts = answers(BASE, BASE + 1) and answers(BASE, BASE + 1000)
        if counts and not answers(BASE, BASE) and not answers(None, 1.0):
            return _told(stage, atom, late[atom.metric])
    return None


def _fires(
    stage: Stage, event: Atom, others: list[Atom], rest: Point, before: float | None, after: float
) -> bool:
    """Whether it fires soon after the counter of one series steps from one value to the other."""
    points = [{**rest, event.keys[0]: level} for level in (before, after)]
    run = replace(stage.run([Phase(point, stage.long) for point in points]), atoms=[*others, event])
    soon = run.begin(1) + stage.wait + SETTLE
    return any(run.firing(index) for index in range(run.begin(1), min(soon, run.end) + 1))


def _told(stage: Stage, atom: Atom, labels: tuple[str, ...]) -> tuple[str, str]:
    window = next(
        (
            inner.arguments[0].window
            for inner in walk(stage.alert.expr)
            if isinstance(inner, Call)
            and isinstance(inner.arguments[0], Selector)
            and inner.arguments[0].series.metric == atom.metric
        ),
        "5m",
    )
    name = atom.metric
    new = f"({name} unless {name} offset {window})"
    scraped = f"(up offset {window} == 1)"  # else all is new after a gap in scraping
    return (
        f"the first event of a new {' and '.join(labels) or 'label set'} is not seen: its series of"
        f" {name} appears with 1, and what was not there before has not increased",
        f"count what is new, too: ({new} and on (instance, job) {scraped}) or increase({name}"
        f"[{window}]); or give the label a closed set of values, which all exist from the start",
    )
