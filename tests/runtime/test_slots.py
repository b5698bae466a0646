"""Counts are exact: among threads, greenlets, signals' handlers and forked processes."""

from __future__ import annotations

import dis
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from math import inf, isnan, nan
from pathlib import Path
from types import CodeType
from typing import Any

import prometheus_client
import pytest
from pbmon.runtime import metrics  # noqa: F401  (without created series)
from pbmon.runtime.files import ReservedFile
from pbmon.runtime.series import CounterSeries, HistogramSeries, both
from pbmon.runtime.slots import MappedSlot, Slot, slot_of
from prometheus_client import CollectorRegistry
from prometheus_client.openmetrics.exposition import generate_latest

ROOT = Path(__file__).parent.parent.parent
GIVEN = """
import os, signal, sys
sys.setswitchinterval(1e-6)
import prometheus_client
from prometheus_client import CollectorRegistry
from pbmon.runtime.processes import AllProcesses
from pbmon.runtime.metrics import CounterSeries, HistogramSeries
from pbmon.runtime.series import both
from pathlib import Path
registry = CollectorRegistry()
done = CounterSeries("done", "Done.", registry=registry)
took = HistogramSeries("took", "Took.", registry=registry, buckets=[1, 2])
foreign = prometheus_client.Counter("foreign", "Of the app.", registry=registry)
add = both(done, took)
folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
def value(name):
    metrics = AllProcesses(Path(folder)).collect() if folder else registry.collect()
    return sum(each.value for metric in metrics for each in metric.samples if each.name == name)
def told(*names):
    print([value(name) for name in names])
"""
"""Two series that pbmon's own classes count, and one of prometheus_client's."""

THREADS = """
from threading import Thread
def count():
    for _ in range(5000):
        done.inc(2)
        took.observe(1.5)
        add(0.5)
        foreign.inc()
threads = [Thread(target=count) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
told("done_total", "took_count", "took_sum", "foreign_total")
"""
IN_THREADS = [120000.0, 80000.0, 80000.0, 40000.0]


def told(script: str, folder: Path | None, *, threads: bool = False) -> list[list[float]]:
    """What the script tells, in memory or in the files of a folder."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PROMETHEUS")
    }
    environment["PYTHONPATH"] = str(ROOT / "generator")
    if folder:
        environment["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    done = subprocess.run(
        [sys.executable, "-c", GIVEN + script],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lists: list[list[float]] = [json.loads(line) for line in done.stdout.splitlines()]
    return lists


@pytest.fixture(params=["in memory", "in files"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    """Where the processes count."""
    return tmp_path / "files" if request.param == "in files" else None


def test_threads_lose_no_count(folder: Path | None) -> None:
    assert told(THREADS, folder) == [IN_THREADS]


def test_greenlets_lose_no_count(folder: Path | None) -> None:
    pytest.importorskip("gevent", reason="gevent is not there")
    assert told(f"import gevent.monkey; gevent.monkey.patch_all()\n{THREADS}", folder) == [
        IN_THREADS
    ]


def test_a_signals_handler_that_counts_neither_waits_nor_loses_a_count(
    folder: Path | None,
) -> None:
    script = """
handled = 0
def handle(*_):
    global handled
    handled += 1
    add(1)
signal.signal(signal.SIGALRM, handle)
signal.setitimer(signal.ITIMER_REAL, 0.0002, 0.0002)
for _ in range(200_000):
    done.inc()
signal.setitimer(signal.ITIMER_REAL, 0, 0)
assert handled > 5
print([value("done_total") - handled, value("took_count") - handled])
"""
    assert told(script, folder) == [[200_000.0, 0.0]]


FORKS = {
    "by Python": "os.fork",
    "by a program around it": "__import__('ctypes').CDLL(None).fork",
}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of every fork")
@pytest.mark.parametrize("how", FORKS)
def test_a_forked_process_counts_in_a_file_of_its_own(how: str, tmp_path: Path) -> None:
    script = f"""
fork = {FORKS[how]}
done.inc(); add(1)
for depth in range(3):
    if not fork():  # a child, and children of it
        done.inc(10); add(1)
        continue
    os.wait()
    break
done.inc(100)
if depth:
    os._exit(0)
told("done_total", "took_count")
"""
    assert told(script, tmp_path / "files") == [[2.0 + 3 * 11 + 4 * 100, 4.0]]


def test_a_fork_while_threads_count_costs_no_count(tmp_path: Path) -> None:
    script = """
from threading import Thread
def count():
    for _ in range(20000):
        done.inc()
threads = [Thread(target=count) for _ in range(4)]
for thread in threads: thread.start()
children = 0
while any(thread.is_alive() for thread in threads) and children < 20:
    if not os.fork():
        done.inc()
        os._exit(0)
    children += 1
    os.wait()
for thread in threads: thread.join()
print([value("done_total") - children])
"""
    assert told(script, tmp_path / "files") == [[80000.0]]


def test_a_process_killed_at_any_instruction_leaves_what_it_has_counted(tmp_path: Path) -> None:
    script = """
import time
for turn in range(30):
    before = value("done_total"), value("took_count")
    reader, writer = os.pipe()
    if not (pid := os.fork()):
        number = 0
        while True:
            done.inc()
            took.observe(1.5)
            number += 1
            os.write(writer, number.to_bytes(8, "little"))
    time.sleep(turn / 2000)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(writer)
    told = os.read(reader, 1 << 20)
    number = int.from_bytes(told[-8:], "little")
    for was, name in zip(before, ("done_total", "took_count")):
        assert value(name) - was in {number, number + 1}, (value(name), was, number)
    os.close(reader)
print([int(value("done_total") > 500)])
"""
    assert told(script, tmp_path / "files") == [[1]]


def test_a_file_that_grows_loses_nothing_of_what_is_counted_before_and_after(
    tmp_path: Path,
) -> None:
    script = """
many = prometheus_client.Counter("many", "Many.", ["text"], registry=registry)
for number in range(2000):
    done.inc()
    add(1)
    many.labels("x" * 90 + str(number)).inc()
assert Path(folder, f"counter_{os.getpid()}.db").stat().st_size > 1 << 17
told("done_total", "took_count", "many_total")
"""
    assert told(script, tmp_path / "files") == [[4000.0, 2000.0, 2000.0]]


def codes(code: CodeType) -> Iterator[CodeType]:
    """A function's code and that of functions in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


SWITCHES = ("CALL", "JUMP_BACKWARD", "RESUME", "SEND", "YIELD", "FOR_ITER", "IMPORT")
"""Beginnings of instructions after which another thread may go on."""


@pytest.mark.parametrize(
    ("function", "additions"),
    [(CounterSeries.inc, 1), (HistogramSeries.observe, 2), (both, 3), (MappedSlot.inc, 2)],
)
def test_no_instruction_that_may_switch_threads_is_between_reading_and_writing(
    function: Callable[..., Any], additions: int
) -> None:
    """An addition reads an attribute, adds, and writes it; of a file it writes what it reads."""
    checked = 0
    for code in codes(function.__code__):  # type: ignore[attr-defined]
        names = [each.opname for each in dis.get_instructions(code)]
        for place, name in enumerate(names):
            if name not in {"STORE_ATTR", "STORE_SUBSCR"}:
                continue
            begin = max(
                number
                for number in range(place)
                if names[number] == ("COPY" if name == "STORE_ATTR" else "LOAD_ATTR")
            )
            assert not [each for each in names[begin:place] if each.startswith(SWITCHES)]
            checked += 1
    assert checked >= additions


def test_on_a_python_without_the_global_lock_values_keep_their_locks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    value = prometheus_client.values.MutexValue("counter", "a", "a", [], [], "A.")  # type: ignore[no-untyped-call]
    assert isinstance(slot_of(value), Slot)
    monkeypatch.setattr("pbmon.runtime.slots._ADDS_AT_ONCE", False)
    assert slot_of(value) is value
    registry = CollectorRegistry()
    counter, histogram = CounterSeries("a", "A.", registry=registry), HistogramSeries("b", "B.")
    both(counter, histogram)(0.5)
    counter.inc(2)
    assert registry.get_sample_value("a_total") == 3
    assert histogram._sum.get() == 0.5


def test_whatever_prometheus_client_offers_works_as_there() -> None:
    def page(counter: Any, histogram: Any) -> str:
        registry = CollectorRegistry()
        one = counter("one", "One.", registry=registry)
        time = histogram("time", "Time.", registry=registry, buckets=[1, 2])
        one.inc()
        one.inc(True)
        one.inc(2.5, exemplar={"trace": "a"})
        with pytest.raises(ValueError, match="non-negative"):
            one.inc(-1)
        with pytest.raises(KeyError), one.count_exceptions(KeyError):
            raise KeyError
        for seconds in (0, 1, 1.5, 2, 3, inf, -1, nan):
            time.observe(seconds)
        time.observe(1.5, exemplar={"trace": "b"})
        for wrong in (Decimal(1), "1", None):
            with pytest.raises(TypeError):
                time.observe(wrong)
        with time.time():
            pass
        value = registry.get_sample_value("time_sum")
        assert value is not None
        assert isnan(value)
        text: str = generate_latest(registry).decode()  # type: ignore[no-untyped-call]
        assert text.count("# {trace=") == 2
        one.reset()
        assert registry.get_sample_value("one_total") == 0
        return " ".join(word for word in text.split() if "." not in word or len(word) < 9)

    own = page(CounterSeries, HistogramSeries)
    assert own == page(prometheus_client.Counter, prometheus_client.Histogram)


def test_a_closed_file_is_written_no_more(tmp_path: Path) -> None:
    file = ReservedFile(str(tmp_path / "counter_1.db"))
    file.write_value("[]", 1.0, 0.0)
    found = file.place_of("[]")
    if found is None:
        pytest.skip("this system does not tell of forks")
    view, place, mark = found
    view[place] = 2.0
    assert mark[0] == 1
    assert file.read_value("[]") == (2.0, 0.0)
    file.close()
    assert mark[0] == 0
    assert file.place_of("[]") is None
