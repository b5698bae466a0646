"""A small project to begin with."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pbmon.errors import UsageError


def scaffold(folder: Path) -> list[Path]:
    """Writes the definitions of a small shop below the folder and returns the files.

    UsageError, with nothing written, when definitions/ exists there already or the folder cannot be
    written.
    """
    if (folder / "definitions").exists():
        raise UsageError(
            f"{folder / 'definitions'} exists already and stays as it is",
            "name a folder without definitions/",
        )
    made = []
    try:
        for path, text in sorted(_files(files("pbmon").joinpath("scaffold"), "")):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8", newline="\n")
            made.append(target)
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be written: {error.strerror}", "name a folder you may write to"
        ) from None
    return made


def _files(folder: Traversable, prefix: str) -> list[tuple[str, str]]:
    found = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += [] if entry.name == "__pycache__" else _files(entry, f"{prefix}{entry.name}/")
        else:
            found.append((prefix + entry.name, entry.read_text("utf-8")))
    return found
