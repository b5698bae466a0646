"""The file in the output folder that says which files there pbmon wrote, and what it wrote into
them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pbmon.errors import UsageError
from pbmon.output.paths import MANIFEST

Digests = Mapping[str, Collection[str]]
"""By path, the SHA-256 of each content that pbmon may have left there."""

_NOTE = (
    "Kept by pbmon: the files it wrote here, each with the SHA-256 of its content. Other files are"
    " left alone."
)
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Manifest:
    """files: path to SHA-256 of what the last build wrote. environment: the one it was for; empty
    if unknown. shared: whether the folder held other files before the first build, so that pbmon
    must not replace it. pending: what a running or interrupted build writes.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    environment: str = ""
    shared: bool = False
    pending: Mapping[str, str] = field(default_factory=dict)

    @property
    def digests(self) -> Digests:
        """Of the files, and of what was pending."""
        return {
            path: {digests[path] for digests in (self.files, self.pending) if path in digests}
            for path in {**self.files, **self.pending}
        }

    def beyond(self, rendered: Iterable[str], partial: bool) -> Manifest:
        """The part that a build leaves alone: for a partial one, the files it does not render."""
        if not partial:
            return Manifest(environment=self.environment, shared=self.shared)
        others = {*self.files, *self.pending}.difference(rendered)
        files, pending = (
            {path: digests[path] for path in digests if path in others}
            for digests in (self.files, self.pending)
        )
        return Manifest(files, self.environment, self.shared, pending)

    def dump(self) -> bytes:
        """Its text: sorted, with one line a file so that git can merge it, without empty parts."""
        content: dict[str, Any] = {"note": _NOTE}
        if self.environment:
            content["environment"] = self.environment
        if self.shared:
            content["shared"] = True
        content["files"] = dict(sorted(self.files.items()))
        if self.pending:
            content["pending"] = dict(sorted(self.pending.items()))
        return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def load(folder: Path, display: Path) -> Manifest | None:
    """What the last build left; None where there is no manifest.

    display: the folder as messages name it. UsageError for a manifest that is cut short, merged
    badly or not a plain file.
    """
    file = folder / MANIFEST
    try:
        if file.is_symlink():
            raise ValueError("a symbolic link")
        return _checked(json.loads(file.read_bytes()))
    except FileNotFoundError:
        return None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"{display / MANIFEST} cannot be read as pbmon wrote it (half written, or merged by"
            " hand?), so it does not say which files are pbmon's; nothing is written",
            "restore it from version control; or a build with --force writes it and every"
            " generated file anew, and leaves files that are no longer rendered for you to delete",
        ) from error


def _checked(content: Any) -> Manifest:
    manifest = Manifest(
        content["files"],
        content.get("environment", ""),
        content.get("shared", False),
        content.get("pending", {}),
    )
    digests = [*manifest.files.values(), *manifest.pending.values()]
    if not all(isinstance(digest, str) and _DIGEST.fullmatch(digest) for digest in digests):
        raise ValueError("something else than SHA-256")
    if not isinstance(manifest.environment, str) or not isinstance(manifest.shared, bool):
        raise TypeError("something else than a name, true or false")
    return manifest


def is_as_written(content: bytes, digests: Collection[str]) -> bool:
    """Whether a file still holds what was recorded. Line endings that a checkout on Windows changed
    do not count as an edit.
    """
    return sha256(content) in digests or sha256(content.replace(b"\r\n", b"\n")) in digests


def sha256(content: bytes) -> str:
    """The digest that stands in a manifest."""
    return hashlib.sha256(content).hexdigest()
