"""Work of others in the way of a build: it stays, unless the build is forced, and is named."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pbmon.errors import UsageError
from pbmon.output.compare import compare
from pbmon.output.write import WriteResult, write

from .trees import FOREIGN, NEW, OLD, artifacts, expected, place, snapshot

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no symbolic links for everyone")


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The output folder as a user names it, after a build of OLD, with files of others in it."""
    monkeypatch.chdir(tmp_path)
    write(artifacts(OLD), Path("build"))
    place(Path("build"), FOREIGN)
    return Path("build")


def refusal(out: Path, files: dict[str, str], force: bool = False) -> UsageError:
    """The error of a build that writes nothing."""
    before = snapshot(out.parent)
    with pytest.raises(UsageError) as caught:
        write(artifacts(files), out, force=force)
    assert snapshot(out.parent) == before
    return caught.value


def test_edited_and_foreign_files_are_all_named_at_once(out: Path) -> None:
    place(
        out, {"alerts/api.yml": "edit\n", "alerts/gone.yml": "edit of what is no longer rendered\n"}
    )
    place(out, {"rules/more/added.yml": "mine\n"})
    error = refusal(out, NEW)
    assert (
        str(error)
        == "a build would overwrite or remove work that is not pbmon's, so nothing is written:\n "
        f" {Path('build/alerts/api.yml')} (edited since pbmon wrote it)\n "
        f" {Path('build/alerts/gone.yml')} (edited since pbmon wrote it)\n "
        f" {Path('build/rules/more/added.yml')} (not written by pbmon)\n  help: the same"
        " command with --check shows what would change; move the edits into the definitions, or"
        " --force overwrites them"
    )


def test_force_overwrites_edited_and_foreign_files_but_no_others(out: Path) -> None:
    place(
        out,
        {"alerts/api.yml": "edit\n", "alerts/gone.yml": "edit\n", "rules/more/added.yml": "mine\n"},
    )
    assert write(artifacts(NEW), out, force=True) == WriteResult(written=2, unchanged=1, removed=2)
    assert snapshot(out) == expected(NEW, FOREIGN)


def test_an_edit_that_equals_the_new_rendering_is_no_conflict(out: Path) -> None:
    place(out, {"alerts/api.yml": "new\n", "rules/more/added.yml": "added\n"})
    write(artifacts(NEW), out)
    assert snapshot(out) == expected(NEW, FOREIGN)


def test_line_ends_turned_by_git_on_windows_are_no_edit(out: Path) -> None:
    for path in (*OLD, ".pbmon.json"):
        (out / path).write_bytes((out / path).read_bytes().replace(b"\n", b"\r\n"))
    assert {difference.kind for difference in compare(artifacts(OLD), out)} == {"changed"}
    write(artifacts(OLD), out)
    assert snapshot(out) == expected(OLD, FOREIGN)


def test_a_lost_manifest_is_named_with_the_files_that_a_build_would_overwrite(out: Path) -> None:
    """A file that is already as rendered is no loss to anybody."""
    (out / ".pbmon.json").unlink()
    error = refusal(out, NEW)
    assert error.problem.startswith(f"{Path('build/.pbmon.json')} is missing")
    assert str(Path("build/alerts/api.yml")) in error.problem
    assert "same.yml" not in error.problem
    assert "--force" in error.help
    write(artifacts(NEW), out, force=True)
    left = {path: OLD[path] for path in OLD if path not in NEW}
    assert snapshot(out) == expected(NEW, {**FOREIGN, **left}, shared=True)


def test_a_first_build_into_a_folder_with_other_files_needs_no_force(tmp_path: Path) -> None:
    place(tmp_path / "build", FOREIGN)
    write(artifacts(NEW), tmp_path / "build")
    assert snapshot(tmp_path / "build") == expected(NEW, FOREIGN, shared=True)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "",
        lambda text: "[]",
        lambda text: "null",
        lambda text: '{"files": []}',
        lambda text: '{"files": {"a": 1}}',
        lambda text: '{"files": {"a": "short"}}',
        lambda text: "\0" * len(text),
        lambda text: "[" * 100_000,
        lambda text: text.replace("  }", "<<<<<<< HEAD\n  }"),
    ],
    ids=[
        "half",
        "empty",
        "list",
        "null",
        "files-list",
        "number",
        "not-a-digest",
        "zeros",
        "nested",
        "merge-markers",
    ],
)
def test_a_broken_manifest_is_named_and_force_makes_it_anew(
    out: Path, spoil: Callable[[str], str]
) -> None:
    """What is no longer rendered then stays: nothing says any more that it is pbmon's."""
    (out / ".pbmon.json").write_text(
        spoil((out / ".pbmon.json").read_text(encoding="utf-8")), encoding="utf-8"
    )
    error = refusal(out, NEW)
    assert error.problem.startswith(f"{Path('build/.pbmon.json')} cannot be read as pbmon wrote it")
    assert "--force" in error.help
    with pytest.raises(UsageError):
        compare(artifacts(NEW), out)
    write(artifacts(NEW), out, force=True)
    left = {path: OLD[path] for path in OLD if path not in NEW}
    assert snapshot(out) == expected(NEW, {**FOREIGN, **left}, shared=True)


def test_a_manifest_cannot_make_a_build_delete_outside_the_folder(
    out: Path, tmp_path: Path
) -> None:
    place(tmp_path, {"victim.txt": "gone\n"})
    text = (out / ".pbmon.json").read_text(encoding="utf-8")
    (out / ".pbmon.json").write_text(
        text.replace("alerts/gone.yml", "../victim.txt"), encoding="utf-8"
    )
    write(artifacts(NEW), out)
    assert (tmp_path / "victim.txt").exists()


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_where_a_file_is_rendered_is_never_deleted(out: Path, force: bool) -> None:
    error = refusal(out, {"notes": "x\n"}, force)
    assert f"{Path('build/notes')} is a folder where a file is rendered" in error.problem


@pytest.mark.parametrize("force", [False, True])
def test_a_file_where_a_folder_is_needed_is_never_deleted(out: Path, force: bool) -> None:
    error = refusal(out, {"README.md/x": "x\n"}, force)
    assert f"{Path('build/README.md')} is not a folder" in error.problem


@pytest.mark.parametrize("path", ["readme.md", "Notes/x", "notes/DEEP/x", "notes/deep/A.txt"])
def test_names_of_others_that_differ_only_in_case_stop_a_build(out: Path, path: str) -> None:
    """On every system, not only where they are the same file: the folder is committed, and checked
    out anywhere.
    """
    assert "differs only in case" in refusal(out, {path: "x\n"}, force=True).problem


@posix
@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("goal", ["../outside", "notes"])
def test_no_file_is_written_through_a_linked_folder(
    out: Path, tmp_path: Path, goal: str, force: bool
) -> None:
    (tmp_path / "outside").mkdir()
    (out / "linked").symlink_to(goal)
    error = refusal(out, {**NEW, "linked/x.yml": "x\n"}, force)
    assert (
        f"{Path('build/linked')} is not a folder (pbmon follows no symbolic links)" in error.problem
    )


@posix
def test_no_file_is_written_through_a_folder_replaced_by_a_link(out: Path, tmp_path: Path) -> None:
    """Even where pbmon made the folder, and the manifest says so."""
    (out / "rules").rename(tmp_path / "outside")
    (out / "rules").symlink_to("../outside")
    refusal(out, NEW, force=True)


@posix
def test_a_link_in_place_of_a_file_is_replaced_if_forced_and_never_followed(
    out: Path, tmp_path: Path
) -> None:
    place(tmp_path, {"outside.yml": "old\n"})
    (out / "alerts" / "api.yml").unlink()
    (out / "alerts" / "api.yml").symlink_to("../../outside.yml")
    assert "(edited since pbmon wrote it)" in refusal(out, NEW).problem
    write(artifacts(NEW), out, force=True)
    assert snapshot(out) == expected(NEW, FOREIGN)
    assert (tmp_path / "outside.yml").read_text() == "old\n"


@posix
def test_a_manifest_that_is_a_link_is_not_followed(out: Path, tmp_path: Path) -> None:
    (out / ".pbmon.json").rename(tmp_path / "outside.json")
    (out / ".pbmon.json").symlink_to("../outside.json")
    before = (tmp_path / "outside.json").read_bytes()
    refusal(out, OLD)
    write(artifacts(OLD), out, force=True)
    assert (tmp_path / "outside.json").read_bytes() == before
    assert snapshot(out) == expected(OLD, FOREIGN, shared=True)
