"""Paths of artifacts, checked before anything is read or written: they must exist on every system
that checks them out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from pbmon.artifact import Artifact
from pbmon.errors import UsageError

MANIFEST = ".pbmon.json"

# What Windows refuses in a name; `/` parts the names.
# https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
_UNUSABLE = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f]')
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def folded(path: str) -> str:
    """What a file system that ignores case (macOS, Windows) takes the path for."""
    return unicodedata.normalize("NFC", path.casefold())


def parents(path: str) -> Iterator[str]:
    """The folders above a path, nearest first, without the root: `a/b/c` gives `a/b`, `a`."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


class Contents(Mapping[str, bytes]):
    """Bytes by path, made of their texts when they are asked for: a large project has as many of
    them as fit into memory once.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def __getitem__(self, path: str) -> bytes:
        return self._texts[path].encode()

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __contains__(self, path: object) -> bool:
        return path in self._texts


def contents(artifacts: Iterable[Artifact]) -> Contents:
    """The bytes of each artifact by its path, in order of path. UsageError names every path that
    cannot be written.
    """
    rendered: dict[str, str] = {}
    problems = []
    for artifact in sorted(artifacts):
        problem = _problem(artifact.path)
        if artifact.path in rendered:
            problem = "is rendered twice"
        if problem:
            problems.append(f"{artifact.path!r} {problem}")
            continue
        try:
            artifact.path.encode()
            artifact.text.encode()
            rendered[artifact.path] = artifact.text
        except UnicodeEncodeError as error:
            problems.append(
                f"{artifact.path!r} holds {error.object[error.start]!r}, which UTF-8 cannot express"
            )
    problems += _collisions(rendered)
    if problems:
        raise UsageError(
            "these files cannot be written, so nothing is:\n  "
            + "\n  ".join(sorted(set(problems))),
            "a path is relative to the output folder, has `/` between its parts, and is unlike"
            " every other even where upper and lower case are the same",
        )
    return Contents(rendered)


def _problem(path: str) -> str:
    """What is wrong with one path by itself; empty when nothing is."""
    parts = path.split("/")
    if path.startswith("/") or ".." in parts:
        return "leads out of the output folder"
    if "" in parts or "." in parts:
        return "has a part without a name"
    if folded(parts[0]) == MANIFEST:
        return "is where pbmon keeps what it wrote"
    refused = (
        part
        for part in parts
        if _UNUSABLE.search(part) or part.endswith((" ", ".")) or _DEVICE.fullmatch(part)
    )
    return next((f"has a part named {part!r}, which Windows refuses" for part in refused), "")


def _collisions(rendered: Iterable[str]) -> Iterator[str]:
    """Paths that cannot lie side by side: a file where another needs a folder, or two that differ
    only in case.
    """
    files = set(rendered)
    spelled: dict[str, str] = {}
    for path in sorted(files):
        for name in (path, *parents(path)):
            if name != path and name in files:
                yield f"{path!r} needs a folder where {name!r} is a file"
            other = spelled.setdefault(folded(name), name)
            if other != name:
                yield f"{name!r} and {other!r} differ only in case"
