"""The scraped series that rules read, as definitions would describe them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from pbmon import units
from pbmon.expr.buckets import bucket_text
from pbmon.expr.nodes import Node, Series
from pbmon.expr.shapes import label_set
from pbmon.inference.bounds import bounds
from pbmon.inference.metric_types import Kind, counted, histogram
from pbmon.labels import Label, instance, job, le, names
from pbmon.model.builtin import BUILTIN

_MOST_VALUES = 1_000
_COMMON = {label.name: label for label in (job, instance)}
_UNITS = {metric.name: metric.unit for metric in BUILTIN} | {"probe_success": "bool_yes_no"}


def scraped_series(
    kinds: Mapping[str, Kind],
    labels: Mapping[str, Collection[str]],
    dependent: Mapping[str, Collection[str]],
    together: Sequence[Node],
    seen: Mapping[str, tuple[float, ...]] = MappingProxyType({}),
) -> dict[str, Series]:
    """Each series of `labels`, by name. The parts of a histogram have the same labels and bounds.

    dependent: labels that follow from others. together: the expressions that read the series. A
    counter of which these read the value alone, and no rate, is a gauge to them: it can be any.
    seen: bounds of histograms that are known, by name.
    """
    rates = counted(together)
    whole = {name: histogram(name, kinds) for name in labels}
    shared: dict[str, set[str]] = {}
    for name in labels:
        shared.setdefault(whole[name] or name, set()).update(labels[name])
    limits = {
        metric: seen.get(metric) or bounds(metric, together)
        for metric in {each for each in whole.values() if each}
    }
    result: dict[str, Series] = {}
    for name in labels:
        metric = whole[name] or name
        own = [
            _label(label) for label in sorted(shared[metric]) if not whole[name] or label != "le"
        ]
        unit = _UNITS.get(name, units.of_name(metric))
        if kinds.get(name) == "bucket":
            texts = tuple(map(bucket_text, (*limits[metric], float("inf"))))
            every = label_set([*own, Label("le", le.help, values=texts)])
            key = _key(every, dependent.get(name, ()))
            result[name] = Series(name, metric, "bucket", every, unit, limits[metric], key)
        else:
            kind = kinds.get(name, "gauge") if name in rates else "gauge"
            kind = "counter" if whole[name] else kind
            key = _key(own, dependent.get(name, ()))
            result[name] = Series(name, metric, kind, label_set(own), unit, key=key)
    return result


def _key(labels: Sequence[Label], dependent: Collection[str]) -> tuple[str, ...] | None:
    if not dependent:
        return None
    return tuple(name for name in names(labels) if name not in dependent)


def _label(name: str) -> Label:
    return _COMMON.get(name) or Label(name, "Of a series that rules read.", max_values=_MOST_VALUES)
