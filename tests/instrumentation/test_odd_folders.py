"""Folders of the processes' files that are not as they should be, and values that no label has."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from instrumentation.asgi import get
from instrumentation.files import COUNT, REQUESTS, leave, page_of, ran
from instrumentation.servers import shown
from prometheus_client.mmap_dict import MmapedDict

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have no /proc")

TEXT = """
answer = get(page, "/")
assert answer.status == 200, answer.body
text = answer.body.decode()
"""


def odd(kind: str, name: str, file: Path) -> None:
    """Something at the path that no process of the app has made. name: of a counter's file."""
    match kind:
        case "folder":
            file.mkdir()
        case "queue":
            os.mkfifo(file)
        case "link to nothing":
            file.symlink_to("/nowhere")
        case "link to itself":
            file.symlink_to(file.name)
        case "file of another program":
            file.with_name(f"cache_{name}").write_bytes(b"\0\1\2\3" * 9)
        case key:
            values = MmapedDict(str(file))  # type: ignore[no-untyped-call]
            values.write_value(key, 1.0, 0.0)  # type: ignore[no-untyped-call]
            values.close()  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    "kind",
    [
        "folder",
        "queue",
        "link to nothing",
        "link to itself",
        "file of another program",
        '["a", "a", {"x": ["y"]}, "h"]',
        "[null, null, {}, null]",
        '[["a"], ["b"], {}, "h"]',
        '["a", "a", {}, null]',
        '["", "", {}, ""]',
        "[" * 5000,
    ],
    ids=lambda kind: kind[:30],
)
def test_what_no_process_has_written_spoils_no_scrape(
    kind: str, folder: Path, ended: Path, sources: Path, generated: Callable[[str], Any]
) -> None:
    leave(ended, folder)
    for pid in (0, 999_999_999, os.getppid()):
        odd(kind, f"{pid}.db", folder / f"counter_{pid}.db")
    for _ in range(2):
        assert shown(page_of(generated), "http_requests_total") == {REQUESTS: 1}
    assert ran(sources, COUNT).returncode == 0


def test_a_plan_that_is_nested_without_end_is_put_aside(
    folder: Path, ended: Path, generated: Callable[[str], Any]
) -> None:
    leave(ended, folder)
    (folder / "merge.json").write_text("[" * 100_000)
    assert shown(page_of(generated), "http_requests_total") == {REQUESTS: 1}
    assert (folder / "merge.json.bad").exists()


def test_a_file_that_cannot_be_renamed_stays_and_the_rest_is_served(
    folder: Path, ended: Path, generated: Callable[[str], Any]
) -> None:
    leave(ended, folder)
    for name in ("counter_0.db", f"counter_{os.getppid()}.db"):
        (folder / name).write_bytes(b"xyz")
        (folder / f"{name}.bad" / "x").mkdir(parents=True)
    for _ in range(2):
        assert shown(page_of(generated), "http_requests_total") == {REQUESTS: 1}


def test_a_folder_that_cannot_be_made_stops_no_app_and_is_the_page_s_answer(
    folder: Path, sources: Path
) -> None:
    folder.rmdir()
    folder.write_text("a file")
    script = f"{COUNT}\nanswer = get(page, '/')\nassert answer.status == 503, answer.status"
    done = ran(sources, script + "\nassert b'cannot be read now' in answer.body")
    assert done.returncode == 0, done.stderr
    assert f"{folder} cannot be made, so nobody sees the metrics" in done.stderr


def test_a_relative_folder_stays_the_same_when_the_app_changes_its_own(
    folder: Path, sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", os.path.relpath(folder))
    done = ran(
        sources, f"os.chdir('/')\n{COUNT}{TEXT}assert {REQUESTS!r} in text", first="import os"
    )
    assert done.returncode == 0, done.stderr
    assert list(folder.glob("counter_*.db"))


def test_a_process_counts_in_a_folder_that_was_removed_before_it_was_forked(
    folder: Path, sources: Path
) -> None:
    script = f"""
import os, shutil
{COUNT}
shutil.rmtree({str(folder)!r})
if not (child := os.fork()):
    metrics.api_request_counter.labels("GET", "/", "200").inc()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
{TEXT}
assert {REQUESTS + " 1.0"!r} in text
"""
    done = ran(sources, script)
    assert done.returncode == 0, done.stderr


def test_a_file_that_is_made_while_a_scrape_has_the_lock_is_seen_only_when_it_is_in_use(
    folder: Path, sources: Path
) -> None:
    """Else a slow scrape takes it for that of an ended process, and removes it."""
    script = f"""
from pathlib import Path
import threading
import pybase.metrics._runtime.files as files
from pybase.metrics._runtime.processes import _is_in_use, _mapped_by
seen = []
reserve = files._reserve
def reserving(name):
    reserve(name)
    seen.extend(Path({str(folder)!r}).glob("counter_*.db"))
files._reserve = reserving
ready, done = threading.Event(), threading.Event()
def scrape():
    with files.locked(Path({str(folder)!r}), 1.0):
        ready.set()
        done.wait()
thread = threading.Thread(target=scrape)
thread.start()
ready.wait()
own = files.ReservedFile({str(folder / "counter_7.db")!r})
done.set()
thread.join()
assert not [file for file in seen if file.name == "counter_7.db"]
assert "counter_7.db" in _mapped_by(__import__("os").getpid())
own.write_value('["a", "a", {{}}, "h"]', 3.0, 0.0)
assert {str(folder / "counter_7.db")!r} == own._fname
assert list(files.read_values(own._fname))[0][:2] == ('["a", "a", {{}}, "h"]', 3.0)
"""
    done = ran(sources, script)
    assert done.returncode == 0, done.stderr


def test_a_child_makes_series_though_a_thread_of_its_parent_was_about_to(
    folder: Path, sources: Path
) -> None:
    script = """
import os, signal, threading
from pybase import metrics
held, done = threading.Event(), threading.Event()
def admit():
    with sys.modules["pybase.metrics._runtime.metrics"]._admission:
        held.set()
        done.wait()
thread = threading.Thread(target=admit)
thread.start()
held.wait()
if not (child := os.fork()):
    signal.alarm(10)
    metrics.api_request_counter.labels("POST", "/new", "201").inc()
    os._exit(0)
status = os.waitpid(child, 0)[1]
done.set()
thread.join()
assert status == 0, status
metrics.api_request_counter.labels("POST", "/new", "201").inc()
"""
    done = ran(sources, script)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("value", [["a"], {}, None, 7, b"x", "\ud800", "\0"], ids=repr)
def test_no_value_of_a_label_is_an_error_of_the_app(
    value: object, generated: Callable[[str], Any]
) -> None:
    module = generated("metrics")
    module.api_request_counter.labels(value, value, value).inc()
    module.db_query_duration_histogram.labels(value).observe(1)
    module.objects_gauge.labels(value).set(1)
    assert get(generated("api.v1.metrics").metrics, "/").status == 200


def test_an_older_prometheus_client_is_refused_with_the_version_that_is_needed(
    sources: Path,
) -> None:
    script = """
import prometheus_client
del prometheus_client.disable_created_metrics
from pybase import metrics
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(sources)},
        capture_output=True,
        text=True,
        check=False,
    )
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: the app's metrics need prometheus_client 0.19 or later")
