"""The same dashboards from pbmon, grafanalib and grafana-foundation-sdk: one generator a process,
so that none pays for another.

usage: python benchmarks/peers.py pbmon|grafanalib|foundation PROJECT OUT

PROJECT: a folder that `pbmon build` has rendered. The peers find all decisions (queries, units,
positions, thresholds) in the rendered dashboards and say them again through their own API, as
pbmon's renderer says its plan. Writes the dashboards into OUT and prints the seconds from the
decisions to the text of all dashboards.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

GENERATORS = {
    "pbmon": "peer_pbmon",
    "grafanalib": "peer_grafanalib",
    "foundation": "peer_foundation",
}
DASHBOARDS = Path("build/monitoring/grafana-dashboards")


def specs(project: Path) -> list[dict[str, Any]]:
    """The rendered dashboards, by file name."""
    return [
        json.loads(file.read_text("utf-8"))
        for file in sorted((project / DASHBOARDS).glob("*.json"))
    ]


def main(generator: str, project: Path, out: Path) -> None:
    module = import_module(GENERATORS[generator])
    prepare: Callable[[Path], Sequence[Any]] = module.prepare
    render: Callable[[Sequence[Any]], list[str]] = module.render
    decided = prepare(project)
    started = time.perf_counter()
    texts = render(decided)
    seconds = time.perf_counter() - started
    out.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(texts):
        (out / f"{number}.json").write_text(text, "utf-8")
    print(seconds)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
