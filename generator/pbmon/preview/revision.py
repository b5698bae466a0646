"""Definitions as another revision has them, read from git without touching the work tree."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

from pbmon.checks.programs.binaries import Output, brief, run
from pbmon.errors import UsageError

_HELP = "a revision that `git log` shows, or a folder of definitions"


def checked_out(revision: str, definitions: Path, folder: Path) -> Path:
    """Writes the definitions of the revision below the folder, and returns theirs. UsageError where
    there is no git, no such revision, or it has no such definitions.
    """
    git = shutil.which("git")
    if git is None:
        raise UsageError("git is not on PATH, so no other revision can be read", "name a folder")
    here = definitions.resolve()
    top = Path(_said(_git(git, here.parent, "rev-parse", "--show-toplevel")).strip())
    parsed = _git(
        git, top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    if parsed.code != 0:
        raise UsageError(f"{revision} is neither a folder nor a revision of {top.name}/", _HELP)
    commit = parsed.text.strip()
    inside = here.relative_to(top.resolve()).as_posix()
    archive = folder / "archive.tar"
    packed = _git(git, top, "archive", f"--output={archive}", commit, "--", inside)
    if packed.code != 0:
        raise UsageError(f"{revision} has no {inside}/: {brief(packed)}", _HELP)
    with tarfile.open(archive) as tar:
        tar.extractall(folder / "tree", filter="data")
    return folder / "tree" / inside


def _git(git: str, folder: Path, *arguments: str) -> Output:
    # fsmonitor is a program that a repository may name, and git would run
    return run(Path(git), ["-c", "core.fsmonitor=false", *arguments], folder=folder)


def _said(output: Output) -> str:
    if output.code != 0:
        raise UsageError(f"this is no repository of git: {brief(output)}", _HELP)
    return output.text
