"""What is known to be exposed: series from expositions, or from a Prometheus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite

from pbmon.expr.buckets import number_of
from pbmon.live.seen import Exposure
from pbmon.model.builtin import BUILTIN

DAYS = 30
"""In which a Prometheus had samples of a name that exists: one may come with a rare event."""
_PARTS = ("_bucket", "_sum", "_count")


@dataclass(frozen=True)
class Series:
    """The labels of one series, those of its target left out where they are not known. origin: the
    number of the exposition that has it.
    """

    labels: Mapping[str, str]
    origin: int


@dataclass(frozen=True, eq=False)
class Exposed:
    """exposures: expositions, or the jobs of a Prometheus.

    every: names of all series of a Prometheus, those too whose labels were not asked for; None
    where expositions are all that is known. target_labels: names that targets may be given; None
    where they may be any. notes: on what an exposition says in two ways.
    """

    exposures: Sequence[Exposure]
    every: frozenset[str] | None = None
    target_labels: frozenset[str] | None = None
    notes: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether there is nothing else: a Prometheus was asked."""
        return self.every is not None

    @cached_property
    def series(self) -> Mapping[str, tuple[Series, ...]]:
        """Every series by its name."""
        by_name: dict[str, list[Series]] = {}
        for origin, exposure in enumerate(self.exposures):
            for name, every in exposure.series.items():
                by_name.setdefault(name, []).extend(Series(labels, origin) for labels in every)
        return {name: tuple(every) for name, every in by_name.items()}

    @cached_property
    def names(self) -> frozenset[str]:
        """Of all series that there are, without those that every Prometheus has."""
        return self.every if self.every is not None else frozenset(self.series)

    @cached_property
    def families(self) -> Mapping[str, frozenset[str]]:
        """The types that expositions give a metric, by its name."""
        types: dict[str, set[str]] = {}
        for exposure in self.exposures:
            for name, family in exposure.families.items():
                types.setdefault(name, set()).add(family.type)
                if family.type == "counter" and not name.endswith("_total"):
                    types.setdefault(f"{name}_total", set()).add("counter")  # of OpenMetrics
        return {name: frozenset(each) for name, each in types.items()}

    def type_of(self, name: str) -> str:
        """The type of a series, where all expositions agree: `bucket` for one of a histogram's
        buckets; empty where none is known.
        """
        if name not in self.names:
            return ""
        for whole, kind in [(name, "")] + [
            (name.removesuffix(part), part) for part in _PARTS if name.endswith(part)
        ]:
            types = self.families.get(whole, frozenset())
            if len(types) == 1 and (not kind or types & {"histogram", "summary"}):
                (only,) = types
                if only == "unknown":
                    return ""
                return {"": only, "_bucket": "bucket"}.get(kind, "counter")
        return ""

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """The first words of all names: whether the exposition of a name was given at all."""
        return frozenset(name.partition("_")[0] for name in self.names)

    @cached_property
    def bounds(self) -> Mapping[str, tuple[float, ...]]:
        """Finite bounds of each histogram's buckets, ascending, by its name."""
        result: dict[str, tuple[float, ...]] = {}
        for name, every in self.series.items():
            if name.endswith("_bucket"):
                limits = {number_of(each.labels.get("le", "")) for each in every}
                finite = tuple(sorted(limit for limit in limits if isfinite(limit)))
                if finite:
                    result[name.removesuffix("_bucket")] = finite
        return result


BUILT_IN = frozenset({*(metric.name for metric in BUILTIN), "ALERTS", "ALERTS_FOR_STATE"})
"""What every Prometheus has of itself."""
