"""The app's copies of the generated Python modules, for the check that they are current."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pbmon.artifact import Artifact


@dataclass(frozen=True)
class AppCopy:
    """The app's copy of one generated module.

    path: of the generated module. display_path: where the copy is in the app, or would be.
    text: what the copy holds; None where the app has no such file.
    """

    path: str
    display_path: str
    text: str | None


def read_copies(app: Path, out: Path, artifacts: Iterable[Artifact]) -> tuple[AppCopy, ...]:
    """A copy of each generated Python module, in order of path. Files in the output folder itself
    are no copies.
    """
    return tuple(
        AppCopy(artifact.path, place.as_posix(), _text(place))
        for artifact, place in _places(app, artifacts)
        if place.resolve() != (out / artifact.path).resolve()
    )


def generated_modules(folder: Path, artifacts: Iterable[Artifact]) -> list[Path]:
    """Where a folder holds the generated Python modules."""
    return [place for _, place in _places(folder, artifacts) if place.is_file()]


def _places(folder: Path, artifacts: Iterable[Artifact]) -> Iterator[tuple[Artifact, Path]]:
    """Each module's place: below the app's root, or below its `src` where that was named."""
    modules = [artifact for artifact in artifacts if artifact.path.endswith(".py")]
    in_src = [artifact.path for artifact in modules if artifact.path.startswith("src/")]
    is_src = any((folder / path.removeprefix("src/")).is_file() for path in in_src)
    for artifact in modules:
        yield artifact, folder / (artifact.path.removeprefix("src/") if is_src else artifact.path)


def _text(file: Path) -> str | None:
    try:
        return file.read_bytes().decode(errors="replace")
    except OSError:
        return None
