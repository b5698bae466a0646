"""What a count costs in a file that processes share: prometheus_client's, and the generated code's.

    python benchmarks/runtime/shared.py APP_SOURCES [--rounds N]

APP_SOURCES: folder of the generated code, as build/src. One process counts in one folder in turns.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time

COUNTS = 20_000
"""In one turn."""

TARGETS = {"increment": 0.354, "observation": 0.253}
"""Against prometheus_client, at most: 250 and 400 ns where that takes 706 and 1,580."""


def counting(
    sources: Path, folder: str
) -> dict[str, tuple[Callable[[], None], Callable[[], None]]]:
    """What counts, in the generated code and in prometheus_client, by what is counted."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
    sys.path.insert(0, str(sources))
    import prometheus_client
    from pybase.metrics._runtime.metrics import CounterSeries, HistogramSeries

    registry = prometheus_client.CollectorRegistry()
    return {
        "increment": (
            CounterSeries("own", "Own.", registry=registry).inc,
            prometheus_client.Counter("other", "Other.", registry=registry).inc,
        ),
        "observation": (
            partial(HistogramSeries("own_s", "Own.", registry=registry).observe, 0.03),
            partial(prometheus_client.Histogram("s", "Other.", registry=registry).observe, 0.03),
        ),
    }


def timed(count: Callable[[], None]) -> float:
    """Nanoseconds of CPU time a count."""
    started = process_time()
    for _ in range(COUNTS):
        count()
    return (process_time() - started) / COUNTS * 1e9


def main() -> int:
    """Exit code 1 where a count costs more than its target."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sources", type=Path, help="folder of the generated code")
    parser.add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args()
    missed = False
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        for what, (own, other) in counting(asked.sources, folder).items():
            figures = [(timed(own), timed(other)) for _ in range(asked.rounds)]
            ours, theirs = median(one for one, _ in figures), median(one for _, one in figures)
            print(
                f"{what}: prometheus_client {theirs:.0f} ns, generated {ours:.0f} ns,"
                f" {ours / theirs:.3f} of it, target {TARGETS[what]}"
            )
            missed |= ours / theirs > TARGETS[what]
    return missed


if __name__ == "__main__":
    sys.exit(main())
