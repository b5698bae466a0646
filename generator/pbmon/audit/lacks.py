"""Why a selector finds no series among those that are exposed."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from pbmon.audit.exposed import DAYS, Exposed, Series
from pbmon.audit.expressions import UNKNOWN
from pbmon.checks.dashboards.grafana.labels import kept_by
from pbmon.expr.buckets import number_of
from pbmon.expr.nodes import Call, Node, Selector
from pbmon.expr.shapes import fulfils
from pbmon.expr.walk import selectors
from pbmon.finding import Level
from pbmon.labels import Matcher, re2_quote
from pbmon.patterns import compiled

_TARGET = frozenset({"job", "instance"})
_MOST_LISTED = 6


@dataclass(frozen=True)
class Lack:
    """check: id of the finding. problem: a sentence without its subject's place."""

    check: str
    problem: str
    help: str = ""
    level: Level = "error"


def of_name(name: str, exposed: Exposed) -> Lack:
    """No series has the name."""
    what = f"no exposition has {name}"
    if exposed.is_whole:
        what = f"this Prometheus had nothing called {name} in {DAYS} days"
    if "histogram" in exposed.families.get(name, ()) and f"{name}_bucket" in exposed.names:
        return Lack(
            "histogram-is-read-by-its-parts",
            f"{name} is a histogram, which has no series of its own name",
            f"{name}_bucket, {name}_sum, {name}_count",
        )
    beginning = name.partition("_")[0]
    if not exposed.is_whole and beginning not in exposed.beginnings:
        return Lack(
            "series-exists",
            f"no exposition has any series that begins with {beginning}_",
            "give the exposition of what exposes it, or take out what reads it",
            "warning",
        )
    alike = sorted(each for each in exposed.names if each.partition("_")[0] == beginning)
    near = difflib.get_close_matches(name, alike, 3, 0.7)
    renamed = [each for each in alike if _words(each) == _words(name)]
    listed = ", ".join(dict.fromkeys([*renamed, *near]))
    # what a machine has no part for is not exposed either, as a temperature
    level: Level = "error" if exposed.is_whole or renamed else "warning"
    return Lack("series-exists", what, f"near it: {listed}" if listed else "", level)


def _words(name: str) -> str:
    """The name without what a new version of an exporter adds or takes."""
    return name.removesuffix("_bucket").removesuffix("_total").replace("_", "")


def of_job(matchers: Sequence[Matcher], jobs: Collection[str] | None) -> Lack | None:
    """No scrape job fulfils the matchers on `job`; None where one does, or may. jobs: None where
    there may be any.
    """
    if jobs is None:
        return None
    asked = [each for each in matchers if each.label.name == "job" and UNKNOWN not in each.value]
    if not asked or any(all(fulfils(each, job) for each in asked) for job in jobs):
        return None
    texts = ", ".join(f"job{each.op}{each.value!r}" for each in asked)
    known = sorted(jobs)
    listed = ", ".join(known[:_MOST_LISTED]) + (" …" if len(known) > _MOST_LISTED else "")
    return Lack("job-exists", f"no scrape job fulfils {texts}", f"there are {listed or 'none'}")


def selected(
    selector: Selector, every: Sequence[Series], exposed: Exposed
) -> tuple[tuple[Series, ...], Lack | None]:
    """The series that fulfil the matchers; why none does."""
    name, left = selector.series.name, tuple(every)
    known = {label for series in every for label in series.labels}
    for matcher in selector.matchers:
        label = matcher.label.name
        if UNKNOWN in matcher.value or UNKNOWN in label:
            continue
        if label not in known:
            if fulfils(matcher, ""):
                continue
            if _may_be_of_target(label, exposed):
                continue
            return (), Lack(
                "label-exists",
                f"{name} has no label {label!r}",
                f"it has {', '.join(sorted(known)) or 'none'}",
            )
        fitting = tuple(series for series in left if _fits(matcher, series))
        if not fitting:
            return (), _of_value(name, matcher, [series.labels.get(label, "") for series in left])
        left = fitting
    return left, None


def _may_be_of_target(label: str, exposed: Exposed) -> bool:
    if exposed.is_whole:
        return False
    targets = exposed.target_labels
    return targets is None or label in targets or label in _TARGET or label.startswith("exported_")


def _fits(matcher: Matcher, series: Series) -> bool:
    value = series.labels.get(matcher.label.name, "")
    if fulfils(matcher, value):
        return True
    if matcher.label.name != "le" or not value:
        return False
    # some clients write 1.0 where others write 1
    whole = value.removesuffix(".0")
    return fulfils(matcher, whole) or fulfils(matcher, f"{whole}.0")


def _of_value(name: str, matcher: Matcher, values: Iterable[str]) -> Lack:
    label, there = matcher.label.name, sorted(set(filter(None, values)))
    asked = f"{label}{matcher.op}{matcher.value!r}"
    help = f"there is {_listed(there)}" if there else ""
    if label == "le":
        bounds = sorted(there, key=number_of)
        listed = ", ".join(bounds[:20])
        return Lack("bucket-exists", f"{name} has no bucket {asked}", f"buckets: {listed}")
    if matcher.op in {"=", "=~"} and (near := _but_for_case(matcher, there)):
        return Lack(
            "value-exists",
            f"no series of {name} has {asked}: case counts",
            f"there is {_listed(near)}",
        )
    return Lack("value-exists", f"no series of {name} has {asked} now", help, "warning")


def _but_for_case(matcher: Matcher, values: Sequence[str]) -> list[str]:
    pattern = re2_quote(matcher.value) if matcher.op == "=" else matcher.value
    fits = compiled(f"(?i:{pattern})").fullmatch
    return [value for value in values if fits(value)]


def _listed(values: Sequence[str]) -> str:
    some = ", ".join(repr(value[:60]) for value in values[:_MOST_LISTED])
    rest = len(values) - _MOST_LISTED
    return some + (f" and {rest} more" if rest > 0 else "")


LOST_BUCKETS = Lack(
    "quantile-has-buckets",
    "the aggregation drops the label le, so histogram_quantile() has no value",
    "keep le: sum by (le, ...) (...)",
)


def loses_buckets(node: Node) -> bool:
    """Whether the node is a quantile of classic buckets without `le`."""
    if not isinstance(node, Call) or node.function != "histogram_quantile":
        return False
    names = [selector.series.name for selector in selectors(node.arguments[-1])]
    kept = kept_by(node.arguments[-1])
    classic = names and all(name.endswith("_bucket") for name in names)
    return bool(classic) and kept is not None and not {"le", UNKNOWN} & kept
