"""The last attempts of a child, as others read them while it writes and after it is killed."""

from __future__ import annotations

import os
import random
import signal
import time
from mmap import mmap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pbmon.runtime.celery_worker.children import Children
from pbmon.runtime.celery_worker.ring import Ring, attempts_in

KILLS = 40

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Celery's prefork pool needs POSIX")


class Noted:
    """What the ring is told of an attempt."""

    def __init__(self, number: int) -> None:
        self.task_id = f"id-{number}"
        self.task_type = f"type-{number}" * (1 + number % 7)


def test_the_last_attempts_are_told_with_their_last_name_and_whether_they_were_counted(
    tmp_path: Path,
) -> None:
    ring = Ring(tmp_path / "attempts_1")
    for number in range(100):
        ring.note(str(number), "other", counted=False)
        ring.note(str(number), "named", counted=False)
        ring.note(str(number), "named", counted=number % 2 == 0)
        last = list(attempts_in(tmp_path / "attempts_1").items())
        assert last[-1] == (str(number), ("named", number % 2 == 0))
        assert last[:-1][-2:] == [
            (str(each), ("named", each % 2 == 0)) for each in range(max(0, number - 2), number)
        ]


def test_an_attempt_at_the_same_task_again_is_not_counted_yet(tmp_path: Path) -> None:
    ring = Ring(tmp_path / "attempts_1")
    ring.note("a", "work", counted=False)
    ring.note("a", "work", counted=True)
    ring.note("a", "work", counted=False)
    assert attempts_in(tmp_path / "attempts_1") == {"a": ("work", False)}


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.text(max_size=900), st.text(max_size=900)), max_size=12))
def test_names_of_any_text_and_length_are_told(
    tmp_path_factory: object, attempts: list[tuple[str, str]]
) -> None:
    path = Path(tmp_path_factory.mktemp("ring")) / "attempts_1"  # type: ignore[attr-defined]
    ring = Ring(path)
    for task_id, task_type in attempts:
        ring.note(task_id, task_type, counted=True)
    expected = {task_id: (task_type, True) for task_id, task_type in attempts[-8:]}
    known = attempts_in(path)
    assert expected.items() <= known.items()
    assert list(path.parent.iterdir()) == [path]


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200), st.integers(0, 4200))
def test_no_damage_keeps_a_reader_from_its_answer(
    tmp_path_factory: object, damage: bytes, place: int
) -> None:
    path = Path(tmp_path_factory.mktemp("ring")) / "attempts_1"  # type: ignore[attr-defined]
    ring = Ring(path)
    for number in range(9):
        ring.note(f"id-{number}", "work", counted=True)
    whole = path.read_bytes()
    path.write_bytes(whole[:place] + damage + whole[place + len(damage) :])
    attempts_in(path)
    path.write_bytes(damage)
    attempts_in(path)
    path.write_bytes(b"[" * 100_000)
    assert attempts_in(path) == {}


def test_killed_at_any_instruction_a_child_leaves_whole_attempts_and_says_which_it_counted(
    tmp_path: Path,
) -> None:
    """Also while it lives, a reader sees no attempt under the name or the state of another."""
    chance = random.Random(1)
    for _ in range(KILLS):
        path = tmp_path / "attempts_1"
        path.unlink(missing_ok=True)
        reader, writer = os.pipe()
        if not (pid := os.fork()):
            ring = Ring(path)
            os.write(writer, b"x")
            number = 0
            while True:
                number += 1
                attempt = Noted(number)
                ring.note(attempt.task_id, attempt.task_type, counted=False)
                ring.note(attempt.task_id, attempt.task_type, counted=True)
        os.read(reader, 1)
        end = time.monotonic() + chance.random() / 50
        while time.monotonic() < end:
            assert_whole(path)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(reader)
        os.close(writer)
        known = assert_whole(path)
        numbers = [int(task_id[3:]) for task_id in known]
        assert numbers == list(range(numbers[0], numbers[-1] + 1)) if numbers else True
        assert len(numbers) >= 7 or not numbers or numbers[0] == 1
        assert all(counted for _, counted in [*known.values()][:-1])


def assert_whole(path: Path) -> dict[str, tuple[str, bool]]:
    """The attempts; each has its own name."""
    known = attempts_in(path)
    for task_id, (task_type, _) in known.items():
        assert task_type == Noted(int(task_id[3:])).task_type
    return known


class Torn:
    """A file of which only a part of the next text is written, as in a process killed then."""

    def __init__(self, file: mmap, part: slice) -> None:
        self._file = file
        self._part = part

    def __setitem__(self, place: slice, text: bytes) -> None:
        begin = place.start
        part = range(len(text))[self._part]
        self._file[begin + part.start : begin + part.stop] = text[self._part]
        raise KeyboardInterrupt


def test_a_text_that_is_half_written_is_no_attempt(tmp_path: Path) -> None:
    path = tmp_path / "attempts_1"
    for part in (each for cut in range(504) for each in (slice(0, cut), slice(cut, 504))):
        ring = Ring(path)
        for number in range(1, 9):
            attempt = Noted(number)
            ring.note(attempt.task_id, attempt.task_type, counted=True)
        ring._file = Torn(ring._file, part)  # type: ignore[assignment]
        attempt = Noted(9)
        with pytest.raises(KeyboardInterrupt):
            ring.note(attempt.task_id, attempt.task_type, counted=False)
        assert [*assert_whole(path)] == [f"id-{number}" for number in range(2, 9)]


def test_a_process_that_a_child_forks_writes_into_no_file_of_the_childs(tmp_path: Path) -> None:
    children = Children(tmp_path)
    children.begin()
    children.note(Noted(1), counted=False)  # type: ignore[arg-type]
    (own,) = tmp_path.iterdir()
    before = own.read_bytes()
    if not (pid := os.fork()):
        children.note(Noted(2), counted=True)  # type: ignore[arg-type]
        os._exit(0)
    os.waitpid(pid, 0)
    assert own.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 2
