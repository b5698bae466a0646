"""What a build would do to the output folder: one kind for each path it would write or remove."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pbmon.errors import UsageError
from pbmon.output.manifest import Digests, is_as_written
from pbmon.output.paths import MANIFEST, folded, parents
from pbmon.output.tree import Tree, content, is_folder

# new: not there yet.
# changed: as pbmon left it, and out of date.
# removed: as pbmon left it, and no longer rendered.
# edited: written by pbmon, and changed by somebody since.
# foreign: written by somebody else at the path of a rendered file.
Kind = Literal["new", "changed", "removed", "edited", "foreign"]


@dataclass(frozen=True)
class Changes:
    """kinds: by path, in order of path, without the manifest and the files that are right already.

    folders: every folder of the new tree, by path. untouched: every file that goes into the new
    tree as it is.
    """

    kinds: Mapping[str, Kind]
    folders: Sequence[str]
    untouched: Sequence[str]


def weigh(
    folder: Path,
    tree: Tree,
    rendered: Mapping[str, bytes],
    recorded: Digests,
    display: Path,
) -> Changes:
    """Compares what is there (tree) and what pbmon wrote (recorded) with what is rendered.

    display: the folder as messages name it. UsageError for what is in the way and cannot be
    overwritten as a file.
    """
    kinds: dict[str, Kind] = {}
    for path in sorted({*rendered, *recorded}):
        if path not in tree or is_folder(tree[path]):
            if path in rendered:
                kinds[path] = "new"
            continue
        current = content(folder / path)
        if path in rendered and current == rendered[path]:
            continue
        if path not in recorded:
            kinds[path] = "foreign"
        elif current is None or not is_as_written(current, recorded[path]):
            kinds[path] = "edited"
        else:
            kinds[path] = "changed" if path in rendered else "removed"
    untouched = [
        path
        for path, status in tree.items()
        if not is_folder(status) and path not in kinds and path != MANIFEST
    ]
    emptied = {above for path in recorded if path not in rendered for above in parents(path)}
    there = {path for path, status in tree.items() if is_folder(status)}
    staying = there - emptied
    folders = staying | {
        above for path in (*staying, *untouched, *rendered) for above in parents(path)
    }
    obstacles = sorted(_obstacles(rendered, folders, untouched, display))
    if obstacles:
        raise UsageError(
            f"{display} holds what pbmon can neither keep nor overwrite, so nothing is written:\n  "
            + "\n  ".join(obstacles),
            "move or rename each of these",
        )
    return Changes(kinds, sorted(folders), untouched)


def _obstacles(
    rendered: Iterable[str], folders: set[str], untouched: list[str], display: Path
) -> Iterator[str]:
    written = {*rendered, MANIFEST}
    for path in written & folders:
        yield f"{display / path} is a folder where a file is rendered"
    for path in folders.intersection(untouched):
        yield (
            f"{display / path} is not a folder (pbmon follows no symbolic links), and files are"
            " rendered below it"
        )
    spelled = {folded(name): name for path in written for name in (path, *parents(path))}
    for path in folders.union(untouched):
        name = spelled.get(folded(path), path)
        if name != path:
            yield f"{display / path} differs only in case from {name}, which is rendered"
