"""The page and the processes' files under damage: torn files, a full disk, forks, locks that
stay held, ids that come again.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from instrumentation.asgi import get
from instrumentation.files import COUNT, PAGE, REQUESTS, leave, page_of, ran
from instrumentation.servers import shown

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have no /proc")


def torn(kind: str, whole: bytes) -> bytes:
    """The file of a process, damaged."""
    match kind:
        case "short":
            return whole[:3]
        case "cut":
            return whole[:80]
        case "long":
            return struct.pack("i", 2**31 - 1) + whole[4:]
        case "negative":
            return struct.pack("i", -1) + whole[4:]
        case "key of negative length":
            return whole[:8] + struct.pack("i", -100) + whole[12:]
        case "key of no JSON":
            return whole[:12] + b"{" + whole[13:]
        case "key of no UTF-8":
            return whole[:14] + b"\xff" + whole[15:]
        case _:
            return b"\x01\x02\x03\x7f" * 20_000


TORN = (
    "short",
    "cut",
    "long",
    "negative",
    "key of negative length",
    "key of no JSON",
    "key of no UTF-8",
    "noise",
)


@pytest.mark.parametrize("kind", TORN)
def test_a_torn_file_is_put_aside_and_said_once_and_the_rest_is_served(
    kind: str,
    folder: Path,
    ended: Path,
    generated: Callable[[str], Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    leave(ended, folder)
    (whole,) = folder.glob("counter_*.db")
    content = torn(kind, whole.read_bytes())
    for name in ("counter_0.db", f"counter_{os.getppid()}.db", "counter_999999999.db"):
        (folder / name).write_bytes(content)
    for _ in range(3):
        assert shown(page_of(generated), "http_requests_total") == {REQUESTS: 1}
    assert {file.name for file in folder.glob("*.bad")} == {
        f"counter_{pid}.db.bad" for pid in (0, os.getppid(), 999_999_999)
    }
    assert len([record for record in caplog.records if "cannot be read" in record.message]) == 3


@pytest.mark.slow  # starts a process for each case
@pytest.mark.parametrize("kind", TORN)
def test_a_process_starts_with_a_torn_file_of_one_that_had_its_id(
    kind: str, folder: Path, ended: Path, sources: Path, generated: Callable[[str], Any]
) -> None:
    leave(ended, folder)
    (whole,) = folder.glob("counter_*.db")
    (folder / "content").write_bytes(torn(kind, whole.read_bytes()))
    late = f"""
import os, shutil
shutil.copy({str(folder / "content")!r}, f"{folder}/counter_{{os.getpid()}}.db")
"""
    done = ran(sources, COUNT, first=late)
    assert done.returncode == 0, done.stderr
    assert shown(page_of(generated), "http_requests_total") == {REQUESTS: 2}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", '{"replaced": 1, "removed": 2}', '{"removed": ["x"]}', "\udcff"]
)
def test_a_torn_plan_is_put_aside_and_the_merge_is_done_anew(
    text: str, folder: Path, ended: Path, generated: Callable[[str], Any]
) -> None:
    leave(ended, folder, processes=2)
    (folder / "merge.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    for _ in range(2):
        assert shown(page_of(generated), "http_requests_total") == {REQUESTS: 2}
    assert sorted(file.name for file in folder.glob("merge*")) == ["merge.json.bad"]


def test_a_plan_reaches_no_file_outside_of_its_folder(
    folder: Path, generated: Callable[[str], Any]
) -> None:
    (folder.parent / "precious").write_text("kept")
    plan = {"replaced": {"../precious": "../gone"}, "removed": ["../precious"]}
    (folder / "merge.json").write_text(json.dumps(plan))
    page_of(generated)
    assert (folder.parent / "precious").read_text() == "kept"


@pytest.fixture
def stranger() -> Iterator[int]:
    """The id of a living process that counts nothing."""
    process = subprocess.Popen(["sleep", "60"])
    yield process.pid
    process.kill()
    process.wait()


def test_an_id_that_another_process_has_now_leaves_no_gauge_and_keeps_the_counts(
    folder: Path, ended: Path, generated: Callable[[str], Any], stranger: int
) -> None:
    leave(ended, folder)
    for file in folder.glob("*_*.db"):
        file.rename(file.with_name(f"{file.stem.rpartition('_')[0]}_{stranger}.db"))
    page = page_of(generated)
    assert shown(page, "http_requests_total") == {REQUESTS: 1}
    assert shown(page, "websocket_connections_active").get("websocket_connections_active", 0) == 0
    assert not list(folder.glob(f"*_{stranger}.db"))


def test_a_living_process_keeps_its_files_and_gauges(
    folder: Path, sources: Path, generated: Callable[[str], Any]
) -> None:
    script = PAGE + COUNT + "print('ready', flush=True); input()" + COUNT
    with subprocess.Popen(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(sources)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as living:
        assert living.stdout is not None
        living.stdout.readline()
        for _ in range(2):
            page = page_of(generated)
            assert shown(page, "websocket_connections_active") == {
                "websocket_connections_active": 5
            }
            assert shown(page, "http_requests_total") == {REQUESTS: 1}
        living.communicate(b"\n", timeout=30)
    assert shown(page_of(generated), "http_requests_total") == {REQUESTS: 2}


@pytest.mark.slow  # waits
def test_a_lock_that_stays_held_is_an_answer_after_seconds(
    folder: Path, generated: Callable[[str], Any]
) -> None:
    hold = (
        "import fcntl, sys, time; lock = open(sys.argv[1], 'ab');"
        " fcntl.lockf(lock, fcntl.LOCK_EX); print(flush=True); time.sleep(60)"
    )
    call = [sys.executable, "-c", hold, str(folder / "scrape.lock")]
    module = generated("api.v1.metrics")
    with subprocess.Popen(call, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        began = time.monotonic()
        answer = get(module.metrics, "/")
        holder.kill()
    assert answer.status == 503
    assert b"another process has held scrape.lock for too long" in answer.body
    assert time.monotonic() - began < 10
    assert page_of(generated)


@pytest.mark.slow  # starts a process for each case
@pytest.mark.parametrize("shared", [True, False])
def test_a_page_used_before_a_fork_answers_in_the_child_and_in_the_parent(
    shared: bool, folder: Path, sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not shared:
        monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR")
    script = """
import os, signal, threading
signal.alarm(20)
assert get(page, "/").status == 200
stop = threading.Event()
def scrape():
    while not stop.is_set():
        page._page("", "", None)
threading.Thread(target=scrape, daemon=True).start()
from pybase import metrics
for _ in range(20):
    if not (child := os.fork()):
        signal.alarm(10)
        metrics.api_request_counter.labels("GET", "/", "200").inc()
        os._exit(0 if get(page, "/").status == 200 else 3)
    assert os.waitpid(child, 0)[1] == 0
assert get(page, "/").status == 200
stop.set()
"""
    done = ran(sources, script)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("shared", [True, False])
def test_a_label_of_a_metric_of_others_that_utf_8_cannot_hold_is_written_out(
    shared: bool, folder: Path, sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not shared:
        monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR")
    script = r"""
import prometheus_client
own = prometheus_client.Counter("own_total", "Own.", ["word"])
own.labels("\ud800").inc()
own.labels("\udfff").inc()
answer = get(page, "/")
assert answer.status == 200
assert 'own_total{word="\\\\ud800"} 1.0' in answer.body.decode(), answer.body.decode()
assert 'own_total{word="\\\\udfff"} 1.0' in answer.body.decode()
"""
    done = ran(sources, script)
    assert done.returncode == 0, done.stderr


FULL = """
import os, resource, signal
def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
"""


def test_without_room_a_process_goes_on_says_so_once_and_is_seen_when_there_is_room(
    folder: Path, sources: Path
) -> None:
    script = f"""
{COUNT}
for _ in range(9):
    metrics.api_request_counter.labels("GET", "/", "200").inc()
assert not list(__import__("pathlib").Path({str(folder)!r}).glob("*.db"))
limit(resource.RLIM_INFINITY)
files = sys.modules["pybase.metrics._runtime.files"]
real = files.monotonic
files.monotonic = lambda: real() + 60
metrics.api_request_counter.labels("GET", "/", "200").inc()
text = get(page, "/").body.decode()
assert {REQUESTS + " 11.0"!r} in text, text
"""
    # The limit has to be there before anything is imported, which counts.
    done = ran(sources, script, first=FULL + "limit(1000)\n")
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stderr.splitlines() if "cannot be made" in line]
    assert len(said) == len({line.split()[0] for line in said}) >= 3


GROWN = f"""
import prometheus_client
from pybase import metrics
metrics.api_request_counter.labels("GET", "/", "200").inc()
extra = prometheus_client.Counter("extra_total", "x" * 200, ["number"])
for number in range(2000):
    extra.labels(str(number)).inc()
metrics.api_request_counter.labels("GET", "/", "200").inc()
text = get(page, "/").body.decode()
assert {REQUESTS!r} + " 2.0" in text
assert 50 < text.count("extra_total{{") < 2000
"""


def test_a_file_that_cannot_grow_keeps_counting_what_it_holds(folder: Path, sources: Path) -> None:
    done = ran(sources, FULL + "limit(1 << 16)\n" + GROWN)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("cannot grow, so new series are not seen") == 1


def test_on_a_disk_that_is_really_full_nothing_is_killed(
    folder: Path, sources: Path, tmp_path: Path
) -> None:
    unshare = shutil.which("unshare")
    mount = ["--user", "--map-root-user", "--mount", "sh", "-c"]
    small = f'mount -t tmpfs -o size=600k none {folder} && exec "$@"'
    if (
        unshare is None
        or subprocess.run(
            [unshare, *mount, f"mount -t tmpfs none {folder}"], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("this system lets nobody mount a small tmpfs: run it where unshare -rm works")
    fill = f"""
from pathlib import Path
with open({str(folder / "filler")!r}, "wb", buffering=0) as filler:
    try:
        while filler.write(bytes(4096)):
            pass
    except OSError:
        pass
"""
    done = ran(sources, COUNT + fill + GROWN.replace(" 2.0", " 3.0"), unshare, *mount, small, "sh")
    assert done.returncode == 0, (done.returncode, done.stderr)
    done = ran(sources, fill + COUNT, unshare, *mount, small, "sh")
    assert done.returncode == 0, (done.returncode, done.stderr)


def test_without_room_for_the_sum_of_ended_processes_their_files_are_served(
    folder: Path, ended: Path, sources: Path, generated: Callable[[str], Any]
) -> None:
    leave(ended, folder, processes=3)
    done = ran(
        sources,
        f"""
{FULL}
limit(100)
for _ in range(2):
    text = get(page, "/").body.decode()
    assert {REQUESTS + " 3.0"!r} in text, text
""",
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("keeps files of ended processes") == 1
    assert len(list(folder.glob("counter_*.db"))) == 4  # and that of the page
    assert shown(page_of(generated), "http_requests_total") == {REQUESTS: 3}
    assert [file.name for file in folder.glob("counter_*")] == ["counter_0.db"]
