"""Writes artifacts to the output folder.

A folder that pbmon made is replaced as a whole: at every moment it is the complete old tree or the
complete new one (`stage.py`, `swap.py`). In a folder with other files, such as an app's repository,
files are written one at a time (`in_place.py`).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pbmon.artifact import Artifact
from pbmon.errors import UsageError
from pbmon.output import in_place, manifest
from pbmon.output.changes import Changes, Kind, weigh
from pbmon.output.folder import (
    belongs_to_others,
    explained,
    locate,
    require_apart,
    require_writable,
)
from pbmon.output.lock import exclusive
from pbmon.output.manifest import Manifest, sha256
from pbmon.output.paths import MANIFEST, contents
from pbmon.output.stage import rescue, stage
from pbmon.output.swap import discard, retired, settle, staged, swap
from pbmon.output.tree import Tree, content, survey


@dataclass(frozen=True)
class WriteResult:
    """Numbers of files: written (new or replaced), unchanged (rendered, and already right) and
    removed.

    The manifest and files of others do not count.
    """

    written: int
    unchanged: int
    removed: int


def write(
    artifacts: Iterable[Artifact],
    out: Path,
    *,
    environment: str = "",
    force: bool = False,
    partial: bool = False,
    definitions: Path | None = None,
) -> WriteResult:
    """Makes the generated files in `out` those of the artifacts. Files that pbmon did not write
    stay; if nothing changes, nothing is touched.

    environment: the one that is rendered; files of another one are not overwritten. force:
    overwrite these too, and files that somebody edited or that pbmon did not write. partial: the
    artifacts are only some of all, so other generated files stay. definitions: a folder into which
    nothing may be rendered.

    UsageError, with the folder as it was, for a file that only force overwrites, paths that cannot
    be written, an unsuitable folder, another running build, or a refusal of the system.

    A folder that pbmon made is itself replaced, not only its content: a container mount in the old
    folder stays there.
    """
    rendered = contents(artifacts)
    with explained(out, "written"):
        target = locate(out, definitions)
        require_apart(rendered, target, definitions, out)
        target.parent.mkdir(parents=True, exist_ok=True)
        with exclusive(target, out):
            settle(target)
            before = _before(target, rendered, force, out)
            if not force:
                require_environment(before, environment, out)
            after = next_manifest(before, rendered, environment, partial)
            if before.shared or belongs_to_others(target, definitions):
                discard(target / in_place.STAGED)
                tree = survey(target, in_place.around({*rendered, *before.digests}))
                replacing = False
            else:
                tree = survey(target)
                replacing = True
            answered = answered_for(before, rendered, partial)
            changes = weigh(target, tree, rendered, answered, out)
            if not force:
                _refuse_conflicts(changes.kinds, out)
            if changes.kinds or _differs(target, tree, after):
                if replacing:
                    _replace(target, tree, changes, rendered, {*rendered, *answered}, after)
                else:
                    in_place.put(target, tree, changes.kinds, rendered, before, after, out)
            count = sum(path in rendered for path in changes.kinds)
            return WriteResult(
                written=count, unchanged=len(rendered) - count, removed=len(changes.kinds) - count
            )


def is_pbmons_alone(out: Path, definitions: Path | None = None) -> bool:
    """Whether pbmon made the folder, so that all that matters in it is rendered."""
    target = locate(out, definitions)
    recorded = manifest.load(target, out)
    return recorded is not None and not (recorded.shared or belongs_to_others(target, definitions))


def answered_for(before: Manifest, rendered: Iterable[str], partial: bool) -> manifest.Digests:
    """What pbmon may have written to the files of this build; a partial one has fewer."""
    others = before.beyond(rendered, partial).digests
    return {path: digests for path, digests in before.digests.items() if path not in others}


def next_manifest(
    before: Manifest, rendered: Mapping[str, bytes], environment: str, partial: bool
) -> Manifest:
    """The manifest after a build that follows one that left `before`."""
    others = before.beyond(rendered, partial)
    files = {**others.files, **{path: sha256(content) for path, content in rendered.items()}}
    return replace(others, files=files, environment=environment or before.environment)


def require_environment(before: Manifest, environment: str, out: Path) -> None:
    """UsageError where the folder holds the files of another environment."""
    if environment and before.environment and environment != before.environment:
        raise UsageError(
            f"{out} holds the environment {before.environment}, and would become {environment},"
            " so nothing is written or compared",
            f"leave --out away to use a folder for {environment} alone, or name one; a build with"
            " --force overwrites",
        )


def _differs(target: Path, tree: Tree, after: Manifest) -> bool:
    return MANIFEST not in tree or content(target / MANIFEST) != after.dump()


def _replace(
    target: Path,
    tree: Tree,
    changes: Changes,
    rendered: Mapping[str, bytes],
    ours: set[str],
    after: Manifest,
) -> None:
    """Makes the new tree beside the folder, and swaps the two."""
    written = {path: rendered[path] for path in changes.kinds if path in rendered}
    written[MANIFEST] = after.dump()
    require_writable(target)
    try:
        stage(target, tree, staged(target), changes, written)
        old = swap(target)
    except BaseException:
        with suppress(OSError):
            if not os.path.lexists(retired(target)):
                discard(staged(target))
        raise
    if old:
        with suppress(OSError):  # the new tree is in place; the next build deletes what is left
            rescue(old, tree, target, {*ours, MANIFEST})
            discard(old)


def _before(target: Path, rendered: Mapping[str, bytes], force: bool, out: Path) -> Manifest:
    """What the last build left.

    For a first build, or a forced one over a lost or broken manifest: no files, in a folder that
    counts as shared unless it is empty.
    """
    try:
        recorded = manifest.load(target, out)
    except UsageError:
        if not force:
            raise
        return unrecorded(target)
    if recorded is None and not force:
        there = [
            str(out / path)
            for path, text in rendered.items()
            if os.path.lexists(target / path) and not _is_file_with(target / path, text)
        ]
        if there:
            raise UsageError(
                f"{out / MANIFEST} is missing, so nothing says that pbmon wrote these files, and"
                " nothing is written:\n  " + "\n  ".join(there),
                "the same command with --check shows what would change; restore the manifest from"
                " version control, or move files of yours away, or --force overwrites them",
            )
    return recorded or unrecorded(target)


def unrecorded(target: Path) -> Manifest:
    """The manifest of a folder that has none."""
    return Manifest(shared=target.exists() and any(target.iterdir()))


def _is_file_with(path: Path, text: bytes) -> bool:
    return path.is_file() and not path.is_symlink() and content(path) == text


def _refuse_conflicts(kinds: Mapping[str, Kind], out: Path) -> None:
    reasons = {"edited": "edited since pbmon wrote it", "foreign": "not written by pbmon"}
    conflicts = [
        f"{out / path} ({reasons[kind]})" for path, kind in kinds.items() if kind in reasons
    ]
    if conflicts:
        raise UsageError(
            "a build would overwrite or remove work that is not pbmon's, so nothing is written:\n  "
            + "\n  ".join(conflicts),
            "the same command with --check shows what would change; move the edits into the"
            " definitions, or --force overwrites them",
        )
