"""How often each series arrives, and whether what reads it still finds a sample there.

An instant selector finds the newest sample of the last five minutes
(https://prometheus.io/docs/prometheus/latest/querying/basics/#staleness), a window what lies in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, assert_never

from pbmon import durations
from pbmon.catalog.catalog import Catalog
from pbmon.errors import DefinitionError
from pbmon.expr.nodes import (
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
from pbmon.expr.walk import children, selectors
from pbmon.model.builtin import ALERT_SERIES
from pbmon.model.rules import Alert, Record
from pbmon.plan.closed_world import expressions, selects
from pbmon.plan.rules import ScrapeJob
from pbmon.plan.scope import Scope
from pbmon.source import Source

LOOKBACK = 300.0
"""Seconds after which Prometheus takes a series that brings no sample for gone."""

_OF_TWO_SAMPLES = frozenset(
    {
        "rate",
        "irate",
        "increase",
        "delta",
        "idelta",
        "deriv",
        "predict_linear",
        "holt_winters",
        "double_exponential_smoothing",
    }
)


class Arrival(NamedTuple):
    """seconds: between two samples. supplier: what brings them, `job shop is scraped`."""

    seconds: float
    supplier: str

    @property
    def every(self) -> str:
        """`job shop is scraped every 6m`."""
        return f"{self.supplier} every {durations.text(self.seconds)}"


class _Read(NamedTuple):
    """A selector and how it is read. function: that takes its range, or `absent`. seconds: of its
    own range, or of the subquery around it; 0 for neither.
    """

    selector: Selector
    function: str
    seconds: float


class Intervals:
    """The intervals of all jobs and groups. evaluation: of groups that have none."""

    def __init__(
        self, catalog: Catalog, scope: Scope, jobs: Iterable[ScrapeJob], evaluation: str
    ) -> None:
        self._scope = scope
        self._jobs = {job.name: durations.seconds(job.interval) for job in jobs}
        rules: tuple[Record | Alert, ...] = (*catalog.records, *catalog.alerts)
        self._groups: dict[str, Arrival] = {}
        for rule in rules:
            arrival = (
                Arrival(durations.seconds(rule.group.interval), f"group {rule.group.name} is run")
                if rule.group and rule.group.interval
                else Arrival(durations.seconds(evaluation), "its rule is run")
            )
            slowest = self._groups.setdefault(rule.name, arrival)
            if arrival.seconds > slowest.seconds:
                self._groups[rule.name] = arrival
        self._alerts = tuple(alert.name for alert in catalog.alerts)

    def of(self, selector: Selector) -> Arrival | None:
        """The slowest of those that bring the selector's series; None where none is known."""
        name = selector.series.metric
        if name in self._scope.lineage.recorded:
            return self._groups[name]
        if name in ALERT_SERIES:
            asked = [match for match in selector.matchers if match.label.name == "alertname"]
            arrivals = [
                self._groups[alert]
                for alert in self._alerts
                if all(match.op != "=" or selects(match, (alert,)) for match in asked)
            ]
        else:
            arrivals = [
                Arrival(self._jobs[name], f"job {name} is scraped")
                for name in self._scope.jobs(selector)
            ]
        return max(arrivals, default=None, key=lambda arrival: arrival.seconds)

    def slowest_job(self, nodes: Iterable[Node]) -> float:
        """Seconds between two scrapes of the slowest job that the expressions read directly."""
        return max(
            (
                self._jobs[name]
                for node in nodes
                for selector in selectors(node)
                if selector.series.metric not in self._scope.lineage.recorded
                for name in self._scope.jobs(selector)
            ),
            default=0.0,
        )


def mistakes(catalog: Catalog, intervals: Intervals) -> Iterator[DefinitionError]:
    """What is read as it is though it arrives less often than the lookback, and windows that hold
    too few samples for their function, or reach beyond what Prometheus keeps.
    """
    retention = catalog.project.retention
    for what, source, node in expressions(catalog):
        if retention and reach(node) > durations.seconds(retention):
            yield DefinitionError(
                source,
                f"{what} looks back {durations.text(reach(node))}, but samples are kept for"
                f" {retention}, so the rest is missing without a warning",
                "a shorter window, or Project(retention=...) as Prometheus is started with it",
            )
        for read in dict.fromkeys(_reads(node)):
            arrival = intervals.of(read.selector)
            if arrival is not None:
                yield from _mistakes(what, source, read, arrival)


def _mistakes(
    what: str, source: Source, read: _Read, arrival: Arrival
) -> Iterator[DefinitionError]:
    name = read.selector.series.name
    twice = durations.text(2 * arrival.seconds)
    if not read.selector.window:
        if arrival.seconds > max(LOOKBACK, read.seconds):
            over_time = "absent" if read.function == "absent" else "last"
            window = f'.{over_time}_over_time("{twice}")'
            yield DefinitionError(
                source,
                f"{what} reads {name} as it is, but {arrival.every}: Prometheus forgets a sample"
                f" after {durations.text(LOOKBACK)}, so there is no value for part of the time",
                f"read a window, {window}, or bring it at least every {durations.text(LOOKBACK)}",
            )
        return
    needed = 2 if read.function in _OF_TWO_SAMPLES else 1
    if read.seconds < needed * arrival.seconds:
        yield DefinitionError(
            source,
            f"{what} looks at {read.selector.window} of {name}, but {arrival.every}:"
            f" {read.function}() needs {'two samples' if needed == 2 else 'a sample'} in its"
            " window, so there is no value for part of the time",
            f"a window of at least {durations.text(4 * arrival.seconds)}, or a shorter interval",
        )


def _reads(node: Node, function: str = "", subquery: float = 0.0) -> Iterator[_Read]:
    """Every selector below the node whose window is known, and how it is read."""
    match node:
        case Selector():
            if not durations.is_variable(node.window):
                seconds = durations.seconds(node.window) if node.window else subquery
                yield _Read(node, function, seconds)
            return
        case Call():
            function = node.function
        case Subquery():
            subquery = 0.0 if durations.is_variable(node.window) else durations.seconds(node.window)
        case Aggregate() | Binary() | Names() | Negation() | Number() | String():
            pass
        case _:
            assert_never(node)
    for child in children(node):
        yield from _reads(child, function, subquery)


def reach(node: Node) -> float:
    """Seconds that the expression looks back, without the records that it reads."""
    own = 0.0
    if isinstance(node, Selector | Subquery):
        own += (
            0.0
            if not node.window or durations.is_variable(node.window)
            else durations.seconds(node.window)
        )
    if isinstance(node, Selector):
        own += durations.shift(node.offset)
    return own + max(map(reach, children(node)), default=0.0)
