"""Which folders a build takes, and what it says when the system refuses.

Root may write into read-only folders, so refusals are made here by what holds for root too: a file
in place of a folder, and answers of the system that are put in its place.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from pbmon.errors import UsageError
from pbmon.output import tree
from pbmon.output.compare import compare
from pbmon.output.write import write

from .steps import at_step
from .trees import FOREIGN, NEW, OLD, artifacts, expected, place, snapshot


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder, in which the user is."""
    place(tmp_path, {"home/project/definitions/api.py": "x = 1\n"})
    monkeypatch.chdir(tmp_path / "home" / "project")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    return tmp_path / "home" / "project"


@pytest.mark.parametrize(
    ("out", "reason"),
    [
        ("/", "is the root of the disk"),
        ("..", "is or holds your home folder"),
        ("../..", "is or holds your home folder"),
        ("definitions", "is the folder of the definitions"),
        ("definitions/build", "lies among the definitions"),
    ],
)
def test_a_folder_that_is_no_place_for_generated_files_is_refused(
    project: Path, out: str, reason: str
) -> None:
    before = snapshot(project)
    for call in (write, compare):
        with pytest.raises(UsageError) as caught:
            call(artifacts(NEW), Path(out), definitions=Path("definitions"))
        assert (
            caught.value.problem
            == f"{Path(out)} {reason}" + caught.value.problem.partition(reason)[2]
        )
        assert "choose another folder" in caught.value.help
    assert snapshot(project) == before


def test_a_file_that_would_lie_among_the_definitions_is_refused(project: Path) -> None:
    before = snapshot(project)
    for call in (write, compare):
        with pytest.raises(UsageError, match="would lie among the definitions"):
            call(
                artifacts({"definitions/metrics.py": "x\n"}),
                Path(),
                definitions=Path("definitions"),
            )
    assert snapshot(project) == before


@pytest.mark.parametrize("out", ["build", "build/inner", "build/inner/deep"])
def test_a_file_in_place_of_the_folder_or_one_above_it_is_named(project: Path, out: str) -> None:
    place(project, {"build": "a file\n"})
    for call in (write, compare):
        with pytest.raises(UsageError) as caught:
            call(artifacts(NEW), Path(out))
        assert "build is not a folder, so nothing can be built in it" in caught.value.problem
    assert (project / "build").read_text() == "a file\n"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no symbolic links for everyone")
def test_a_link_to_itself_is_refused(project: Path) -> None:
    (project / "build").symlink_to("build")
    with pytest.raises(UsageError):
        write(artifacts(NEW), Path("build"))


@pytest.mark.parametrize("read_only", ["build", "."])
def test_a_read_only_folder_is_named_and_stays_as_it_is(
    project: Path, monkeypatch: pytest.MonkeyPatch, read_only: str
) -> None:
    write(artifacts(OLD), Path("build"))
    real = os.access
    place_of = str((project / read_only).resolve())
    monkeypatch.setattr(os, "access", lambda path, mode: str(path) != place_of and real(path, mode))
    with pytest.raises(UsageError) as caught:
        write(artifacts(NEW), Path("build"))
    assert (
        caught.value.problem
        == f"build cannot be written and stays as it is: Permission denied ({place_of})"
    )
    assert caught.value.help.startswith("make build and the folder above it writable")
    assert snapshot(project / "build") == expected(OLD)
    assert write(artifacts(OLD), Path("build")).unchanged == len(OLD)


@pytest.mark.parametrize(
    ("code", "help"),
    [
        (errno.EACCES, "make build and the folder above it writable"),
        (errno.EROFS, "make build and the folder above it writable"),
        (errno.ENOSPC, "free some space"),
        (errno.EXDEV, "build into a folder of its own inside the mount"),
        (errno.EBUSY, "build into a folder of its own inside the mount"),
        (errno.EIO, "then run the build again"),
    ],
    ids=errno.errorcode.get,
)
def test_a_refusal_of_the_system_says_what_to_do(project: Path, code: int, help: str) -> None:
    def refuse() -> None:
        raise OSError(code, os.strerror(code))

    with at_step(5, refuse), pytest.raises(UsageError) as caught:
        write(artifacts(NEW), Path("build"))
    assert (
        caught.value.problem == f"build cannot be written and stays as it is: {os.strerror(code)}"
    )
    assert help in caught.value.help


@pytest.mark.skipif(
    os.name == "nt",
    reason="Windows gets copies, and its mounts are junctions, which are not followed",
)
@pytest.mark.parametrize("sign", ["device", "link"])
def test_a_mount_inside_the_folder_is_named_and_not_emptied(
    project: Path, monkeypatch: pytest.MonkeyPatch, sign: str
) -> None:
    """A mount is known by its device, or by a refused link where it is of the same device."""
    write(artifacts(OLD), Path("build"))
    place(project / "build", FOREIGN)
    mounted = project / "build" / "notes" / "deep"

    def other_device(folder: Path) -> tree.Tree:
        found = tree.survey(folder)
        before = found["notes/deep"]
        return {
            **found,
            "notes/deep": os.stat_result((*before[:2], before.st_dev + 1, *before[3:])),
        }

    def refuse(source: Path, target: Path) -> None:
        if mounted in Path(source).parents:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        real(source, target)

    real = os.link
    if sign == "device":
        monkeypatch.setattr("pbmon.output.write.survey", other_device)
    else:
        monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(UsageError, match="cannot be written and stays as it is") as caught:
        write(artifacts(NEW), Path("build"))
    assert str(mounted) in caught.value.problem
    assert "is a mount or belongs to" in caught.value.help
    assert snapshot(project / "build") == expected(OLD, FOREIGN)
