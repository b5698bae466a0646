"""Artifacts as files in a temporary folder, for programs that read files only."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from pbmon.artifact import Artifact
from pbmon.plan.paths import ALERTS, RECORDING

RULES = (f"{ALERTS}/*.yml", f"{RECORDING}/*.yml")


def chosen(artifacts: Iterable[Artifact], *patterns: str) -> list[Artifact]:
    """The artifacts whose path matches a pattern, sorted; a `*` stays within one folder."""
    return [
        artifact
        for artifact in sorted(artifacts)
        if any(_matches(artifact.path, pattern) for pattern in patterns)
    ]


def by_path(artifacts: Iterable[Artifact]) -> dict[str, str]:
    """The text of each artifact by its path."""
    return {artifact.path: artifact.text for artifact in artifacts}


def _matches(path: str, pattern: str) -> bool:
    return path.count("/") == pattern.count("/") and PurePosixPath(path).match(pattern)


@contextmanager
def laid_out(texts: dict[str, str]) -> Iterator[Path]:
    """A temporary folder with these files. Run programs in it, with relative paths: then no message
    holds its name.
    """
    with tempfile.TemporaryDirectory(prefix="pbmon-") as name:
        folder = Path(name).resolve()
        for path, text in texts.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", errors="surrogatepass", newline="\n")
        yield folder
