"""A worker under damage: torn files, a full disk, odd texts, ids that come again."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery
from pbmon.runtime.celery_worker.children import Children
from pbmon.runtime.celery_worker.identity import identity, identity_of, is_alive
from pbmon.runtime.celery_worker.ring import Ring
from pbmon.runtime.files import ReservedFile
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from workers.worker import Worker, samples

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Celery's prefork pool needs POSIX")

KEY = mmap_key("running", "running", ["task_type"], ["work"], "Now.")


def written(path: Path, value: float = 1.0) -> bytes:
    """A file as prometheus_client writes it."""
    file = MmapedDict(str(path))  # type: ignore[no-untyped-call]
    file.write_value(KEY, value, 0.0)  # type: ignore[no-untyped-call]
    file.close()  # type: ignore[no-untyped-call]
    return path.read_bytes()


@pytest.fixture
def stranger() -> Iterator[int]:
    """The id of a living process that is no child of a worker."""
    process = subprocess.Popen(["sleep", "60"])
    yield process.pid
    process.kill()
    process.wait()


def test_torn_files_are_put_aside_and_said_once_and_the_rest_is_served(
    app: Celery, broker: str, tmp_path: Path
) -> None:
    whole = written(tmp_path / "whole.db")
    torn = {
        "short": whole[:3],
        "cut": whole[:80],
        "long": struct.pack("i", 2**31 - 1) + whole[4:],
        "negative": struct.pack("i", -1) + whole[4:],
        "key of negative length": whole[:8] + struct.pack("i", -100) + whole[12:],
        "key of no JSON": whole[:12] + b"{" + whole[13:],
        "noise": b"\x01\x02\x03\x7f" * 20_000,
    }
    with Worker(tmp_path, broker, "-c", "1") as worker:
        app.send_task("shop.tasks.work").get(timeout=20)
        (folder,) = tmp_path.glob("tmp/worker-metrics-*")
        parent = os.getpid()
        for number, content in enumerate(torn.values()):
            (folder / f"counter_{4194305 + number}.db").write_bytes(content)  # of no process
            (folder / f"gauge_livesum{number}_{identity_of(parent)}.db").write_bytes(content)
            (folder / f"attempts_{4194305 + number}").write_bytes(content)
        worker.until(lambda: worker.samples("tasks_total") == {("success", "work"): 1})
        app.send_task("shop.tasks.work").get(timeout=20)
        worker.until(lambda: worker.samples("tasks_total") == {("success", "work"): 2})
        aside = [name for name in worker.files if name.endswith(".bad")]
        assert len(aside) == 2 * len(torn)
        assert all(worker.log.count(f"{name.removesuffix('.bad')} ") == 1 for name in aside)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux has /proc")
def test_an_id_that_another_process_has_now_leaves_no_gauge(tmp_path: Path, stranger: int) -> None:
    """Neither the process that has it now nor a child that is made anew shows the dead one's."""
    for name in (f"{stranger}-1", f"{os.getpid()}-1"):
        written(tmp_path / f"gauge_livesum_{name}.db")
        Ring(tmp_path / f"attempts_{name}").note("id", "work", counted=False)
    written(tmp_path / f"gauge_livesum_{identity()}.db", 5.0)
    children = Children(tmp_path)
    assert children.living() == []
    children.compact()
    assert [path.name for path in tmp_path.iterdir()] == [f"gauge_livesum_{identity()}.db"]
    assert children.attempt("id", stranger) == ("work", False)
    assert is_alive(identity_of(stranger))


def test_a_text_that_no_encoding_has_spoils_no_scrape(
    app: Celery, broker: str, tmp_path: Path
) -> None:
    with Worker(tmp_path, broker, "-c", "1") as worker:
        app.send_task("odd").get(timeout=20)
        worker.until(lambda: worker.samples("tasks_total") == {("success", "other"): 1})
        assert samples(worker.scrape(), "odd_total") == {(r"\ud800",): 1, (r"\udfff",): 1}


def test_what_no_worker_has_written_adds_nothing_up_twice(tmp_path: Path) -> None:
    key = mmap_key("made", "made_total", [], [], "Made.")
    for number in (4194305, 4194307):  # of no process
        file = ReservedFile(f"{tmp_path}/counter_{number}-1.db")
        file.write_value(key, 1.0, 0.0)
        file.close()
    (tmp_path / "counter_4194306-1.db").mkdir()
    (tmp_path / "counter_4194304-1.db").mkdir()
    written(tmp_path / "cache_4194308-1.db")
    children = Children(tmp_path)
    for _ in range(3):
        children.compact()
        (metric,) = children.collect()
        assert [sample.value for sample in metric.samples] == [2.0]


@pytest.mark.parametrize("full_from", ["the beginning", "the first task on"])
def test_on_a_full_disk_tasks_go_on_and_the_page_is_served(
    full_from: str, app: Celery, broker: str, tmp_path: Path
) -> None:
    unshare = shutil.which("unshare")
    values = tmp_path / "values"
    values.mkdir()
    begin = ["--user", "--map-root-user", "--mount", "sh", "-c"]
    fill = f"dd if=/dev/zero of={values}/filler bs=4k status=none;"
    mount = f"mount -t tmpfs -o size=900k none {values}"
    if (
        unshare is None
        or subprocess.run([unshare, *begin, mount], capture_output=True, check=False).returncode
    ):
        pytest.skip("this system lets nobody mount a small tmpfs: run it where unshare -rm works")
    script = f'{mount}; {fill if full_from == "the beginning" else ""} exec "$@"'
    with Worker(
        tmp_path,
        broker,
        "-c",
        "2",
        before=[unshare, *begin, script, "sh"],
        PROMETHEUS_MULTIPROC_DIR=str(values),
    ) as worker:
        if full_from != "the beginning":
            app.send_task("shop.tasks.work").get(timeout=20)
            app.send_task("fill", (str(values),)).get(timeout=20)
        for _ in range(4):
            app.send_task("shop.tasks.work").get(timeout=20)
            app.send_task("many").get(timeout=20)
        worker.scrape()
        assert "cannot" in worker.log
        assert "Traceback" not in worker.log
        assert "exited with" not in worker.log  # as billiard says of a child that was killed
