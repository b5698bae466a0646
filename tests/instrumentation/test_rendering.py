"""The page's text is what prometheus_client's own encoder writes, in each of its versions."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

GENERATOR = Path(__file__).parent.parent.parent / "generator"
GIVEN = r"""
import random
import prometheus_client
from prometheus_client import CollectorRegistry, Info, Summary
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from pbmon.runtime import rendering
from pbmon.runtime.metrics import Label, LabelledCounter, LabelledGauge, LabelledHistogram
from pbmon.runtime.series import CounterSeries, GaugeSeries, HistogramSeries

registry = CollectorRegistry()
OPENMETRICS = "application/openmetrics-text; version="
PLAIN = "text/plain; version=1.0.0; escaping=allow-utf-8"
ACCEPTS = ["", OPENMETRICS + "1.0.0", OPENMETRICS + "0.0.1", PLAIN]

def same(accepts=ACCEPTS):
    for accept in accepts:
        encode, content_type = choose_encoder(accept)
        assert rendering.rendered(registry, encode, content_type) == encode(registry), accept
"""
PROPERTIES = {
    "metrics of every kind, own and others', in their order": r"""
labels = [Label("method", ("GET", "PUT")), Label("path", max_values=99)]
CounterSeries("one", "One.", registry=registry).inc(3)
Summary("took", "Took.", ["x"], registry=registry).labels("a").observe(2)
counter = LabelledCounter("requests_total", "Requests.", labels, registry=registry, zeros=True)
GaugeSeries("rooms", "Rooms\nand \\ \"more\".", registry=registry).set(-3.5)
Info("build", "Build.", registry=registry).info({"version": "1"})
histogram = LabelledHistogram("seconds", "Time.", labels, registry=registry, buckets=[0.1, 1])
below = LabelledHistogram("change", "Change.", labels, registry=registry, buckets=[-1, 1])
class Other:
    def collect(self):
        yield GaugeMetricFamily("other", "Other.", value=7)
registry.register(Other())
gauge = LabelledGauge("objects", "Objects.", labels, registry=registry)
unit = HistogramSeries("size_bytes", "Size.", unit="bytes", registry=registry)
same()
for number in range(30):
    counter.series("GET", f"/{number}").inc(number / 3)
    histogram.series("PUT", f"/{number}").observe(number / 9)
    below.series("PUT", f"/{number}").observe(number / 9 - 2)
    gauge.series("GET", f"/{number}").set(number)
    unit.observe(number)
    same()
""",
    "numbers that Go and Python write otherwise": r"""
gauge, counter = (
    LabelledGauge("a", "A.", [Label("b", max_values=9999)], registry=registry),
    LabelledCounter("c", "C.", [Label("b", max_values=9999)], registry=registry),
)
sums = LabelledHistogram("d", "D.", [Label("b", max_values=9999)], registry=registry)
chance = random.Random(2)
numbers = [0.0, 1, 1e6, 999999.0, 999999.5, 1e21, 1e-7, 0.1 + 0.2, 2**53]
numbers += [float("inf"), float("nan")]
numbers += [10 ** chance.uniform(-20, 20) for _ in range(300)]
for number in numbers:
    for sign in (1, -1):
        gauge.series(str(sign * number)).set(sign * number)
        sums.series(str(sign * number)).observe(sign * number)
    counter.series(str(number)).inc(number)
same()
""",
    "texts of any kind in labels and in the documentation": r"""
texts = ['a"b', "a\\b", "a\nb", "a%sb%%", "a\u2028b\x0b\x85", "{}", "# EOF", " 0.0", ""]
texts += ["\U0001f600"]
metrics = [
    kind(f"m{number}", text + ".", [Label("label", max_values=99)], registry=registry)
    for kind in (LabelledCounter, LabelledGauge, LabelledHistogram)
    for number, text in enumerate(texts, 100 * len(kind.__name__))
]
for metric in metrics:
    for text in texts:
        series = metric.series(text)
        getattr(series, "observe", None) or series.inc()
        same([""])
same()
""",
    "exemplars, which only OpenMetrics has": r"""
label = [Label("a", max_values=9)]
counter = LabelledCounter("c", "C.", label, registry=registry)
histogram = LabelledHistogram("h", "H.", label, registry=registry)
for text in "xyz":
    counter.series(text).inc()
    histogram.series(text).observe(0.3)
same()
counter.series("y").inc(1, exemplar={"trace": "1"})
histogram.series("y").observe(0.2, exemplar={"trace": "2"})
same()
assert b"# {trace=" in choose_encoder(ACCEPTS[1])[0](registry)
""",
    "series that are removed, made anew, or a function's": r"""
gauge = GaugeSeries("now", "Now.", registry=registry)
counter = LabelledCounter("c", "C.", [Label("a", max_values=9)], registry=registry)
for text in "xyz":
    counter.series(text).inc(2)
same()
(parent,) = [each for each in registry._collector_to_names if each._name == "c"]
parent.remove("y")
same()
counter.series("w").inc()
same()
parent.clear()
same()
parent.labels("x").inc(5)
parent.labels("x").reset() if hasattr(parent, "reset") else None
same()
gauge.set_function(lambda: 4)
same()
registry.unregister(gauge)
same()
""",
    "formats without end, of which a few are kept": r"""
counter = LabelledCounter("c", "C.", [Label("a", max_values=9)], registry=registry)
counter.series("x").inc()
for number in range(50):
    same([f"{OPENMETRICS}1.{number}.0"])
assert len(counter.series("x")._texts) <= rendering._MAX_FORMATS
""",
    "series of when others were made, where the app has them": r"""
prometheus_client.enable_created_metrics()
LabelledCounter("c", "C.", [Label("a", max_values=9)], registry=registry).series("x").inc()
same()
assert b"c_created" in choose_encoder("")[0](registry)
""",
    "what is known of the target": r"""
registry.set_target_info({"name": "a"})
LabelledCounter("c", "C.", [Label("a", max_values=9)], registry=registry).series("x").inc()
same()
""",
}


@pytest.mark.parametrize("what", PROPERTIES)
def test_the_page_is_what_prometheus_client_writes(what: str, client_path: list[str]) -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PROMETHEUS")
    }
    done = subprocess.run(
        [sys.executable, "-c", GIVEN + PROPERTIES[what]],
        env=environment | {"PYTHONPATH": os.pathsep.join([*client_path, str(GENERATOR)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
