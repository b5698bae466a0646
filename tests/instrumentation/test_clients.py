"""The generated files on each prometheus_client that they support."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
COUNT = """
from pybase import metrics
metrics.api_request_counter.labels("GET", "/", "200").inc()
metrics.api_request_counter.labels("BREW", "/", "299").inc()
metrics.extraction_task_counter.labels("none", "success").inc()
metrics.db_query_duration_histogram.labels("select").observe(0.1)
metrics.objects_gauge.labels("records").set(3)
metrics.websocket_connections_gauge.inc()
"""
SCRAPE = """
import os, sys
import prometheus_client
from instrumentation.asgi import get
from pybase.api.v1.metrics import metrics as page
OPENMETRICS = "application/openmetrics-text;version=1.0.0"
counted = int(sys.argv[1])
for accept, ending in (("", ""), (OPENMETRICS, "# EOF")):
    for _ in range(2):
        answer = get(page, "/", headers={"Accept": accept, "Accept-Encoding": "identity"})
        assert answer.status == 200
        text = answer.body.decode()
        assert text.rstrip().endswith(ending)
        line = 'http_requests_total{endpoint="/",method="GET",status="200"} %s.0' % counted
        assert line in text, text
        assert 'method="OTHER",status="other"' in text
        assert 'db_query_duration_seconds_count{operation="select"} %s.0' % counted in text
        assert 'pybase_objects{kind="records"} 3.0' in text
        assert "process_start_time_seconds" in text
        assert "python_info" in text
        assert "_created" not in text
few = get(page, "/?name[]=pybase_objects").body.decode()
assert 'pybase_objects{kind="records"} 3.0' in few
assert "http_requests" not in few
print(prometheus_client.__file__)
"""


@pytest.mark.parametrize("shared", [False, True])
def test_the_page_shows_what_was_counted(
    shared: bool, client_path: list[str], sources: Path, tmp_path: Path
) -> None:
    path = os.pathsep.join([*client_path, str(sources), str(TESTS)])
    environment = {**os.environ, "PYTHONPATH": path}
    environment.pop("PROMETHEUS_MULTIPROC_DIR", None)
    if shared:
        environment["PROMETHEUS_MULTIPROC_DIR"] = str(tmp_path / "files")
    for script in [COUNT] * shared + [COUNT + SCRAPE]:
        done = subprocess.run(
            [sys.executable, "-c", script, str(1 + shared)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("".join(client_path))
