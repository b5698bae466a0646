"""The file in the output folder that says which files there pbmon wrote, and what it wrote into
them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from pbmon.errors import UsageError
from pbmon.output.paths import MANIFEST

_NOTE = (
    "Kept by pbmon: the files it wrote here, each with the SHA-256 of its content. Other files are"
    " left alone."
)
_DIGEST = re.compile(r"[0-9a-f]{64}")


def dump(rendered: Mapping[str, bytes], others: Mapping[str, str]) -> bytes:
    """The manifest of rendered files (bytes by path) and others recorded before: sorted, one line a
    file, as git merges.
    """
    files = {**others, **{path: _sha256(content) for path, content in rendered.items()}}
    return (
        json.dumps(
            {"note": _NOTE, "files": dict(sorted(files.items()))}, indent=2, ensure_ascii=False
        )
        + "\n"
    ).encode()


def split(
    recorded: Mapping[str, str], rendered: Iterable[str], partial: bool
) -> tuple[dict[str, str], dict[str, str]]:
    """Parts a manifest in the files that this build answers for and the others: in a partial build,
    what it does not render.
    """
    others = {*recorded}.difference(rendered) if partial else set()
    return {path: recorded[path] for path in recorded if path not in others}, {
        path: recorded[path] for path in others
    }


def load(folder: Path, shown: Path) -> dict[str, str] | None:
    """Path to SHA-256 of what the last build wrote; None where there is no manifest.

    shown: the folder as messages name it. UsageError for a manifest that is cut short, merged badly
    or not a plain file.
    """
    file = folder / MANIFEST
    try:
        if file.is_symlink():
            raise ValueError("a symbolic link")
        files = json.loads(file.read_bytes())["files"]
        if not all(
            isinstance(digest, str) and _DIGEST.fullmatch(digest) for digest in files.values()
        ):
            raise ValueError("something else than SHA-256")
    except FileNotFoundError:
        return None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"{shown / MANIFEST} cannot be read as pbmon wrote it (half written, or merged by"
            " hand?), so it does not say which files are pbmon's; nothing is written",
            "restore it from version control; or `pbmon build --force` writes it and every"
            " generated file anew, and leaves files that are no longer rendered for you to delete",
        ) from error
    return dict(files)


def is_as_written(content: bytes, digest: str) -> bool:
    """Whether a file still holds what was recorded. Line endings turned by a checkout on Windows
    are nobody's edit.
    """
    return digest in (_sha256(content), _sha256(content.replace(b"\r\n", b"\n")))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
