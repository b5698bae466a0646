"""Service level indicators: which events an objective is about, and which of them are good.

Terms: https://sre.google/workbook/implementing-slos/
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pbmon.expr.histograms import HistogramSelection
from pbmon.expr.selection import AnyCounter, AnyGauge


@dataclass(frozen=True)
class RatioIndicator:
    """Events that are counted apart. part: the bad ones or the good ones; total: all of them."""

    part: AnyCounter
    total: AnyCounter
    part_is_bad: bool


@dataclass(frozen=True)
class LatencyIndicator:
    """Observations of a histogram. part: the good ones, those at most at a bucket's bound."""

    part: AnyCounter

    @property
    def total(self) -> AnyCounter:
        """All observations."""
        selector = self.part.selector
        rest = tuple(matcher for matcher in selector.matchers if matcher.label.name != "le")
        return HistogramSelection(replace(selector, matchers=rest)).observations

    @property
    def part_is_bad(self) -> bool:
        return False


@dataclass(frozen=True)
class GaugeIndicator:
    """Scrapes of a gauge that is 1 while all is well, and else 0. part: that gauge."""

    part: AnyGauge

    @property
    def total(self) -> AnyGauge:
        """All scrapes are those of the same gauge."""
        return self.part

    @property
    def part_is_bad(self) -> bool:
        return False


Indicator = RatioIndicator | LatencyIndicator | GaugeIndicator


def indicator(
    good: AnyCounter | AnyGauge | None, bad: AnyCounter | None, total: AnyCounter | None
) -> Indicator | None:
    """What the arguments of an Slo mean; None for a combination that says nothing."""
    match good, bad, total:
        case None, AnyCounter(), AnyCounter():
            return RatioIndicator(bad, total, part_is_bad=True)
        case AnyCounter(), None, AnyCounter():
            return RatioIndicator(good, total, part_is_bad=False)
        case AnyCounter(), None, None if good.selector.series.type == "bucket":
            return LatencyIndicator(good)
        case AnyGauge(), None, None:
            return GaugeIndicator(good)
        case _:
            return None
