"""What a build would change, as unified diffs. Writes nothing."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pbmon.artifact import Artifact
from pbmon.output import in_place, manifest
from pbmon.output.changes import Kind, weigh
from pbmon.output.folder import belongs_to_others, explained, locate, require_apart
from pbmon.output.lock import exclusive
from pbmon.output.paths import MANIFEST, contents
from pbmon.output.swap import current
from pbmon.output.tree import content, survey
from pbmon.output.write import answered_for, next_manifest, require_environment, unrecorded


@dataclass(frozen=True, order=True)
class Difference:
    """One file that a build would write or remove.

    path: relative to the output folder, with `/` between its parts. kind: see changes.Kind;
    `edited` and `foreign` stop a build that is not forced. diff: unified diff from what is there to
    what is rendered, `/dev/null` for no file.
    """

    path: str
    kind: Kind
    diff: str


def compare(
    artifacts: Iterable[Artifact],
    out: Path,
    *,
    environment: str = "",
    partial: bool = False,
    definitions: Path | None = None,
) -> list[Difference]:
    """Every difference between the output folder and the artifacts, in order of path; empty when a
    build changes nothing.

    The manifest shows only when it alone is out of date. environment, partial and definitions as
    for write. UsageError as for write, but for edited and foreign files.
    """
    rendered = contents(artifacts)
    with explained(out, "compared"):
        target = locate(out, definitions)
        require_apart(rendered, target, definitions, out)
        with exclusive(target, out):
            folder = current(target)
            before = manifest.load(folder, out) or unrecorded(folder)
            require_environment(before, environment, out)
            shared = before.shared or belongs_to_others(target, definitions)
            around = in_place.around({*rendered, *before.digests}) if shared else None
            tree = survey(folder, around)
            answered = answered_for(before, rendered, partial)
            kinds: dict[str, Kind] = {**weigh(folder, tree, rendered, answered, out).kinds}
            manifest_bytes = next_manifest(before, rendered, environment, partial).dump()
            if not kinds and _before(folder, MANIFEST) != manifest_bytes:
                kinds[MANIFEST] = "changed" if MANIFEST in tree else "new"
            after = {**rendered, MANIFEST: manifest_bytes}
            return [
                Difference(path, kind, unified_diff(path, _before(folder, path), after.get(path)))
                for path, kind in kinds.items()
            ]


def is_all_new(differences: Sequence[Difference], artifacts: Sequence[Artifact]) -> bool:
    """Whether none of the rendered files exists, so that diffs add nothing."""
    new = [difference for difference in differences if difference.kind == "new"]
    return len(new) == len(differences) >= len(artifacts) > 0


def _before(folder: Path, path: str) -> bytes | None:
    """The present content, as git sees it: that of a symbolic link is its target. None without a
    file.
    """
    file = folder / path
    if file.is_symlink():
        return os.fsencode(file.readlink())
    return content(file) or b"" if file.exists() and not file.is_dir() else None


def unified_diff(path: str, before: bytes | None, after: bytes | None) -> str:
    """The diff of one file as `patch -p1` and `git apply` read it; None stands for no file."""
    lines = difflib.unified_diff(
        _lines(before or b""),
        _lines(after or b""),
        fromfile="/dev/null" if before is None else f"a/{path}",
        tofile="/dev/null" if after is None else f"b/{path}",
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _lines(text: bytes) -> list[str]:
    """Lines with their ends, parted at `\\n` only, as patch does; bytes that are not UTF-8 show as
    `\\xff`.
    """
    return re.findall(r"[^\n]*\n|[^\n]+", text.decode(errors="backslashreplace"))
