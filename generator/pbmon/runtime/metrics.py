"""Metrics with bounded labels, on top of prometheus_client.

A label with a closed set keeps all values of the set. Another value counts as the
label's `other`. Where there is no `other` it is not counted, and one log message says
so: a wrong label must not become an error of the app. In strict mode it raises
ValueError, as a test wants: `Metrics(registry, strict=True)`, or for a whole process
the environment variable PROMETHEUS_STRICT_LABELS=true.

A label without a closed set keeps the first `max_values` values that a process sees,
and counts all later ones as `other`, so that no client can add series without end.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

import prometheus_client

from .encoding import encodable
from .files import prepare, shared_folder
from .forks import ForkLock
from .series import (
    CounterSeries,
    GaugeSeries,
    HistogramSeries,
    UncountedCounter,
    UncountedGauge,
    UncountedHistogram,
)

__all__ = [
    "CounterSeries",
    "GaugeSeries",
    "HistogramSeries",
    "Label",
    "Labelled",
    "LabelledCounter",
    "LabelledGauge",
    "LabelledHistogram",
    "MetricSet",
]

_M = TypeVar("_M")
_S = TypeVar("_S")
_log = logging.getLogger(__name__)

if "PROMETHEUS_DISABLE_CREATED_SERIES" not in os.environ:
    # A second series for every counter and histogram, which no query needs.
    _disable: Callable[[], object] = prometheus_client.disable_created_metrics
    _disable()

if folder := shared_folder():
    prepare(folder)

_admission = ForkLock()
"""Is held where a series is made, for which prometheus_client has locks of its own."""


class Label(NamedTuple):
    """A label and its bound: a closed set of values, or how many there may be."""

    name: str
    values: Sequence[str] = ()
    max_values: int = 0
    other: str | None = None

    def kept(self, value: object, seen: set[str]) -> str | None:
        """The value, or `other`; None where it is neither.

        seen: the values that are kept so far.
        """
        text = encodable(str.__str__(value) if isinstance(value, str) else str(value))
        if text in seen or text == self.other:
            return text
        if text in self.values if self.values else len(seen) < self.max_values:
            seen.add(text)
            return text
        return self.other


class Labelled(Generic[_S]):
    """A metric with labels. A known series costs one dict lookup, and no lock.

    label_bounds: its labels, in the order in which series() takes their values.
    """

    _kind: ClassVar[Callable[..., Any]]
    _uncounted: ClassVar[Callable[[], Any]]

    def __init__(
        self,
        name: str,
        documentation: str,
        labels: Sequence[Label],
        *,
        zeros: bool = False,
        strict: bool = False,
        **options: Any,
    ) -> None:
        kind = type(self)._kind
        parent = kind(name, documentation, [label.name for label in labels], **options)
        self.name = name
        self.label_bounds = {label.name: label for label in labels}
        self._strict = strict
        self._child: Callable[..., _S] = parent.labels
        self._seen: list[set[str]] = [set() for _ in labels]
        self._series: dict[tuple[str, ...], _S] = {}
        self._complained: set[str] = set()
        if zeros:
            for values in product(*(label.values for label in labels)):
                self._admit(values)

    def series(self, *values: str) -> _S:
        """The series of these values, one for each label."""
        try:
            return self._series.get(values) or self._admit(values)
        except TypeError:  # a value that no dict can hold, as a list
            return self._admit(tuple(map(str, values)))

    def named(self, **values: str) -> _S:
        """The series of these values by their labels' names; others are left out."""
        return self.series(*(values[name] for name in self.label_bounds))

    def _admit(self, values: tuple[str, ...]) -> _S:
        with _admission:
            key: list[str] = []
            for label, value, seen in zip(
                self.label_bounds.values(), values, self._seen, strict=True
            ):
                kept = label.kept(value, seen)
                if kept is None:
                    return self._refuse(label, value)
                key.append(kept)
            admitted = tuple(key)
            if admitted not in self._series:
                self._series[admitted] = self._child(*admitted)
            return self._series[admitted]

    def _refuse(self, label: Label, value: object) -> _S:
        """Says once a label that it has no such value."""
        known = ", ".join(map(repr, label.values))
        problem = f"label {label.name} of {self.name} has no value {value!r}"
        if self._strict:
            raise ValueError(f"{problem}; it has {known}")
        if label.name not in self._complained:
            self._complained.add(label.name)
            _log.error("%s, so it is not counted; it has %s", problem, known)
        uncounted: _S = type(self)._uncounted()
        return uncounted


class LabelledCounter(Labelled[CounterSeries]):
    """A counter with labels."""

    _kind = CounterSeries
    _uncounted = UncountedCounter


class LabelledGauge(Labelled[GaugeSeries]):
    """A gauge with labels."""

    _kind = GaugeSeries
    _uncounted = UncountedGauge


class LabelledHistogram(Labelled[HistogramSeries]):
    """A histogram with labels."""

    _kind = HistogramSeries
    _uncounted = UncountedHistogram


class MetricSet:
    """Metrics registered with one registry.

    strict: whether a label value that is not declared raises ValueError; None leaves
    that to PROMETHEUS_STRICT_LABELS.
    """

    def __init__(
        self,
        registry: prometheus_client.CollectorRegistry,
        *,
        strict: bool | None = None,
    ) -> None:
        self._registry = registry
        self._strict = _strict_by_environment() if strict is None else strict

    def _metric(
        self,
        metric: Callable[..., _M],
        name: str,
        documentation: str,
        labels: Sequence[Label] = (),
        **options: Any,
    ) -> _M:
        """A new metric, or the one in the registry: a module may be imported twice."""
        made: dict[str, _M] = self._registry.__dict__.setdefault("_made_once", {})
        definition = repr((name, documentation, labels, options))
        if definition not in made:
            if labels:
                options["strict"] = self._strict
            made[definition] = metric(
                name, documentation, labels, registry=self._registry, **options
            )
        return made[definition]


def _strict_by_environment() -> bool:
    text = os.environ.get("PROMETHEUS_STRICT_LABELS", "").strip().lower()
    if text not in {"", "0", "1", "false", "true"}:
        raise ValueError(
            f"PROMETHEUS_STRICT_LABELS is {text!r}, neither true nor false"
        )
    return text in {"1", "true"}
