"""What the exporters are said to expose is what they expose.

exposition/ holds one line for each observed metric in the form that the exporter of that version
writes it: name, type and labels as captured from it, values made up.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pbmon.model.distributions import Histogram
from pbmon.model.metrics import Metric
from pbmon.plan.plan import Plan
from prometheus_client.parser import text_string_to_metric_families

EXPOSITION = Path(__file__).parent / "exposition"
EXPORTERS = sorted(path.stem for path in EXPOSITION.glob("*.txt"))


def observed(plan: Plan, exporter: str) -> list[Metric]:
    return [
        metric
        for metric in plan.catalog.metrics
        if metric.observed and metric.observed.name == exporter and plan.catalog.owner(metric)
    ]


def declared(metric: Metric) -> tuple[str, frozenset[str]]:
    return metric.kind, frozenset(label.name for label in metric.labels)


def exposed(exporter: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Type and labels by name, from the `# TYPE` line and the first sample."""
    text = (EXPOSITION / f"{exporter}.txt").read_text("utf-8")
    names = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE ")]
    families = list(text_string_to_metric_families(text))
    return {
        name: (family.type, frozenset(family.samples[0].labels) - {"le"})
        for name, family in zip(names, families, strict=True)
    }


@pytest.mark.parametrize("exporter", EXPORTERS)
def test_observed_metrics_have_the_name_type_and_labels_that_the_exporter_gives_them(
    pybase: Plan, exporter: str
) -> None:
    metrics = observed(pybase, exporter)
    assert metrics
    assert {metric.name: declared(metric) for metric in metrics} == exposed(exporter)


def test_every_exporter_has_an_exposition_to_be_held_against(pybase: Plan) -> None:
    assert {
        service.exporter.name for service in pybase.catalog.services if service.exporter
    } == set(EXPORTERS)


def test_bounds_of_an_observed_histogram_are_among_those_declared(pybase: Plan) -> None:
    text = (EXPOSITION / "redis_exporter.txt").read_text("utf-8")
    (histogram,) = (
        metric for metric in observed(pybase, "redis_exporter") if isinstance(metric, Histogram)
    )
    bounds = {
        float(sample.labels["le"])
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == f"{histogram.name}_bucket"
    }
    assert bounds - {float("inf")} <= set(histogram.buckets)


def test_no_observed_metric_is_generated_into_the_app(pybase: Plan) -> None:
    assert {module.path for module in pybase.modules} == {
        "src/pybase/metrics/__init__.py",
        "workers/worker_metrics.py",
    }
