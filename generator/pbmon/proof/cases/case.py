"""One situation of an alert: what its series do, and what fires when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, nextafter

from pbmon.expr.metric_name import kept_name
from pbmon.plan.rules import PlannedAlert
from pbmon.proof.cases.asking import Asks
from pbmon.proof.promql.samples import Labels
from pbmon.proof.promql.vectors import Unsteady
from pbmon.proof.search.effort import Unsolved
from pbmon.proof.search.stage import Stage
from pbmon.proof.texts.expand import Query, expanded
from pbmon.proof.texts.values import FailedTemplate, UnknownTemplate
from pbmon.proof.world.levels import Phase, Point
from pbmon.proof.world.run import Run

_ASKED = 24
"""Evaluations after a step, beyond the `for`, at each of which it has to be silent: most windows
are full by then.
"""


@dataclass(frozen=True)
class Expected:
    """A firing alert: labels (alertname left out) and expanded annotations, both sorted."""

    labels: Labels
    annotations: Labels


@dataclass(frozen=True)
class Moment:
    """At a step, exactly these alerts fire. namesakes: other alerts of the same name."""

    index: int
    firing: tuple[Expected, ...] = ()
    namesakes: tuple[Expected, ...] = ()


@dataclass(frozen=True)
class Case:
    """One situation: what the series do, and what fires when. name: a sentence."""

    name: str
    run: Run
    moments: tuple[Moment, ...]


def fires(
    stage: Stage, name: str, quiet: Point, loud: Point, calm: Point | None = None, steps: int = 0
) -> Case:
    """A case that is silent at `quiet`, fires at `loud` (for `steps` steps) and resolves at `calm`,
    or at `quiet` again. Raises Unsolved.
    """
    run = stage.run(
        [
            Phase(quiet, stage.long + stage.lead),
            Phase(loud, steps or stage.long),
            Phase(calm or quiet, stage.long),
        ]
    )
    begin, over = run.begin(1), run.begin(2)
    fired: list[int] = []
    clear: list[int] = []
    for reading in run.readings:
        if reading.firing(begin - 1):
            raise Unsolved("it fires before its value is beyond its limit")
        true = reading.first(begin, over - 1)
        first = next((index for index in range(true or begin, over) if reading.firing(index)), None)
        if true is None:
            raise Unsolved("no series were found that make it fire")
        if first is None:
            raise Unsolved("the series found do not keep it true for its `for`")
        reading.check_turn(true)
        fired.append(first)
    for reading in run.readings:
        last = reading.first(max(fired) + 1, run.end - stage.keep_firing, true=False)
        if last is None:
            raise Unsolved("it does not resolve when its value falls back")
        reading.check_turn(last)
        clear.append(last)
    moments = [Moment(begin - 1)]
    if min(fired) - 1 >= begin:
        moments.append(Moment(min(fired) - 1))
    moments.append(at(run, max(fired)))
    firing = at(run, min(clear) - 1).firing
    moments.append(Moment(min(clear) + stage.keep_firing - 1, firing))
    moments.append(Moment(max(clear) + stage.keep_firing))
    return Case(name, run, tuple(moments))


def silent(stage: Stage, name: str, phases: Sequence[Phase]) -> Case:
    """A case in which nothing fires: at the end of a single phase, or after the last one begins.
    Raises Unsolved.
    """
    run = stage.run(phases)
    changed = run.begin(len(phases) - 1)
    after = changed + stage.wait
    soon = range(after + 1, min(after + _ASKED, run.end)) if len(phases) > 1 else ()
    indexes = sorted({run.end, *soon})
    if any(reading.firing(index) for reading in run.readings for index in indexes):
        raise Unsolved(f"it does not stay silent where it has to: {name}")
    return Case(name, run, tuple(map(Moment, indexes)))


def at(run: Run, index: int) -> Moment:
    """What fires at an evaluation. Raises Unsteady where a text of it depends on the order in which
    Prometheus adds series up, or its versions 2 and 3 do not agree.
    """
    first, *others = [_at(reading, index) for reading in run.readings]
    if any(other != first for other in others):
        raise Unsteady("Prometheus 2 and 3 read its ranges differently")
    return first


def _at(run: Run, index: int) -> Moment:
    values, query, names = run.firing(index), Asks(run, index), run.names(index)

    def firing(labels: Labels, value: float) -> Expected:
        return expected(run.alert, dict(labels), value, query, names.get(labels, ""))

    found = {labels: firing(labels, value) for labels, value in sorted(values.items())}
    shown = {
        labels: every
        for labels, every in found.items()
        if firing(labels, nextafter(values[labels], inf)) != every
        or firing(labels, nextafter(values[labels], -inf)) != every
    }
    for added in run.as_added(index) if shown else ():
        if any(
            firing(labels, added[labels]) != shown[labels] for labels in shown.keys() & added.keys()
        ):
            raise Unsteady("its text shows every digit of a sum, and the last one may be another")
    return Moment(index, tuple(found.values()))


def expected(
    alert: PlannedAlert,
    labels: Mapping[str, str],
    value: float,
    query: Query | None = None,
    metric: str = "",
) -> Expected:
    """The alert of a series with these labels and this value. metric: the name that it carries,
    where the expression alone does not tell. Raises UnknownTemplate.
    """
    seen = {"__name__": metric, **labels} if metric else labels
    texts = ((name, text_of(alert, text, seen, value, query)) for name, text in alert.annotations)
    return Expected(labels_of(alert, labels, value), tuple(texts))


def labels_of(alert: PlannedAlert, labels: Mapping[str, str], value: float) -> Labels:
    """Labels of the alert: those of its series, and its own over them. Empty ones are none."""
    own = {name: text_of(alert, text, labels, value) for name, text in alert.labels}
    return tuple(sorted((name, text) for name, text in {**labels, **own}.items() if text))


def text_of(
    alert: PlannedAlert,
    text: str,
    labels: Mapping[str, str],
    value: float,
    query: Query | None = None,
) -> str:
    """A text of the alert as Prometheus expands it. Raises UnknownTemplate."""
    name = kept_name(alert.expr)
    known = {"__name__": name, **labels} if name else labels
    external = dict(alert.external_labels)
    if isinstance(query, Asks):
        query.unread = ""
    try:
        return expanded(text, value, known, external_labels=external, query=query)
    except FailedTemplate:
        if isinstance(query, Asks) and query.unread:  # with its series it may be another text
            raise UnknownTemplate(
                f"query() reads {query.unread}, which the alert itself does not"
            ) from None
        raise
