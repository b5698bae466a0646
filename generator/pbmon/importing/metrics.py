"""The metrics that an exposition declares."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from pbmon import units
from pbmon.expr.buckets import number_of
from pbmon.live.seen import Exposure, Family, Labels

Kind = Literal["Counter", "Gauge", "Histogram", "Summary"]

_OF_CLIENTS = ("go_", "process_", "promhttp_", "python_gc_", "python_info", "scrape_")
"""Beginnings of names that every client library exposes of itself."""
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")


@dataclass(frozen=True)
class ObservedMetric:
    """series: labels of each of its series, without `le` and `quantile`. bounds: finite, of a
    histogram's buckets. quantiles: of a summary, as exposed. remark: what is not sure of it.
    """

    kind: Kind
    name: str
    help: str
    series: Sequence[Mapping[str, str]]
    unit: str = ""
    bounds: tuple[float, ...] = ()
    quantiles: tuple[str, ...] = ()
    remark: str = ""


def observed_metrics(exposure: Exposure) -> tuple[list[ObservedMetric], list[str]]:
    """What the exposition declares, by name, and what of it cannot be defined, with the reason."""
    metrics: dict[str, ObservedMetric] = {}
    lost: list[str] = []
    used: set[str] = set()
    for name, family in exposure.families.items():
        parts = dict(_parts(name, family, exposure))
        used |= parts.keys()
        metric = _metric(name, family, parts) if parts else None
        if metric is None:
            why = "is declared, and has no series" if not parts else "has no finite bucket"
            lost.append(f"{name} {why}")
        elif reason := _refused(metric):
            lost.append(f"{name} {reason}")
        else:
            metrics[metric.name] = metric
    for name in exposure.series.keys() - used:
        if name.removesuffix("_created") in {*metrics, *exposure.families} and "_created" in name:
            continue  # when the client library made the series
        plain = ObservedMetric(
            "Gauge",
            name,
            "Not said.",
            [*exposure.series[name]],
            remark="its type is not said",
        )
        if reason := _refused(plain):
            lost.append(f"{name} {reason}")
        else:
            metrics[name] = plain
    own = {name: each for name, each in metrics.items() if not name.startswith(_OF_CLIENTS)}
    if len(own) < len(metrics):
        count = len(metrics) - len(own)
        lost.append(f"{count} metrics that every client library exposes are left out")
    return [own[name] for name in sorted(own)], sorted(lost)


def _parts(name: str, family: Family, exposure: Exposure) -> Iterator[tuple[str, Sequence[Labels]]]:
    """The series of a family, by their names."""
    match family.type:
        case "histogram":
            names = [f"{name}_bucket", f"{name}_sum", f"{name}_count"]
        case "summary":
            names = [name, f"{name}_sum", f"{name}_count"]
        case "counter":
            names = [name if name in exposure.series else f"{name}_total"]
        case "info":
            names = [f"{name}_info"]
        case _:
            names = [name]
    return ((each, exposure.series[each]) for each in names if each in exposure.series)


def _metric(
    name: str, family: Family, parts: Mapping[str, Sequence[Labels]]
) -> ObservedMetric | None:
    first = next(iter(parts))
    help = " ".join(family.help.split()) or "Not said."
    every = parts[first]
    match family.type:
        case "histogram":
            limits = {number_of(labels.get("le", "")) for labels in every}
            bounds = tuple(sorted(limit for limit in limits if isfinite(limit)))
            plain = _without(every, "le")
            unit = _unit(name, family)
            return ObservedMetric("Histogram", name, help, plain, unit, bounds) if bounds else None
        case "summary":
            quantiles = {labels["quantile"]: None for labels in every if "quantile" in labels}
            ordered = tuple(sorted(quantiles, key=number_of))
            plain = _without(every, "quantile")
            return ObservedMetric(
                "Summary", name, help, plain, _unit(name, family), quantiles=ordered
            )
        case "counter":
            return ObservedMetric("Counter", first, help, every, _unit(first, family))
        case kind:
            remark = "" if kind in {"gauge", "info", "stateset"} else f"it is of type {kind}"
            return ObservedMetric("Gauge", first, help, every, _unit(first, family), remark=remark)


def _refused(metric: ObservedMetric) -> str:
    """Why it cannot be defined."""
    names = {label for labels in metric.series for label in labels}
    if not _NAME.fullmatch(metric.name):
        return "has a name that only Prometheus 3 takes"
    if odd := sorted(name for name in names if not _LABEL.fullmatch(name) or name[:2] == "__"):
        return f"has label {odd[0]!r}, which no definition can name"
    if taken := sorted(names & {"le", "quantile"}):
        return f"has label {taken[0]!r}, and is no histogram or summary"
    return ""


def _unit(name: str, family: Family) -> str:
    """Where the name does not say it: that of OpenMetrics, or of a number of things."""
    if units.of_name(name):
        return ""
    return units.UNIT_OF_SUFFIX.get(family.unit, "")


def _without(every: Sequence[Labels], name: str) -> list[Mapping[str, str]]:
    """The series without a label, each once."""
    rest = {tuple(sorted(pair for pair in labels.items() if pair[0] != name)) for labels in every}
    return [dict(labels) for labels in sorted(rest)]
