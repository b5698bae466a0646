"""Service level objectives: which share of events has to be good, over how long.

Terms: https://sre.google/workbook/implementing-slos/
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Required, TypedDict, Unpack, overload

from pbmon import durations
from pbmon.arguments import checked
from pbmon.conventions import check_file_name
from pbmon.errors import DefinitionError
from pbmon.expr.labelsets import require
from pbmon.expr.nodes import Selector, Series, is_float
from pbmon.expr.selection import AnyCounter, AnyGauge, GaugeSelection
from pbmon.expr.shapes import label_set
from pbmon.labels import Label, job, names
from pbmon.model.acceptance import Accepted
from pbmon.model.slo_events import check_part
from pbmon.model.slo_indicators import GaugeIndicator, Indicator, RatioIndicator, indicator
from pbmon.source import Source, here

SHORTEST = "7d"
"""Shorter windows leave no room for alerts that are both fast and sure."""

_WINDOW = re.compile(r"[0-9]{1,3}[dw]")


class _OfEverySlo(TypedDict, total=False):
    """What every objective may say, whatever its events are."""

    objective: Required[str | Decimal]
    window: str
    by: Sequence[Label]
    owner: str
    alerts: bool
    impact: str
    action: str
    accept: Sequence[Accepted]


class _OfCounted(_OfEverySlo, total=False):
    """And where its events are counted, so that there can be few of them."""

    minimum_traffic: str | Decimal


@checked
@dataclass(frozen=True, eq=False)
class Slo:
    """An objective for one kind of event, its error budget, and what alerts when the budget burns.

    name: lower case words and hyphens. help: what users are promised, one sentence. The events are
    one of
    - counters: `bad` and `total`, or `good` and `total`;
    - a histogram's: `good=latency.at_most(0.3)`, the total being all its observations;
    - scrapes of a gauge that is 1 while all is well: `good=up.where(job.is_("api"))`.

    objective: per cent of events that are good ("99.9"). window: whole days or weeks ("30d"), at
    least 7d. by: what the budget is kept for, one each. owner: who answers for it (default: the
    owner of the metric's service). alerts: whether burning budget alerts. minimum_traffic: events
    per second, mean of an alert's long window, below which it does not fire.
    impact, action: of its alerts. Raises DefinitionError for events that do not fit together and
    numbers out of range.
    """

    name: str
    help: str = ""
    good: AnyCounter | AnyGauge | None = field(default=None, kw_only=True)
    bad: AnyCounter | None = field(default=None, kw_only=True)
    total: AnyCounter | None = field(default=None, kw_only=True)
    objective: str | Decimal = field(kw_only=True)
    window: str = field(default="30d", kw_only=True)
    by: Sequence[Label] = field(default=(job,), kw_only=True)
    owner: str = field(default="", kw_only=True)
    alerts: bool = field(default=True, kw_only=True)
    minimum_traffic: str | Decimal = field(default="0", kw_only=True)
    impact: str = field(default="", kw_only=True)
    action: str = field(default="", kw_only=True)
    accept: Sequence[Accepted] = field(default=(), kw_only=True)
    source: Source = field(default_factory=here, init=False)
    indicator: Indicator = field(init=False, repr=False)

    if TYPE_CHECKING:  # the kinds of events, so that a mixture of two is a type error

        @overload
        def __init__(
            self,
            name: str,
            help: str = "",
            *,
            bad: AnyCounter,
            total: AnyCounter,
            **rest: Unpack[_OfCounted],
        ) -> None: ...
        @overload
        def __init__(
            self,
            name: str,
            help: str = "",
            *,
            good: AnyCounter,
            total: AnyCounter,
            **rest: Unpack[_OfCounted],
        ) -> None: ...
        @overload
        def __init__(
            self, name: str, help: str = "", *, good: AnyCounter, **rest: Unpack[_OfCounted]
        ) -> None: ...
        @overload
        def __init__(
            self, name: str, help: str = "", *, good: AnyGauge, **rest: Unpack[_OfEverySlo]
        ) -> None: ...
        def __init__(self, *_: object, **__: object) -> None: ...

    def __post_init__(self) -> None:
        check_file_name(self.name, "SLO name", self.source)
        if not self.name[0].isalpha():
            raise DefinitionError(
                self.source,
                f"SLO {self.name} begins with a digit, so no alert can be named after it",
                "a letter",
            )
        object.__setattr__(self, "objective", self._decimal("objective"))
        object.__setattr__(self, "minimum_traffic", self._decimal("minimum_traffic"))
        object.__setattr__(self, "by", tuple(self.by))
        # beyond 28 digits nothing is left of it
        if not 1 <= Decimal(self.objective) < 100 or not self.budget:
            raise DefinitionError(
                self.source,
                f"objective {self.objective} of {self.name} is outside 1 to 100 per cent, so there"
                " is no error budget to keep",
                'in per cent and below 100: objective="99.9"',
            )
        if not _WINDOW.fullmatch(self.window) or durations.seconds(self.window) < durations.seconds(
            SHORTEST
        ):
            raise DefinitionError(
                self.source,
                f"window {self.window!r} of {self.name} is not a number of days or weeks of at"
                f" least {SHORTEST}",
                '"7d", "28d", "30d", "13w"',
            )
        object.__setattr__(self, "indicator", self._indicator())
        traffic = Decimal(self.minimum_traffic)
        if traffic < 0 or (traffic > 0 and isinstance(self.indicator, GaugeIndicator)):
            problem = (
                f"minimum_traffic of {self.name} is no number of events per second that could be"
                " missing"
            )
            raise DefinitionError(
                self.source, problem, "0 or more, and only for events that are counted"
            )
        self._check_labels()

    def _decimal(self, name: str) -> Decimal:
        text = getattr(self, name)
        try:
            value = Decimal(repr(text) if isinstance(text, float) else text)
        except (InvalidOperation, TypeError, ValueError):
            value = Decimal("NaN")
        if not (value.is_finite() and is_float(value)):
            raise DefinitionError(
                self.source,
                f"{name} {text!r} of {self.name} is no decimal number",
                f'{name}="99.9"',
            )
        return value

    def _indicator(self) -> Indicator:
        """What the events are. DefinitionError where the arguments do not say which are good."""
        if (events := indicator(self.good, self.bad, self.total)) is not None:
            return events
        help = (
            "bad= and total=, good= and total=, good=histogram.at_most(bound), or good=a gauge that"
            " is 1 or 0"
        )
        roles = [name for name in ("good", "bad", "total") if getattr(self, name) is not None]
        if roles in (["good"], ["good", "total"], ["bad", "total"]):
            counted = [name for name in roles if isinstance(getattr(self, name), AnyCounter)]
            name = next((name for name in roles if name not in counted), roles[0])
            problem = (
                f"{name} of SLO {self.name} is a {type(getattr(self, name)).__name__}, which does"
                " not count its events"
            )
        else:
            problem = (
                f"SLO {self.name} has {' and '.join(roles) or 'no events'}, which does not say"
                " which events are good"
            )
        raise DefinitionError(self.source, problem, help)

    def _check_labels(self) -> None:
        """Each budget has its part of all events, and the part is not all of them."""
        for events in (self.indicator.part, self.indicator.total):
            require(events.selector.series.metric, events.selector.series.labels, names(self.by))
        if isinstance(self.indicator, RatioIndicator):
            check_part(
                self.name,
                "bad" if self.indicator.part_is_bad else "good",
                self.indicator.part.selector,
                self.indicator.total.selector,
                self.by,
                self.source,
            )

    @property
    def budget(self) -> Decimal:
        """Share of events that may be bad: 0.001 for an objective of 99.9."""
        return 1 - self.share

    @property
    def share(self) -> Decimal:
        """Share of events that has to be good: 0.999 for an objective of 99.9."""
        return Decimal(self.objective) / 100

    # Recorded series. What they are recorded from is decided in plan/slo_rules.py.

    def series(self, what: str, unit: str = "percentunit") -> GaugeSelection:
        """A recorded series of this objective: `job:slo_api_availability_` and then `what`."""
        name = self.record_name(what)
        return GaugeSelection(Selector(Series(name, name, "recorded", label_set(self.by), unit)))

    def record_name(self, what: str) -> str:
        """Name of a recorded series: level, objective, and `what` of it."""
        return f"{'_'.join(names(self.by))}:slo_{self.name.replace('-', '_')}_{what}"

    def error_ratio(self, window: str) -> GaugeSelection:
        """Share of bad events over a recorded window, by traffic; absent without traffic."""
        return self.series(f"errors:ratio_{window}")

    @property
    def budget_left(self) -> GaugeSelection:
        """Share of the error budget that is left; below 0 where the objective is missed."""
        return self.series(f"error_budget:remaining_{self.window}")

    @property
    def burn_rate(self) -> GaugeSelection:
        """How many times faster than the objective allows the budget burnt in the last hour; 1 uses
        it up exactly.
        """
        return self.series("errors:burn_rate_1h", "short")

    @property
    def objective_series(self) -> GaugeSelection:
        """The objective itself, 0 to 1, without labels."""
        name = f":slo_{self.name.replace('-', '_')}_objective:ratio"
        return GaugeSelection(Selector(Series(name, name, "recorded", (), "percentunit")))
