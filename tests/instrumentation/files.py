"""The files of an app's processes: a script of a process of its own, what one has left behind, what
a scrape says of it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from instrumentation.asgi import get

REQUESTS = 'http_requests_total{endpoint="/",method="GET",status="200"}'
COUNT = """
from pybase import metrics
metrics.api_request_counter.labels("GET", "/", "200").inc()
metrics.websocket_connections_gauge.set(5)
"""
PAGE = f"""
import sys
sys.path.append({str(Path(__file__).parent.parent)!r})
from instrumentation.asgi import get
from pybase.api.v1.metrics import metrics as page
"""


def ran(
    sources: Path, script: str, *before: str, first: str = ""
) -> subprocess.CompletedProcess[str]:
    """The script in a process of its own, at most half a minute long.

    before: a program that starts it. first: what it does before it imports the page.
    """
    return subprocess.run(
        [*before, sys.executable, "-c", first + PAGE + script],
        env={**os.environ, "PYTHONPATH": str(sources), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def leave(ended: Path, folder: Path, processes: int = 1) -> None:
    """Puts the files of an ended process into the folder, under ids that no process has."""
    for pid in range(900_000_000, 900_000_000 + processes):
        for file in ended.glob("*_*.db"):
            shutil.copy(file, folder / f"{file.stem.rpartition('_')[0]}_{pid}.db")


def page_of(generated: Callable[[str], Any]) -> str:
    """The text that a scrape gets."""
    answer = get(generated("api.v1.metrics").metrics, "/")
    assert answer.status == 200
    return answer.body.decode()
