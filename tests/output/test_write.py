"""Which files a build writes, keeps and removes."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pbmon.errors import UsageError
from pbmon.output import swap
from pbmon.output.compare import compare
from pbmon.output.paths import parents
from pbmon.output.write import WriteResult, write

from .trees import FOREIGN, NEW, OLD, artifacts, expected, place, siblings, snapshot

posix = pytest.mark.skipif(
    os.name == "nt", reason="Windows has no modes and no symbolic links for everyone"
)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "build"


def test_a_first_build_makes_the_folder_and_those_above_it(tmp_path: Path) -> None:
    out = tmp_path / "a" / "b" / "build"
    assert write(artifacts(NEW), out) == WriteResult(written=3, unchanged=0, removed=0)
    assert snapshot(out) == expected(NEW)


def test_a_build_changes_what_is_rendered_and_nothing_else(out: Path) -> None:
    """Also removes folders that it leaves empty, and keeps empty folders of others."""
    write(artifacts(OLD), out)
    place(out, FOREIGN)
    (out / "empty" / "inner").mkdir(parents=True)
    (out / "left" / "mine").mkdir()
    assert write(artifacts(NEW), out) == WriteResult(written=2, unchanged=1, removed=2)
    assert snapshot(out) == expected(NEW, FOREIGN, folders=["empty/inner", "left/mine"])
    assert siblings(out) == ["build"]


def unread(path: Path) -> tuple[int, ...]:
    """What reading a file leaves as it is, as the time of the last access is not."""
    found = path.stat()
    return found.st_ino, found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def test_a_build_that_changes_nothing_touches_nothing(out: Path) -> None:
    write(artifacts(OLD), out)
    place(out, FOREIGN)
    before = {path: unread(path) for path in (out, *out.rglob("*"))}
    assert write(artifacts(OLD), out) == WriteResult(written=0, unchanged=4, removed=0)
    assert {path: unread(path) for path in (out, *out.rglob("*"))} == before


@posix
def test_files_that_stay_are_the_same_files_after_a_build(out: Path) -> None:
    """By inode and time of change: programs that hold them open, and make, see no difference."""
    write(artifacts(OLD), out)
    place(out, FOREIGN)
    staying = ("rules/same.yml", *FOREIGN)
    before = [(out / path).stat() for path in staying]
    write(artifacts(NEW), out)
    after = [(out / path).stat() for path in staying]
    assert [(one.st_ino, one.st_mtime_ns, one.st_nlink) for one in after] == [
        (one.st_ino, one.st_mtime_ns, 1) for one in before
    ]


@pytest.mark.parametrize(
    "refusal",
    [PermissionError(1, "no links"), OSError(95, "no links")],
    ids=["denied", "unsupported"],
)
def test_without_hard_links_files_of_others_are_copied(
    out: Path, monkeypatch: pytest.MonkeyPatch, refusal: OSError
) -> None:
    def refuse(*_: object) -> None:
        raise refusal

    monkeypatch.setattr(os, "link", refuse)
    write(artifacts(OLD), out)
    place(out, FOREIGN)
    before = (out / "README.md").stat().st_mtime_ns
    write(artifacts(NEW), out)
    assert snapshot(out) == expected(NEW, FOREIGN)
    assert (out / "README.md").stat().st_mtime_ns == before


@posix
def test_symbolic_links_and_modes_of_others_stay_as_they_are(out: Path, tmp_path: Path) -> None:
    write(artifacts(OLD), out)
    place(tmp_path, {"elsewhere/target.txt": "far\n"})
    (out / "link").symlink_to("../elsewhere")
    (out / "dangling").symlink_to("nowhere")
    place(out, {"private/script.sh": "#!/bin/sh\n"})
    (out / "private" / "script.sh").chmod(0o750)
    (out / "private").chmod(0o500)
    out.chmod(0o750)
    write(artifacts(NEW), out)
    found = snapshot(out)
    assert (found["link"], found["dangling"]) == ("-> ../elsewhere", "-> nowhere")
    modes = [
        stat.S_IMODE((out / path).stat().st_mode) for path in ("", "private", "private/script.sh")
    ]
    assert modes == [0o750, 0o500, 0o750]
    assert snapshot(tmp_path / "elsewhere") == {"target.txt": b"far\n"}
    assert siblings(out) == ["build", "elsewhere"]


@posix
def test_only_folders_in_which_something_changes_get_a_new_time(out: Path) -> None:
    """Programs that remember listings, as Python's import does, look at it."""
    write(artifacts(OLD), out)
    place(out, FOREIGN)
    for folder in ("notes/deep", "notes", "rules", "alerts", ""):
        os.utime(out / folder, (1, 1))
    write(artifacts({**OLD, "rules/same.yml": "changed\n"}), out)
    old = {
        path
        for path in ("notes/deep", "notes", "rules", "alerts", "")
        if (out / path).stat().st_mtime == 1
    }
    assert old == {"notes/deep", "notes", "alerts"}


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away"
)
def test_a_build_as_root_leaves_the_folders_of_a_user_to_the_user(out: Path) -> None:
    """As in a container that works in a folder of its host."""
    write(artifacts(OLD), out)
    place(out, FOREIGN)
    for path in (out, out / "notes", out / "README.md"):
        os.chown(path, 4711, 4712)
    write(artifacts(NEW), out)
    owners = [
        (path.stat().st_uid, path.stat().st_gid)
        for path in (out, out / "notes", out / "README.md", out / "rules")
    ]
    assert owners == [(4711, 4712)] * 3 + [(0, 0)]


@posix
@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o000, 0o644)])
def test_generated_files_are_readable_as_the_umask_allows(out: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        write(artifacts(NEW), out)
    finally:
        os.umask(before)
    assert {stat.S_IMODE((out / path).stat().st_mode) for path in (*NEW, ".pbmon.json")} == {mode}


def test_text_is_written_as_utf_8_with_its_own_line_ends(out: Path) -> None:
    write(artifacts({"a": "µ → ü\n\x0b\u2028\r\n", "b": ""}), out)
    assert (out / "a").read_bytes() == b"\xc2\xb5 \xe2\x86\x92 \xc3\xbc\n\x0b\xe2\x80\xa8\r\n"
    assert (out / "b").read_bytes() == b""


def test_a_generated_file_deleted_by_hand_comes_back(out: Path) -> None:
    write(artifacts(NEW), out)
    (out / "rules" / "same.yml").unlink()
    assert write(artifacts(NEW), out) == WriteResult(written=1, unchanged=2, removed=0)
    assert snapshot(out) == expected(NEW)


def test_a_file_may_become_a_folder_and_a_folder_a_file(out: Path) -> None:
    write(artifacts({"a": "1\n", "b/c": "2\n"}), out)
    write(artifacts({"a/d": "1\n", "b": "2\n"}), out)
    assert snapshot(out) == expected({"a/d": "1\n", "b": "2\n"})
    assert stat.S_IMODE((out / "a").stat().st_mode) == stat.S_IMODE(out.stat().st_mode)


def test_a_file_may_change_the_case_of_its_name(out: Path) -> None:
    write(artifacts({"API/Rules.yml": "1\n"}), out)
    write(artifacts({"api/rules.yml": "1\n"}), out)
    assert snapshot(out) == expected({"api/rules.yml": "1\n"})


@posix
def test_an_output_folder_that_is_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "elsewhere" / "build"
    real.mkdir()
    link.parent.mkdir()
    link.symlink_to("../real")
    write(artifacts(OLD), link)
    write(artifacts(NEW), link)
    assert link.is_symlink()
    assert snapshot(real) == expected(NEW)
    assert siblings(real) == ["elsewhere", "real"]


def test_what_is_saved_in_the_folder_while_a_build_stages_is_not_lost(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An editor that replaces a file, or makes one, just before the swap: the build has already
    linked the old one.
    """
    write(artifacts(OLD), out)
    place(out, FOREIGN)
    real = swap.swap

    def save_first(target: Path) -> Path | None:
        place(target, {"saving": "edited\n", "new/late.md": "late\n"})
        (target / "saving").replace(target / "README.md")
        return real(target)

    monkeypatch.setattr("pbmon.output.write.swap", save_first)
    write(artifacts(NEW), out)
    assert snapshot(out) == expected(
        NEW, {**FOREIGN, "README.md": "edited\n", "new/late.md": "late\n"}
    )


@pytest.mark.parametrize("forced", [False, True])
def test_a_partial_build_leaves_what_it_does_not_render_and_goes_on_knowing_it(
    out: Path, forced: bool
) -> None:
    write(artifacts(OLD), out)
    place(out, {"rules/same.yml": "edited\n"})
    part = artifacts({"alerts/api.yml": "new\n"})
    assert [one.path for one in compare(part, out, partial=True)] == ["alerts/api.yml"]
    assert write(part, out, partial=True, force=forced) == WriteResult(
        written=1, unchanged=0, removed=0
    )
    assert compare(part, out, partial=True) == []
    place(out, {"rules/same.yml": "same\n"})
    assert snapshot(out) == expected({**OLD, "alerts/api.yml": "new\n"})


names = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)
trees = st.dictionaries(names, st.sampled_from(["", "1\n", "2\n"]), max_size=4).filter(
    lambda files: not any(above in files for path in files for above in parents(path))
)


@given(old=trees, new=trees, foreign=trees)
def test_after_any_build_the_folder_holds_the_rendering_and_the_files_of_others(
    old: dict[str, str], new: dict[str, str], foreign: dict[str, str]
) -> None:
    """And compare says before what a build changes, and that nothing is left to change after it."""
    foreign = {f"mine-{path}": text for path, text in foreign.items()}
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "build")
        write(artifacts(old), out)
        place(out, foreign)
        before = snapshot(out)
        announced = compare(artifacts(new), out)
        assert snapshot(out) == before
        result = write(artifacts(new), out)
        assert snapshot(out) == expected(new, foreign)
        changed = {path for path in old | new if old.get(path) != new.get(path)}
        assert {difference.path for difference in announced} == changed
        assert result.written + result.removed == len(changed)
        assert result.written + result.unchanged == len(new)
        assert compare(artifacts(new), out) == []


def test_a_path_that_cannot_be_written_stops_the_build_before_it_starts(out: Path) -> None:
    write(artifacts(OLD), out)
    with pytest.raises(UsageError):
        write(artifacts({**NEW, "../escape": "x\n"}), out)
    assert snapshot(out) == expected(OLD)
