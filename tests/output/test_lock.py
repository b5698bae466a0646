"""Two builds of one folder do not mix."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from pbmon.errors import UsageError
from pbmon.output import lock
from pbmon.output.compare import compare
from pbmon.output.write import write

from .trees import FOREIGN, NEW, OLD, artifacts, expected, place, siblings, snapshot

HOLD = """
import sys, time
from pathlib import Path
from pbmon.output.lock import exclusive
with exclusive(Path(sys.argv[1]), Path("build")):
    print("held", flush=True)
    time.sleep(60)
"""
WRITE = """
import json, sys
from pathlib import Path
from pbmon.artifact import Artifact
from pbmon.output.write import write
trees = [[Artifact(*item) for item in json.loads(tree).items()] for tree in sys.argv[2:]]
print("ready", flush=True)
sys.stdin.readline()
for turn in range(30):
    write(trees[turn % 2], Path(sys.argv[1]))
"""


def start(program: str, *arguments: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() in ("held\n", "ready\n")
    return process


def test_a_build_waits_a_while_for_another_and_then_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "build"
    write(artifacts(OLD), out)
    monkeypatch.setattr(lock, "PATIENCE", 0.2)
    with start(HOLD, str(out)) as holder:
        with pytest.raises(
            UsageError, match=r"^another build works on .*, or on a folder beside it"
        ):
            write(artifacts(NEW), out)
        with pytest.raises(UsageError, match="another build"):
            compare(artifacts(NEW), out)
        holder.kill()
    assert snapshot(out) == expected(OLD)


def test_the_lock_of_a_killed_build_does_not_block_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "build"
    monkeypatch.setattr(lock, "PATIENCE", 0.2)
    with start(HOLD, str(out)) as holder:
        holder.kill()
    write(artifacts(NEW), out)
    assert siblings(out) == ["build"]


@pytest.mark.skipif(os.name == "nt", reason="Windows locks no folders")
def test_where_folders_cannot_be_locked_a_file_in_the_temp_folder_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on NFS, which answers EBADF."""
    import fcntl

    def refuse(descriptor: int, operation: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        real(descriptor, operation)

    real = fcntl.flock
    temp, out = tmp_path / "temp", tmp_path / "project" / "build"
    temp.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temp))
    monkeypatch.setattr(fcntl, "flock", refuse)
    write(artifacts(NEW), out)
    assert siblings(out) == ["build"]
    assert len(list(temp.iterdir())) == 1


@pytest.mark.slow  # processes build at once
@pytest.mark.parametrize("kind", ["folder", "file"])
def test_builds_and_comparisons_at_once_see_one_whole_tree_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """With either lock: two processes alternate between two trees while this one compares."""
    program = WRITE
    if kind == "file":
        refuse = "from pbmon.output import lock\nlock._open = lock._lock_file\n"
        program = refuse + WRITE
        monkeypatch.setattr(lock, "_open", lock._lock_file)
    out = tmp_path / "build"
    write(artifacts(OLD), out)
    place(out, FOREIGN)
    kinds = {"new": {one.path for one in compare(artifacts(NEW), out)}, "old": set()}
    writers = [start(program, str(out), json.dumps(OLD), json.dumps(NEW)) for _ in range(2)]
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("\n")
        writer.stdin.flush()
    seen = set()
    while any(writer.poll() is None for writer in writers):
        found = frozenset(one.path for one in compare(artifacts(NEW), out))
        assert found in (kinds["new"], kinds["old"])
        seen.add(found)
    assert [writer.wait() for writer in writers] == [0, 0]
    for writer in writers:
        writer.communicate()
    assert seen
    assert snapshot(out) == expected(NEW, FOREIGN)
    assert siblings(out) == ["build"]
