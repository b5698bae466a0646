# Copied by pbmon. Do not edit: the next `pbmon build` writes it anew.
"""One series: a metric whose labels, if it has any, are given."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from math import inf
from typing import Any

import prometheus_client

from .slots import Slot, slot_of

__all__ = [
    "CounterSeries",
    "GaugeSeries",
    "HistogramSeries",
    "UncountedCounter",
    "UncountedGauge",
    "UncountedHistogram",
    "both",
]


class CounterSeries(prometheus_client.Counter):
    """One series: its labels, if it has any, are given."""

    labels: None  # type: ignore[assignment]
    _value: Any

    def _metric_init(self) -> None:
        super()._metric_init()
        self._value = slot_of(self._value)

    def inc(self, amount: float = 1, exemplar: dict[str, str] | None = None) -> None:
        """Adds the amount, which is not negative."""
        if exemplar or amount < 0:
            super().inc(amount, exemplar)
            return
        amount += (
            0.0  # a number of another class than float may call what it likes here
        )
        value = self._value
        if type(value) is Slot:
            value.value += amount
        else:
            value.inc(amount)


class GaugeSeries(prometheus_client.Gauge):
    """One series: its labels, if it has any, are given."""

    labels: None  # type: ignore[assignment]


class HistogramSeries(prometheus_client.Histogram):
    """One series: its labels, if it has any, are given."""

    labels: None  # type: ignore[assignment]
    _sum: Any
    _buckets: Any

    def _metric_init(self) -> None:
        super()._metric_init()
        self._sum = slot_of(self._sum)
        self._buckets = [slot_of(bucket) for bucket in self._buckets]

    def observe(self, amount: float, exemplar: dict[str, str] | None = None) -> None:
        """Adds the amount to the sum, and 1 to the first bucket that holds it."""
        if type(amount) is not float:
            amount = float(amount + 0.0)
        if exemplar or not amount <= inf:  # NaN is in no bucket
            super().observe(amount, exemplar)
            return
        total = self._sum
        bucket = self._buckets[bisect_left(self._upper_bounds, amount)]
        if type(total) is Slot:
            total.value += amount
            bucket.value += 1.0
        else:
            total.inc(amount)
            bucket.inc(1.0)


def both(counter: CounterSeries, histogram: HistogramSeries) -> Callable[[float], None]:
    """What adds 1 to the counter and a number of seconds to the histogram at once."""
    value: Any = getattr(counter, "_value", None)
    total: Any = getattr(histogram, "_sum", None)
    if not type(value) is type(total) is Slot:

        def add(seconds: float) -> None:
            counter.inc()
            histogram.observe(seconds)

        return add
    bounds, buckets = histogram._upper_bounds, histogram._buckets

    def add_in_memory(seconds: float) -> None:
        bucket = buckets[bisect_left(bounds, seconds)]
        value.value += 1.0
        total.value += seconds
        bucket.value += 1.0

    return add_in_memory


class UncountedCounter(CounterSeries):
    """Stands for a series that does not exist, and counts nothing."""

    def __init__(self) -> None:
        self._name, self._labelnames = "uncounted", ()

    def inc(self, *_: Any, **__: Any) -> None:
        pass

    def reset(self) -> None:
        pass


class UncountedGauge(GaugeSeries):
    """Stands for a series that does not exist, and counts nothing."""

    def __init__(self) -> None:
        self._name, self._labelnames = "uncounted", ()

    def inc(self, *_: Any, **__: Any) -> None:
        pass

    dec = set = set_function = inc


class UncountedHistogram(HistogramSeries):
    """Stands for a series that does not exist, and counts nothing."""

    def __init__(self) -> None:
        self._name, self._labelnames = "uncounted", ()

    def observe(self, *_: Any, **__: Any) -> None:
        pass
