"""Recording rules and alerts of one service level objective.

Counts, not ratios, are kept over time, so a busy hour weighs more than a quiet one and a minute
without traffic weighs nothing. No window reads raw series but samples of a five-minute rate: those
of each minute up to LONGEST_BY_MINUTE, beyond it one in five minutes, which holds every event once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal
from typing import assert_never

from pbmon import durations
from pbmon.expr.functions import constant, either
from pbmon.expr.selection import CounterSelection
from pbmon.expr.vector import Vector
from pbmon.labels import job
from pbmon.model.rules import Alert, Record, RuleGroup
from pbmon.model.slo import Slo
from pbmon.model.slo_indicators import GaugeIndicator, LatencyIndicator, RatioIndicator
from pbmon.plan.slo_burn import Burn, burns

EVERY, SAMPLE = "1m", "5m"
_SAMPLED = f"_every{SAMPLE}"
LONGEST_BY_MINUTE = "2h"
_LEAST_ABSENCE = 120  # seconds: shorter ones are restarts
_ABSENCE_SHARE = Decimal("0.02")  # of the budget; the fastest burn alert waits for as much


def records(slo: Slo, windows: RuleGroup, events: RuleGroup) -> Iterator[Record]:
    """Every recorded series of the objective.

    windows: the group evaluated EVERY minute. events: the group evaluated each SAMPLE.
    """
    windows_to_record = shown_windows(slo)
    yield from _counted(slo, "", windows)
    if any(_is_long(window) for window in windows_to_record):
        yield from _counted(slo, _SAMPLED, events)
    for window in windows_to_record:
        help = f"Share of bad events of {slo.name} over {window}."
        yield _record(
            slo, f"errors:ratio_{window}", _ratio(slo, window), help, windows, "percentunit"
        )
    for burn in _guarded(slo):
        mean = slo.series(
            f"total:{_base(slo)}{_suffix(burn.windows.long)}", _unit(slo)
        ).avg_over_time(burn.windows.long)
        yield _record(
            slo,
            f"total:mean_{burn.windows.long}",
            mean,
            f"Mean traffic of {slo.name} over {burn.windows.long}.",
            windows,
            _unit(slo),
        )
    remaining = 1 - slo.error_ratio(slo.window) / slo.budget
    rate = slo.error_ratio("1h") / slo.budget
    help_text = (
        f"Share of the error budget of {slo.name} that is left; below 0 the objective is missed."
    )
    yield _record(
        slo, f"error_budget:remaining_{slo.window}", remaining, help_text, windows, "percentunit"
    )
    help_text = f"How fast {slo.name} burns its error budget; 1 uses it up exactly."
    yield _record(slo, "errors:burn_rate_1h", rate, help_text, windows, "short")
    name = slo.objective_series.selector.series.name
    yield Record(
        name, constant(slo.share), f"Objective of {slo.name}.", "percentunit", group=windows
    )


def alerts(slo: Slo, group: RuleGroup, owner: str, jobs: Sequence[str]) -> tuple[Alert, ...]:
    """The alerts of the objective, fastest burn first; each silences the slower ones. jobs: whose
    metrics it reads.
    """
    labels = {"slo": slo.name} | ({"owner": owner} if owner else {})
    result: list[Alert] = []
    for burn in reversed(burns(slo.window, slo.budget) if slo.alerts else ()):
        result.insert(0, _burn_alert(slo, burn, group, labels, result))
    return (*result, _absence(slo, group, labels, jobs))


def _burn_alert(
    slo: Slo, burn: Burn, group: RuleGroup, labels: dict[str, str], slower: Sequence[Alert]
) -> Alert:
    condition = (slo.error_ratio(burn.windows.long) > burn.threshold).and_(
        slo.error_ratio(burn.windows.short) > burn.threshold
    )
    for guarded in _guarded(slo):
        if guarded.windows.long == burn.windows.long:
            mean = slo.series(f"total:mean_{burn.windows.long}", "ops")
            condition = condition.and_(mean >= Decimal(slo.minimum_traffic))
    exhausted = durations.text(
        round(durations.seconds(slo.window) / float(burn.factor) / 3600) * 3600
    )
    times = (
        "faster than it can afford"
        if burn.factor == 1
        else f"more than {_plain(burn.factor)} times as fast as it can afford"
    )
    replaced = ""
    if burn.replaces:
        left_out = burn.replaces.windows
        replaced = (
            f" ({left_out.long} and {left_out.short} are left out:"
            f" {_percent(burn.replaces.threshold)} of events would have to fail.)"
        )
    return Alert(
        f"{_camel(slo.name)}BudgetBurn{burn.windows.long}",
        condition,
        severity=burn.windows.severity,
        group=group,
        labels=labels,
        summary=f"{slo.name} burns its error budget {times}.",
        description=(
            "{{ $value | humanizePercentage }} of events were bad within"
            f" {burn.windows.long}, and it goes on; the objective of"
            f" {_plain(Decimal(slo.objective))} % allows {_percent(slo.budget)}.{replaced}"
        ),
        impact=(
            f"{slo.impact} Kept up, the error budget of {slo.window} is gone within"
            f" {exhausted}.".strip()
        ),
        action=slo.action
        or f"See on the dashboard since when {slo.name} fails and what changed then: undo that"
        " first. Then look at the alerts that fire beside this one.",
        silences=list(slower),
    )


def _absence(slo: Slo, group: RuleGroup, labels: dict[str, str], jobs: Sequence[str]) -> Alert:
    events = slo.indicator.total
    gone: Vector = events.absent()
    if len(jobs) == 1 or (jobs and job in slo.by):
        gone = either(*(_of_job(slo, name).absent() for name in jobs))
    return Alert(
        f"{_camel(slo.name)}MetricAbsent",
        gone.equals(1),
        for_=_absence_for(slo),
        severity="critical",
        group=group,
        labels=labels,
        summary=f"{slo.name} cannot be computed: {events.selector.series.name} is gone.",
        impact=(
            "What fails now is not seen: no alert on this objective can fire, and its budget stands"
            " still."
        ),
        action=(
            "See whether its target is up and exposes the metric. A counter with labels begins with"
            " the first event: after a restart without traffic there is nothing to do."
        ),
    )


def _of_job(slo: Slo, name: str) -> CounterSelection:
    """The scraped series of one job. A rate would outlive them by the minutes it looks back.

    Where two matchers name one label absent() drops it, so this one replaces the author's.
    """
    selector = slo.indicator.total.selector
    others = (matcher for matcher in selector.matchers if matcher.label != job)
    return CounterSelection(replace(selector, matchers=(job.is_(name), *others)))


def _absence_for(slo: Slo) -> str:
    """As long as a total outage takes to burn what the fastest page waits for; whole minutes."""
    seconds = _ABSENCE_SHARE * slo.budget * round(durations.seconds(slo.window))
    minutes = int((seconds / 60).to_integral_value(ROUND_CEILING))
    return durations.text(max(_LEAST_ABSENCE, 60 * minutes))


def _counted(slo: Slo, suffix: str, group: RuleGroup) -> Iterator[Record]:
    """All and bad events per second (of a gauge: scrapes in five minutes).

    Bad events are 0 before the first one.
    """
    total = slo.series(f"total:{_base(slo)}{suffix}", _unit(slo))
    bad: Vector
    match slo.indicator:
        case GaugeIndicator(part=gauge):
            good = gauge.sum_over_time(SAMPLE).sum(by=slo.by)
            whole = gauge.count_over_time(SAMPLE).sum(by=slo.by)
            bad = total - good
            unit_text = "scrapes in 5 minutes"
        case RatioIndicator(part=part, total=events) | LatencyIndicator(part=part, total=events):
            whole = events.rate(SAMPLE).sum(by=slo.by)
            counted = part.rate(SAMPLE).sum(by=slo.by).or_(0 * total)
            bad = counted if slo.indicator.part_is_bad else total - counted
            unit_text = "events per second"
        case unknown:
            assert_never(unknown)
    what = f" of {slo.name}, once in {SAMPLE} for long windows." if suffix else f" of {slo.name}."
    yield _record(
        slo, f"total:{_base(slo)}{suffix}", whole, f"All {unit_text}{what}", group, _unit(slo)
    )
    yield _record(
        slo, f"errors:{_base(slo)}{suffix}", bad, f"Bad {unit_text}{what}", group, _unit(slo)
    )


def _ratio(slo: Slo, window: str) -> Vector:
    """Bad events over all, each moment weighted by its traffic; absent without traffic, not NaN."""
    errors, total = (
        slo.series(f"{what}:{_base(slo)}{_suffix(window)}", _unit(slo))
        for what in ("errors", "total")
    )
    if window == SAMPLE:
        return errors / (total > 0)
    return errors.sum_over_time(window) / (total.sum_over_time(window) > 0)


def shown_windows(slo: Slo) -> list[str]:
    """Windows that an alert, the burn rate or the budget needs, shortest first."""
    burning = burns(slo.window, slo.budget) if slo.alerts else ()
    windows = {
        "1h",
        slo.window,
        *(text for burn in burning for text in (burn.windows.long, burn.windows.short)),
    }
    return sorted(windows, key=durations.seconds)


def _guarded(slo: Slo) -> tuple[Burn, ...]:
    """The burn alerts that a minimum of traffic holds back."""
    return burns(slo.window, slo.budget) if slo.alerts and Decimal(slo.minimum_traffic) else ()


def _is_long(window: str) -> bool:
    return durations.seconds(window) > durations.seconds(LONGEST_BY_MINUTE)


def _suffix(window: str) -> str:
    """Which samples of the events a window reads: those of each minute, or one in five minutes."""
    return _SAMPLED if _is_long(window) else ""


def _base(slo: Slo) -> str:
    return f"count{SAMPLE}" if isinstance(slo.indicator, GaugeIndicator) else f"rate{SAMPLE}"


def _unit(slo: Slo) -> str:
    return "short" if isinstance(slo.indicator, GaugeIndicator) else "ops"


def _record(slo: Slo, what: str, expr: Vector, help: str, group: RuleGroup, unit: str) -> Record:
    return Record(slo.record_name(what), expr, help, unit, group=group)


def _camel(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in name.split("-"))


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _percent(share: Decimal) -> str:
    return f"{_plain(share * 100)} %"
