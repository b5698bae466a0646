"""Writes generated files one at a time into a folder with other files, such as an app's repository.

The manifest makes it safe to end a build at any moment. Before the first file changes, the manifest
records the old and the new content of each file; after the last one, only the new content. So the
next build recognises each file as pbmon's in either state, and completes the work. A file that
somebody edited meanwhile matches neither, and stays.

The new files are written to `.pbmon-new`, in the same folder, and renamed from there.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from pbmon.errors import UsageError
from pbmon.output.changes import Kind
from pbmon.output.manifest import Manifest, sha256
from pbmon.output.paths import MANIFEST, parents
from pbmon.output.stage import mount_inside, sync, write_new
from pbmon.output.swap import discard
from pbmon.output.tree import Tree, is_folder, is_same, survey

STAGED = ".pbmon-new"


def around(paths: Iterable[str]) -> set[str]:
    """The folders above the paths: all that a build has to look into."""
    return {above for path in paths for above in parents(path)}


def put(
    target: Path,
    tree: Tree,
    kinds: Mapping[str, Kind],
    rendered: Mapping[str, bytes],
    before: Manifest,
    after: Manifest,
    display: Path,
) -> None:
    """Writes and removes what `kinds` names, and nothing else.

    tree: the survey of the folders around these paths. before, after: the manifest as it is, and as
    it is to be. display: the folder as messages name it.

    UsageError when somebody works on the same files at the same time, or when the system refuses
    once files are being replaced; OSError when it refuses earlier: no file has changed then.
    """
    written = {path: rendered[path] for path in kinds if path in rendered}
    removed = [path for path in kinds if path not in rendered]
    between = Manifest(
        before.files,
        after.environment,
        after.shared,
        {**before.pending, **{path: sha256(content) for path, content in written.items()}},
    )
    staging = target / STAGED
    discard(staging)
    try:
        _refuse_mounts(target, tree, kinds)
        staging.mkdir()
        new = {path: staging / str(number) for number, path in enumerate(written)}
        for path, content in written.items():
            write_new(new[path], content)
        for name, manifest in (("before", between), ("after", after)):
            write_new(staging / name, manifest.dump())
        sync(staging)
        _refuse_if_changed(target, tree, kinds, display)
        try:
            (staging / "before").replace(target / MANIFEST)
            sync(target)
            for path in removed:
                _remove(target, path)
            for path in written:
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                new[path].replace(target / path)
            for folder in ("", *around(kinds)):
                if (target / folder).is_dir():
                    sync(target / folder)
            (staging / "after").replace(target / MANIFEST)
            sync(target)
        except OSError as error:
            raise UsageError(
                f"{display} is written in part: {error}",
                "the next `pbmon build` completes it; files that are not pbmon's are as they were",
            ) from error
    finally:
        with suppress(OSError):
            discard(staging)


def _refuse_mounts(target: Path, tree: Tree, paths: Iterable[str]) -> None:
    device = target.stat().st_dev
    for folder in sorted(around(paths)):
        if folder in tree and tree[folder].st_dev != device:
            raise mount_inside(target / folder)


def _refuse_if_changed(target: Path, tree: Tree, paths: Collection[str], display: Path) -> None:
    """Protects a file that somebody saves while a build runs from being overwritten or removed."""
    now = survey(target, around(paths))
    for path in paths:
        if (path in now or path in tree) and not (
            path in now and is_same(now[path], tree.get(path))
        ):
            raise UsageError(
                f"{display / path} changed while the build ran, so nothing is written",
                "run the build again",
            )
    for folder in around(paths):
        if folder in now and not is_folder(now[folder]) and folder not in paths:
            raise UsageError(
                f"{display / folder} was replaced while the build ran, so nothing is written",
                "run the build again",
            )


def _remove(target: Path, path: str) -> None:
    """Removes a file, and the folders above it that hold nothing more."""
    with suppress(FileNotFoundError):
        (target / path).unlink()
    for above in parents(path):
        with suppress(OSError):
            os.rmdir(target / above)  # noqa: PTH106 - refuses a folder that holds something
