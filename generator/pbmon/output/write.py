"""Artifacts become the output folder, as a whole: at every moment it is the complete old tree or
the complete new one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pbmon.artifact import Artifact
from pbmon.errors import UsageError
from pbmon.output import manifest
from pbmon.output.changes import Kind, weigh
from pbmon.output.folder import explained, locate, require_writable
from pbmon.output.lock import exclusive
from pbmon.output.paths import MANIFEST, contents
from pbmon.output.stage import rescue, stage
from pbmon.output.swap import discard, retired, settle, staged, swap
from pbmon.output.tree import content, survey


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
    force: bool = False,
    partial: bool = False,
    definitions: Path | None = None,
) -> WriteResult:
    """Makes the generated files in `out` those of the artifacts. Files that pbmon did not write
    stay; if nothing changes, nothing is touched.

    force: overwrite files that somebody edited or that pbmon did not write. partial: the artifacts
    are some of all, so generated files that are not among them stay. definitions: a folder `out`
    must not share. UsageError, with the folder as it was: such a file without force, paths that
    cannot be written, a folder pbmon cannot own, another build at work, a refusal of the system.

    The folder itself is replaced, not only what is in it: a shell or a container mount that was in
    the old one stays there.
    """
    rendered = contents(artifacts)
    with explained(out, "written"):
        target = locate(out, definitions)
        target.parent.mkdir(parents=True, exist_ok=True)
        with exclusive(target, out):
            settle(target)
            return _write(target, rendered, force, partial, out)


def _write(
    target: Path, rendered: Mapping[str, bytes], force: bool, partial: bool, out: Path
) -> WriteResult:
    recorded, others = manifest.split(_recorded(target, rendered, force, out), rendered, partial)
    tree = survey(target)
    changes = weigh(target, tree, rendered, recorded, out)
    if not force:
        _refuse_conflicts(changes.kinds, out)
    after = {**rendered, MANIFEST: manifest.dump(rendered, others)}
    written = {path: after[path] for path in changes.kinds if path in rendered}
    if changes.kinds or MANIFEST not in tree or content(target / MANIFEST) != after[MANIFEST]:
        written[MANIFEST] = after[MANIFEST]
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
                rescue(old, tree, target, {*after, *recorded})
                discard(old)
    count = sum(path in rendered for path in changes.kinds)
    return WriteResult(
        written=count, unchanged=len(rendered) - count, removed=len(changes.kinds) - count
    )


def _recorded(target: Path, rendered: Iterable[str], force: bool, out: Path) -> Mapping[str, str]:
    """What pbmon wrote; nothing for a first build, or a forced one over a manifest that is lost or
    broken.
    """
    try:
        recorded = manifest.load(target, out)
    except UsageError:
        if not force:
            raise
        return {}
    if recorded is None and not force:
        there = [str(out / path) for path in rendered if os.path.lexists(target / path)]
        if there:
            raise UsageError(
                f"{out / MANIFEST} is missing, so nothing says that pbmon wrote these files, and"
                " nothing is written:\n  " + "\n  ".join(there),
                "`pbmon build --check` shows what would change; restore the manifest from version"
                " control, or move files of yours away, or `pbmon build --force` overwrites them",
            )
    return recorded or {}


def _refuse_conflicts(kinds: Mapping[str, Kind], out: Path) -> None:
    reasons = {"edited": "edited since pbmon wrote it", "foreign": "not written by pbmon"}
    conflicts = [
        f"{out / path} ({reasons[kind]})" for path, kind in kinds.items() if kind in reasons
    ]
    if conflicts:
        raise UsageError(
            "a build would overwrite or remove work that is not pbmon's, so nothing is written:\n  "
            + "\n  ".join(conflicts),
            "`pbmon build --check` shows what would change; move the edits into the definitions, "
            "or `pbmon build --force` overwrites them",
        )
