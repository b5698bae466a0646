"""A build into a folder of others: the app's repository, with the definitions in it."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from pbmon.errors import UsageError
from pbmon.output import in_place
from pbmon.output.compare import compare
from pbmon.output.write import WriteResult, write

from .steps import at_step
from .trees import FOREIGN, NEW, OLD, artifacts, expected, place, siblings, snapshot

APP = {
    **FOREIGN,
    "definitions/api.py": "x = 1\n",
    ".git/config": "[core]\n",
    "rules/hand.yml": "written by hand\n",
    "left/hand.txt": "written by hand\n",
}
BEFORE, AFTER = expected(OLD, APP, shared=True), expected(NEW, APP, shared=True)
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no symbolic links for everyone")


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The app's repository, in which the user is, after a build of OLD."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    place(tmp_path / "app", APP)
    monkeypatch.chdir(tmp_path / "app")
    build(OLD)
    return tmp_path / "app"


def build(files: dict[str, str], *, force: bool = False) -> WriteResult:
    return write(artifacts(files), Path(), definitions=Path("definitions"), force=force)


def changes(files: dict[str, str]) -> list[str]:
    return [one.path for one in compare(artifacts(files), Path(), definitions=Path("definitions"))]


def test_a_build_changes_what_is_rendered_and_no_file_beside_it(app: Path) -> None:
    assert snapshot(app) == BEFORE
    before = {path: (app / path).stat() for path in (*APP, "rules/same.yml")}
    folder = app.stat().st_ino
    assert changes(NEW) == [
        "alerts/api.yml",
        "alerts/gone.yml",
        "left/only.txt",
        "rules/more/added.yml",
    ]
    assert build(NEW) == WriteResult(written=2, unchanged=1, removed=2)
    assert snapshot(app) == AFTER
    assert {path: (app / path).stat() for path in before} == before
    assert app.stat().st_ino == folder, "the folder that a shell is in stays the same one"
    assert changes(NEW) == []
    assert build(NEW) == WriteResult(written=0, unchanged=3, removed=0)
    assert siblings(app) == ["app"]


def test_a_folder_that_has_other_files_at_the_first_build_stays_the_folder_of_others(
    tmp_path: Path,
) -> None:
    """Neither the definitions are in it, nor the user; its manifest says it from then on."""
    place(tmp_path / "backend", FOREIGN)
    folder = (tmp_path / "backend").stat().st_ino
    for files in (OLD, NEW):
        write(artifacts(files), tmp_path / "backend")
        assert snapshot(tmp_path / "backend") == expected(files, FOREIGN, shared=True)
    assert (tmp_path / "backend").stat().st_ino == folder


def test_a_folder_that_pbmon_made_keeps_its_inode_while_the_user_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(artifacts(OLD), tmp_path / "build")
    folder = (tmp_path / "build").stat().st_ino
    monkeypatch.chdir(tmp_path / "build" / "alerts")
    write(artifacts(NEW), tmp_path / "build")
    assert snapshot(tmp_path / "build") == expected(NEW)
    assert (tmp_path / "build").stat().st_ino == folder


def test_only_the_folders_of_generated_files_are_looked_into(app: Path) -> None:
    """An app's folder holds environments and caches with a million files."""
    place(app, {"node_modules/deep/x.js": "x\n"})
    seen = []
    real = Path.iterdir

    def noted(folder: Path) -> Iterator[Path]:
        seen.append(folder.name)
        return real(folder)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "iterdir", noted)
        build(NEW)
    assert not {"node_modules", ".git", "notes", "definitions"} & set(seen)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("alerts/api.yml", "edited since pbmon wrote it"),
        ("alerts/gone.yml", "edited since pbmon wrote it"),
        ("rules/more/added.yml", "not written by pbmon"),
    ],
)
def test_what_somebody_wrote_where_a_file_is_rendered_or_removed_stays(
    app: Path, path: str, reason: str
) -> None:
    place(app, {path: "mine\n"})
    before = snapshot(app)
    with pytest.raises(UsageError) as caught:
        build(NEW)
    assert f"{Path(path)} ({reason})" in caught.value.problem
    assert snapshot(app) == before
    build(NEW, force=True)
    assert snapshot(app) == AFTER


def test_files_that_an_app_has_with_the_same_content_are_taken_over(tmp_path: Path) -> None:
    """As by an app that build/ was copied over before."""
    place(tmp_path / "app", {**FOREIGN, **NEW})
    assert write(artifacts(NEW), tmp_path / "app") == WriteResult(0, 3, 0)
    assert snapshot(tmp_path / "app") == expected(NEW, FOREIGN, shared=True)
    build_again = write(artifacts(OLD), tmp_path / "app")
    assert build_again.removed == 1


@posix
@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("linked", ["rules", "rules/more", "left"])
def test_a_link_in_the_folder_leads_no_build_outside(
    app: Path, tmp_path: Path, linked: str, force: bool
) -> None:
    """Neither to write a file there nor to remove one."""
    place(tmp_path / "outside", {"same.yml": "same\n", "only.txt": "x\n"})
    if (app / linked).exists():
        (app / linked).rename(tmp_path / "moved")
    (app / linked).symlink_to(tmp_path / "outside")
    before = snapshot(tmp_path / "outside")
    try:
        build(NEW, force=force)
    except UsageError as error:
        assert "pbmon follows no symbolic links" in error.problem
    assert snapshot(tmp_path / "outside") == before


@posix
def test_a_folder_that_becomes_a_link_while_a_build_runs_leads_it_nowhere(
    app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "outside").mkdir()
    real = in_place.write_new

    def replace_folder(file: Path, content: bytes) -> None:
        real(file, content)
        if not (app / "rules" / "more").is_symlink():
            (app / "rules" / "more").symlink_to(tmp_path / "outside")

    monkeypatch.setattr(in_place, "write_new", replace_folder)
    with pytest.raises(UsageError, match="was replaced while the build ran"):
        build(NEW)
    assert snapshot(tmp_path / "outside") == {}


def test_what_is_saved_while_a_build_runs_is_not_overwritten(
    app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = in_place.write_new

    def save_first(file: Path, content: bytes) -> None:
        real(file, content)
        place(app, {"alerts/api.yml": "saved meanwhile\n"})

    monkeypatch.setattr(in_place, "write_new", save_first)
    with pytest.raises(UsageError, match="changed while the build ran, so nothing is written"):
        build(NEW)
    assert (app / "alerts" / "api.yml").read_text() == "saved meanwhile\n"
    assert not (app / in_place.STAGED).exists()


def test_a_file_may_become_a_folder_and_a_folder_a_file(app: Path) -> None:
    build({"a": "1\n", "b/c": "2\n"})
    build({"a/d": "1\n", "b": "2\n"})
    assert snapshot(app) == expected({"a/d": "1\n", "b": "2\n"}, APP, shared=True)


def states(app: Path) -> dict[str, bytes | str]:
    """The snapshot without what a build keeps for itself."""
    return {
        path: found
        for path, found in snapshot(app).items()
        if found != "folder" and not path.startswith((in_place.STAGED, ".pbmon.json"))
    }


def assert_each_file_is_the_old_or_the_new_one(app: Path) -> None:
    files = states(app)
    for path, text in APP.items():
        assert files.pop(path) == text.encode()
    for path, content in files.items():
        assert content in {tree[path].encode() for tree in (OLD, NEW) if path in tree}
    assert files.keys() >= OLD.keys() & NEW.keys()


def refuse() -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def interrupt() -> None:
    raise KeyboardInterrupt


def test_an_error_of_the_system_at_any_call_changes_no_file_or_says_so(app: Path) -> None:
    partly = 0
    for step in range(1000):
        build(OLD)
        problem = ""
        with at_step(step, refuse) as steps:
            try:
                build(NEW)
            except UsageError as error:
                problem = error.problem
        assert_each_file_is_the_old_or_the_new_one(app)
        partly += "is written in part" in problem
        if "stays as it is" in problem:
            assert states(app) == {
                path: text for path, text in BEFORE.items() if path in {**OLD, **APP}
            }
        build(NEW)
        assert snapshot(app) == AFTER
        if not steps.reached:
            break
    assert step > 20
    assert partly > 5


def test_an_interrupt_at_any_call_is_completed_by_the_next_build(app: Path) -> None:
    for step in range(1000):
        build(OLD)
        with at_step(step, interrupt) as steps:
            try:
                build(NEW)
            except KeyboardInterrupt:
                assert_each_file_is_the_old_or_the_new_one(app)
        build(NEW)
        assert snapshot(app) == AFTER
        if not steps.reached:
            break
    assert step > 20


@pytest.mark.slow  # dies at every call of a build
@pytest.mark.skipif(not hasattr(os, "fork"), reason="dying at a given call takes a fork")
@pytest.mark.parametrize("edited", ["alerts/api.yml", "alerts/gone.yml", "rules/more/added.yml"])
def test_after_a_build_was_killed_at_any_call_the_next_one_overwrites_no_edit(
    app: Path, edited: str
) -> None:
    """Whatever the killed one had done, each generated file is known for pbmon's, and an edit made
    since is known for an edit.
    """
    for step in range(1000):
        build(OLD)
        child = os.fork()
        if not child:
            with at_step(step, lambda: os.kill(os.getpid(), signal.SIGKILL)):
                build(NEW)
            os._exit(0)
        killed = os.waitpid(child, 0)[1]
        assert_each_file_is_the_old_or_the_new_one(app)
        was = (app / edited).read_bytes() if (app / edited).exists() else None
        place(app, {edited: "edited since\n"})
        with pytest.raises(UsageError, match="work that is not pbmon's"):
            build(OLD if edited in OLD else NEW)
        assert (app / edited).read_text() == "edited since\n"
        if was is None:
            (app / edited).unlink()
        else:
            (app / edited).write_bytes(was)
        build(NEW)
        assert snapshot(app) == AFTER
        if not killed:
            break
    assert step > 20
