"""Compares the metrics that arrive with their definitions.

Nothing here asks a server, so an exposition from a file can be checked too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps

from pbmon.finding import Finding
from pbmon.labels import Label, names
from pbmon.live.checks.case import Case, Check, has_series
from pbmon.live.names import family_names, sample_names
from pbmon.live.seen import Exposure, Family
from pbmon.model.distributions import Histogram
from pbmon.model.metrics import Metric
from pbmon.plan.modules import starts_at_zero
from pbmon.units import SUFFIX_OF_UNIT

_OF_KIND = {"histogram": {"le"}, "summary": {"quantile"}}


def _of_each_metric(check: Callable[[Metric, Sequence[Exposure]], Iterator[Finding]]) -> Check:
    """The check of one metric as a check of all."""

    @wraps(check)
    def of_all(case: Case) -> Iterator[Finding]:
        for metric, exposures in case.measured:
            yield from check(metric, exposures)

    return of_all


@_of_each_metric
def metric_arrives(metric: Metric, exposures: Sequence[Exposure]) -> Iterator[Finding]:
    """Every metric has a series in at least one scrape job of its service, and in every job if its
    series exist from the start.

    Rules and panels over a metric without series stay silent, which looks like health. A metric of
    the app without labels, or with closed sets of label values, exists from the start of its
    process, so a job without it runs other code. Other metrics exist from their first event on:
    cause one, or name the metric with `--may-be-empty NAME` if its events are rare.
    """
    answering = [exposure for exposure in exposures if exposure.up]
    lacking = [exposure for exposure in answering if not has_series(metric, [exposure])]
    everywhere = metric.observed is None and (not metric.labels or starts_at_zero(metric))
    if (
        not lacking
        or (len(lacking) < len(answering) and not everywhere)
        or _wrong_type(metric, lacking)
    ):
        return
    announced = [exposure for exposure in lacking if _family(metric, exposure)]
    where = _origins(lacking)
    if announced:
        problem = (
            f"{metric.name} is announced by {where} but has no series: nothing has been counted"
            " since the start"
        )
        help = f"cause one event, or --may-be-empty {metric.name} if its events are rare"
    else:
        problem = f"{metric.name} does not arrive from {where}, so what reads it stays silent"
        help = (
            f"see whether the running version has it; it is defined for {metric.observed.name}"
            f" {metric.observed.version}"
            if metric.observed
            else (
                "see whether the running version has the generated module and counts;"
                " --may-be-empty NAME for what is rare"
            )
        )
    yield Finding("metric-arrives", metric.source, problem, help)


@_of_each_metric
def metric_type_is_declared(metric: Metric, exposures: Sequence[Exposure]) -> Iterator[Finding]:
    """Every metric arrives with the type it is declared with.

    `rate()` of a gauge, or a quantile of anything but a histogram, is a number without meaning. An
    exporter may leave the type out; the app's generated modules always state it.
    """
    for type_, origins in sorted(_wrong_type(metric, exposures).items()):
        yield Finding(
            "metric-type-is-declared",
            metric.source,
            f"{metric.name} is a {metric.kind} here but arrives as {type_} from"
            f" {', '.join(origins)}",
            "run the code that is generated from this definition, or mend the definition",
        )


@_of_each_metric
def metric_help_is_declared(metric: Metric, exposures: Sequence[Exposure]) -> Iterator[Finding]:
    """A metric of the app arrives with the help and the unit it is declared with.

    A different help text means that the deployed module is another version than the generated one.
    Help texts of exporters are not compared.
    """
    if metric.observed is not None:
        return
    for exposure in exposures:
        family = _family(metric, exposure)
        if family is None:
            continue
        unit = SUFFIX_OF_UNIT.get(metric.unit, metric.unit)
        if family.help and family.help != metric.help:
            problem = (
                f"help of {metric.name} is {family.help!r} at {exposure.origin}, not"
                f" {metric.help!r}"
            )
        elif family.unit and family.unit != unit:
            problem = f"unit of {metric.name} is {family.unit!r} at {exposure.origin}, not {unit!r}"
        else:
            continue
        help = "`pbmon build`, and deploy the module it writes"
        yield Finding(
            "metric-help-is-declared",
            metric.source,
            f"{problem}, so another version of it runs",
            help,
        )
        return


@_of_each_metric
def metric_labels_are_declared(metric: Metric, exposures: Sequence[Exposure]) -> Iterator[Finding]:
    """The series of a metric carry the labels it is declared with, and those of its target.

    An extra label multiplies series and splits sums. A missing label makes every `by` and every
    legend that names it empty. Exporters may have more labels than are declared. They may also
    lack an open label: Prometheus does not keep a label that is empty.
    """
    declared = {*names(metric.labels), *_OF_KIND.get(metric.kind, ())}
    generated = {*names(metric.generated_labels)}  # only where the app has several processes
    seen: set[str] = set()
    extra: set[str] = set()
    for exposure in exposures:
        for series in exposure.series.get(sample_names(metric)[0], ()):
            seen |= series.keys()
            extra |= series.keys() - declared - generated - exposure.target_labels
    if extra and metric.observed is None:
        yield Finding(
            "metric-labels-are-declared",
            metric.source,
            f"series of {metric.name} carry {_quoted(extra)}, which no definition names, so sums"
            " fall apart",
            f"it is defined with {_listed(names(metric.labels))}",
        )
    if metric.observed and any(exposure.target_labels for exposure in exposures):
        declared -= {label.name for label in metric.labels if not label.values}
    if seen and (missing := declared - seen):
        yield Finding(
            "metric-labels-are-declared",
            metric.source,
            f"no series of {metric.name} carries {_quoted(missing)}, so what is grouped by it falls"
            " together",
            f"series carry {_listed(seen)}",
        )


@_of_each_metric
def label_values_are_declared(metric: Metric, exposures: Sequence[Exposure]) -> Iterator[Finding]:
    """A label with a closed set has no value outside of it.

    A rule for `failure` never sees a series with `failed`.
    """
    for label in metric.labels:
        values = {value for seen in _values(metric, label, exposures).values() for value in seen}
        if label.values and (unknown := values - set(label.domain)):
            yield Finding(
                "label-values-are-declared",
                metric.source,
                f"label {label.name!r} of {metric.name} has {_quoted(unknown)}, which no rule and"
                " no panel expects",
                f"it is declared with {_quoted(label.domain)} at {label.source}",
            )


@_of_each_metric
def label_values_are_bounded(metric: Metric, exposures: Sequence[Exposure]) -> Iterator[Finding]:
    """A label has at most `max_values` values on one target.

    The `other` of a label without a closed set is one value more, which is not counted. Above the
    bound, the cardinality budget computed from it is wrong, and clients may be able to create
    series without limit.
    """
    for label in metric.labels:
        besides = None if label.values else label.other
        counts = [len(values - {besides}) for values in _values(metric, label, exposures).values()]
        most = max(counts, default=0)
        if label.max_values is not None and most > label.max_values:
            apart = "" if besides is None else f" besides {besides!r}"
            yield Finding(
                "label-values-are-bounded",
                metric.source,
                f"label {label.name!r} of {metric.name} has {most} values{apart} on one target,"
                f" above its bound of {label.max_values}",
                f"see which values are needless, or raise max_values at {label.source}",
            )


@_of_each_metric
def buckets_are_declared(metric: Metric, exposures: Sequence[Exposure]) -> Iterator[Finding]:
    """A histogram arrives with the buckets it is declared with; `1` and `1.0` are the same bound.

    Quantiles of other buckets are wrong by up to a bucket's width, and `at_most()` finds nothing.
    An exporter may leave out buckets.
    """
    if not isinstance(metric, Histogram):
        return
    declared = {*map(float, metric.buckets), float("inf")}
    by_target: dict[str, set[float]] = defaultdict(set)
    for exposure in exposures:
        for series in exposure.series.get(f"{metric.name}_bucket", ()):
            by_target[series.get("instance", "")].add(_bound(series.get("le", "")))
    for _, bounds in sorted(by_target.items()):
        extra, missing = bounds - declared, declared - bounds if metric.observed is None else set()
        if extra or missing:
            differs = [
                f"{verb} {_bounds(difference)}"
                for verb, difference in (("has", extra), ("lacks", missing))
                if difference
            ]
            yield Finding(
                "buckets-are-declared",
                metric.source,
                f"{metric.name} {' and '.join(differs)} among its buckets, so its quantiles are not"
                " those that were planned",
                f"declared: {_bounds(declared)}",
            )
            return


def _family(metric: Metric, exposure: Exposure) -> Family | None:
    return next(
        (exposure.families[name] for name in family_names(metric) if name in exposure.families),
        None,
    )


def _wrong_type(metric: Metric, exposures: Iterable[Exposure]) -> dict[str, list[str]]:
    """Origins by the type that they report, where it differs from the declared one."""
    wrong: dict[str, list[str]] = defaultdict(list)
    for exposure in exposures:
        family = _family(metric, exposure)
        if (
            family
            and family.type != metric.kind
            and not (family.type == "unknown" and metric.observed)
        ):
            wrong["an unknown type" if family.type == "unknown" else f"a {family.type}"].append(
                exposure.origin
            )
    return wrong


def _values(metric: Metric, label: Label, exposures: Iterable[Exposure]) -> dict[str, set[str]]:
    """Values of a label by target."""
    values: dict[str, set[str]] = defaultdict(set)
    for exposure in exposures:
        for series in exposure.series.get(sample_names(metric)[0], ()):
            if series.get(label.name):  # an empty value is no label to Prometheus
                values[series.get("instance", "")].add(series[label.name])
    return values


def _bound(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _bounds(bounds: Iterable[float]) -> str:
    return ", ".join("+Inf" if bound == float("inf") else f"{bound:g}" for bound in sorted(bounds))


def _origins(exposures: Iterable[Exposure]) -> str:
    return ", ".join(exposure.origin for exposure in exposures)


def _listed(values: Iterable[str]) -> str:
    return ", ".join(sorted(values)) or "no labels"


def _quoted(values: Iterable[str], limit: int = 6) -> str:
    ordered = sorted(values)
    more = f" and {len(ordered) - limit} more" if len(ordered) > limit else ""
    return ", ".join(map(repr, ordered[:limit])) + more
