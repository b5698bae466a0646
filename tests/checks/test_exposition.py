"""The exposition of generated metrics modules: complete, faithful, as Prometheus' guide asks."""

from __future__ import annotations

from pathlib import Path

import prometheus_client
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pbmon import Counter, Gauge, Histogram, Label
from pbmon.artifact import Artifact
from pbmon.checks.programs.exposition import exposition
from pbmon.checks.programs.promtool import check_metrics
from pbmon.plan.modules import AppModule
from pbmon.render.modules import render
from pbmon.render.runtime import METRICS, copies
from prometheus_client.parser import text_string_to_metric_families
from render.app_modules import API, PLAIN, module_of

# The text format is UTF-8, which has no lone surrogates; prometheus_client's parser strips blanks
# around a help.
TEXT = st.text(
    st.sampled_from("\"'\\{}%#,=\n ") | st.characters(exclude_categories=["Cs"]),
    min_size=1,
    max_size=60,
)
HELP = st.sampled_from(["x" * 10_000, "{{ x }} {% raw %} 100 % \\n 😀"]) | TEXT.filter(
    lambda text: text.strip() == text != ""
)


def exposed(*modules: AppModule) -> str:
    return exposition(artifacts_of(*modules), [module.path for module in modules])


def artifacts_of(*modules: AppModule) -> list[Artifact]:
    """The modules, and those that are copied beside each."""
    copied = (copy for module in modules for copy in copies(module, METRICS))
    return [*render(modules), *copied]


def test_every_metric_of_every_module_has_help_type_and_a_series() -> None:
    text = exposed(API, PLAIN)
    families = {family.name: family for family in text_string_to_metric_families(text)}
    for metric in (*API.metrics, *PLAIN.metrics):
        family = families.pop(metric.name.removesuffix("_total"))
        assert (family.type, family.documentation) == (metric.kind, metric.help)
        assert set(family.samples[0].labels) - {"le"} == {label.name for label in metric.labels}
    assert families == {}


def test_only_the_modules_asked_for_run() -> None:
    broken = Artifact("rules.yml", "no: [python")
    assert exposition([broken, *artifacts_of(PLAIN)], [PLAIN.path]) == exposed(PLAIN)


def test_the_default_registry_of_this_process_stays_as_it_was() -> None:
    before = prometheus_client.generate_latest()
    assert exposed(PLAIN) == exposed(PLAIN)
    names = {family.name for family in prometheus_client.REGISTRY.collect()}
    assert "records" not in names
    assert prometheus_client.generate_latest().count(b"# TYPE") == before.count(b"# TYPE")


def test_promtool_has_nothing_to_say_about_well_named_metrics(promtools: Path) -> None:
    assert check_metrics(promtools, exposed(API, PLAIN)) == []


def test_promtool_finds_a_badly_named_metric_in_the_exposition(promtools: Path) -> None:
    (finding,) = check_metrics(promtools, exposed(module_of(Gauge("waitMilliseconds", "Wait."))))
    assert "waitMilliseconds" in finding.problem


@given(HELP, st.lists(TEXT, min_size=1, max_size=4, unique=True), TEXT)
def test_help_and_label_values_arrive_whatever_they_hold(
    help: str, values: list[str], other: str
) -> None:
    label = Label("kind", "A label.", values=values, other=other)
    bounded = Label("bounded", "A label.", max_values=1, other=other)
    module = module_of(
        Counter("a_total", help, labels=[label]),
        Gauge("b", help, labels=[label]),
        Histogram("c_seconds", help, labels=[bounded], buckets=[1]),
    )
    families = {family.name: family for family in text_string_to_metric_families(exposed(module))}
    assert {family.documentation for family in families.values()} == {help}
    for name in ("a", "b"):
        assert [sample.labels["kind"] for sample in families[name].samples] == list(label.domain)


@pytest.mark.parametrize("text", ["a\nb", 'a "b"', "a\\nb", "é≤統計😀"])
def test_promtool_reads_help_and_label_values_of_every_kind(text: str, promtools: Path) -> None:
    label = Label("kind", "A label.", values=[text], other="other")
    assert (
        check_metrics(promtools, exposed(module_of(Counter("a_total", text, labels=[label])))) == []
    )
