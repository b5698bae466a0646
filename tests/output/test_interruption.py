"""A build that is killed, or meets an error, at any moment leaves the complete old tree or the
complete new one.
"""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pbmon.errors import UsageError
from pbmon.output import swap
from pbmon.output.compare import compare
from pbmon.output.write import write

from .steps import at_step
from .trees import FOREIGN, NEW, OLD, artifacts, expected, place, siblings, snapshot

pytestmark = pytest.mark.slow  # dies at every call of a build

BEFORE, AFTER = expected(OLD, FOREIGN), expected(NEW, FOREIGN)
ENOUGH = 1000  # more calls of the system than one of these builds makes

ALTERNATE = """
import json, sys, time
from pathlib import Path
from pbmon.artifact import Artifact
from pbmon.output.write import write
trees = [[Artifact(*item) for item in json.loads(tree).items()] for tree in sys.argv[2:]]
def both():
    for tree in trees:
        write(tree, Path(sys.argv[1]))
start = time.monotonic()
both()
print(time.monotonic() - start, flush=True)
while True:
    both()
"""


@pytest.fixture(params=["exchange", "two renames"])
def whole(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the system exchanges folders in one step; both ways are tried.

    Nothing waits for the disk: a process that dies leaves its writes with the system, and these
    tests build a thousand times.
    """
    monkeypatch.setattr(os, "fsync", lambda _: None)
    if request.param == "two renames":
        monkeypatch.setattr(swap, "_exchange", lambda *_: False)
    elif sys.platform not in ("linux", "darwin"):
        pytest.skip("this system does not exchange folders")
    return bool(request.param == "exchange")


def fresh(tmp_path: Path) -> Iterator[Path]:
    """Output folders, each after a build of OLD, with files of others."""
    for number in range(ENOUGH):
        out = tmp_path / str(number) / "build"
        write(artifacts(OLD), out)
        place(out, FOREIGN)
        yield out
    raise AssertionError(f"a build makes more than {ENOUGH} calls")


def assert_next_build_is_clean(out: Path) -> None:
    write(artifacts(NEW), out)
    assert snapshot(out) == AFTER
    assert siblings(out) == ["build"]


def refuse() -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def interrupt() -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
def test_an_error_of_the_system_at_any_call_leaves_the_old_tree_or_is_survived(
    tmp_path: Path, whole: bool, lasting: bool
) -> None:
    """A UsageError means the old tree, a return the new one; in between, the error says where both
    are.
    """
    torn = 0
    for step, out in enumerate(fresh(tmp_path)):
        problem = ""
        with at_step(step, refuse, last=ENOUGH if lasting else step) as steps:
            try:
                write(artifacts(NEW), out)
            except UsageError as error:
                problem = error.problem
        if "could be neither replaced nor put back" in problem:
            torn += 1
            assert not out.exists()
        assert snapshot(swap.current(out)) == (BEFORE if "stays as it is" in problem else AFTER)
        if problem and not lasting:
            assert siblings(out) == ["build"]
        assert_next_build_is_clean(out)
        if not steps.reached:
            break
    assert step > 20
    assert torn == (lasting and not whole)


def test_an_interrupt_at_any_call_leaves_a_complete_tree(tmp_path: Path, whole: bool) -> None:
    for step, out in enumerate(fresh(tmp_path)):
        with at_step(step, interrupt) as steps:
            try:
                write(artifacts(NEW), out)
            except KeyboardInterrupt:
                assert snapshot(swap.current(out)) in (BEFORE, AFTER)
        assert_next_build_is_clean(out)
        if not steps.reached:
            break
    assert step > 20


def test_an_error_on_the_way_to_the_disk_leaves_the_old_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """fsync reports what a full or failing disk did not tell before."""
    out = next(fresh(tmp_path))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: refuse())
        with pytest.raises(UsageError):
            write(artifacts(NEW), out)
    assert snapshot(out) == BEFORE
    assert siblings(out) == ["build"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="dying at a given call takes a fork")
def test_a_build_killed_at_any_call_leaves_a_complete_tree(tmp_path: Path, whole: bool) -> None:
    """Without an exchange of folders there is a moment with no folder; the next run finds the
    complete tree beside it.
    """
    missing = 0
    for _step, out in enumerate(fresh(tmp_path)):
        child = os.fork()
        if not child:
            with at_step(_step, lambda: os.kill(os.getpid(), signal.SIGKILL)):
                write(artifacts(NEW), out)
            os._exit(0)
        killed = os.waitpid(child, 0)[1]
        missing += not out.exists()
        found = snapshot(swap.current(out))
        assert found in (BEFORE, AFTER)
        assert bool(compare(artifacts(NEW), out)) == (found == BEFORE)
        assert_next_build_is_clean(out)
        if not killed:
            break
    assert _step > 20
    assert missing == (not whole)


def test_a_first_build_killed_while_it_stages_leaves_no_folder(tmp_path: Path) -> None:
    out = tmp_path / "build"
    place(swap.staged(out), {"half": "wri"})
    assert [one.kind for one in compare(artifacts(NEW), out)] == ["new"] * len(NEW)
    write(artifacts(NEW), out)
    assert snapshot(out) == expected(NEW)
    assert siblings(out) == ["build"]


def test_what_killed_builds_left_goes_even_if_nothing_changes(tmp_path: Path) -> None:
    out = tmp_path / "build"
    write(artifacts(NEW), out)
    place(swap.staged(out), {"half": "wri"})
    before = out.stat()
    write(artifacts(NEW), out)
    assert siblings(out) == ["build"]
    assert out.stat() == before


def test_a_folder_made_anew_between_two_renames_is_not_overwritten(tmp_path: Path) -> None:
    """By `git checkout build`, say: files that git does not know are then in the retired tree
    alone.
    """
    out = tmp_path / "build"
    for folder in (out, swap.staged(out), swap.retired(out)):
        place(folder, FOREIGN)
    before = snapshot(tmp_path)
    with pytest.raises(UsageError, match="made anew after a build was killed"):
        write(artifacts(NEW), out)
    assert snapshot(tmp_path) == before


def test_a_build_killed_at_random_leaves_a_complete_tree_each_time(tmp_path: Path) -> None:
    """A real process, killed from outside, 40 times, at moments that do not depend on calls."""
    out = tmp_path / "build"
    write(artifacts(OLD), out)
    place(out, FOREIGN)
    delays = random.Random(7)
    seen = set()
    for _ in range(40):
        process = subprocess.Popen(
            [sys.executable, "-c", ALTERNATE, str(out), json.dumps(NEW), json.dumps(OLD)],
            stdout=subprocess.PIPE,
        )
        with process:
            assert process.stdout
            time.sleep(delays.uniform(0, float(process.stdout.readline())))
            process.kill()
        found = snapshot(swap.current(out))
        assert found in (BEFORE, AFTER)
        seen.add(found == AFTER)
    assert seen == {True, False}
    assert_next_build_is_clean(out)
