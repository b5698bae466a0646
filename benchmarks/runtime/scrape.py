"""What a scrape of 100,000 series costs: by prometheus_client's encoder, and by the generated page.

    python benchmarks/runtime/scrape.py APP_SOURCES [--rounds N]

APP_SOURCES: folder of the generated code, as build/src. One process renders the same registry in
turns, after every series has counted something: counters alone, then histograms of 15 buckets; as
text, and as OpenMetrics, for which Prometheus asks.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import prometheus_client
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

SERIES = 100_000
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
ACCEPTS = {"text": "", "OpenMetrics": "application/openmetrics-text; version=1.0.0"}
TARGET = 0.0915
"""The generated page against the encoder, at most: 60 ms where that takes 656."""


def counters(registry: CollectorRegistry, metrics: Any) -> Callable[[], None]:
    """As many counters as there are series; counts once in each."""
    labels = [metrics.Label(name, max_values=SERIES) for name in ("method", "endpoint", "status")]
    counter = metrics.LabelledCounter("requests_total", "Requests.", labels, registry=registry)
    series = [counter.series("GET", f"/api/v1/{number}", "200") for number in range(SERIES)]

    def count() -> None:
        for one in series:
            one.inc(1.5)

    return count


def histograms(registry: CollectorRegistry, metrics: Any) -> Callable[[], None]:
    """Histograms with that many series together; observes twice in each."""
    labels = [metrics.Label(name, max_values=SERIES) for name in ("method", "endpoint")]
    options = {"registry": registry, "buckets": BUCKETS}
    histogram = metrics.LabelledHistogram("request_seconds", "Time.", labels, **options)
    number = SERIES // (len(BUCKETS) + 3)
    series = [histogram.series("GET", f"/api/v1/{each}") for each in range(number)]

    def count() -> None:
        for one in series:
            one.observe(0.03)
            one.observe(3)

    return count


def timed(render: Callable[[], bytes]) -> tuple[float, bytes]:
    """Milliseconds of CPU time, and the page."""
    started = process_time()
    page = render()
    return (process_time() - started) * 1e3, page


def measured(
    count: Callable[[], None], ours: Callable[[], bytes], theirs: Callable[[], bytes], rounds: int
) -> tuple[float, float]:
    """Medians of both; the first scrape, which prepares the text, is left out."""
    figures: list[tuple[float, float]] = []
    for _ in range(rounds + 1):
        count()
        (own, page), (other, expected) = timed(ours), timed(theirs)
        assert page == expected, "the pages differ"
        figures.append((own, other))
    return median(own for own, _ in figures[1:]), median(other for _, other in figures[1:])


def main() -> int:
    """Exit code 1 where the generated page costs more than its target."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sources", type=Path, help="folder of the generated code")
    parser.add_argument("--rounds", type=int, default=10)
    asked = parser.parse_args()
    sys.path.insert(0, str(asked.sources))
    from pybase.metrics._runtime import metrics
    from pybase.metrics._runtime.page import MetricsPage
    from pybase.metrics._runtime.settings import MetricsSettings

    disable: Callable[[], object] = prometheus_client.disable_created_metrics
    disable()
    worst = 0.0
    for make in (counters, histograms):
        registry = CollectorRegistry()
        count = make(registry, metrics)
        page = MetricsPage(MetricsSettings(), registry)
        for name, accept in ACCEPTS.items():
            encode, _ = choose_encoder(accept)
            ours, theirs = measured(
                count,
                lambda page=page, accept=accept: page._page(accept, "identity", None)[2],
                lambda encode=encode, registry=registry: encode(registry),
                asked.rounds,
            )
            print(
                f"{make.__name__}, {name}: prometheus_client {theirs:.0f} ms, generated page"
                f" {ours:.0f} ms, {ours / theirs:.3f} of it"
            )
            worst = max(worst, ours / theirs)
    print(f"generated page / prometheus_client: {worst:.3f}, target {TARGET}")
    return worst > TARGET


if __name__ == "__main__":
    sys.exit(main())
