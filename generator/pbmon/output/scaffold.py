"""A small project to begin with, named after its folder."""

from __future__ import annotations

import keyword
import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pbmon.conventions import RESERVED_FILE_NAMES
from pbmon.errors import UsageError
from pbmon.output.folder import locate

GRAFANA = "http://localhost:3000"
_DOTTED = {
    "gitignore": ".gitignore",
    "github": ".github",
    "pre-commit-config.yaml": ".pre-commit-config.yaml",
}
"""Files by their name in the package, where the real name would have an effect."""
_TAKEN = sys.stdlib_module_names | {"definitions", "pbmon", "project", "prometheus_client", "src"}
"""Packages that an app of this name would hide, or be hidden by."""


@dataclass(frozen=True)
class Names:
    """name: of project, service and scrape job (`my-shop`). package: of the app, and what its
    metrics begin with (`my_shop`). title: for people (`My Shop`).
    """

    name: str
    package: str
    title: str


@dataclass(frozen=True)
class Project:
    """written: the new files. existing: files that were there already, and stay as they are."""

    written: tuple[Path, ...]
    existing: tuple[Path, ...]


def names_after(folder: str) -> Names:
    """The names that a folder's name gives; `app` where it has no letter that they may hold."""
    plain = unicodedata.normalize("NFKD", folder).encode("ascii", "ignore").decode().lower()
    words = re.findall("[a-z0-9]+", plain) or ["app"]
    if RESERVED_FILE_NAMES.fullmatch("-".join(words)):
        words.append("app")
    if words[0][0].isdigit():
        words.insert(0, "app")
    package = "_".join(words)
    if keyword.iskeyword(package) or keyword.issoftkeyword(package) or package in _TAKEN:
        package = f"{package}_app"
    return Names("-".join(words), package, " ".join(word.capitalize() for word in words))


def scaffold(
    folder: Path, name: str = "", grafana_url: str = GRAFANA, release: str = "0.1.0"
) -> Project:
    """Writes the definitions of a small service below the folder, and what CI and pre-commit need.

    name: instead of the folder's. release: of pbmon, for CI. UsageError, with nothing written, when
    definitions/ exists there already or the folder cannot be written.
    """
    locate(folder)  # not over a whole disk or home
    if (folder / "definitions").exists():
        raise UsageError(
            f"{folder / 'definitions'} exists already and stays as it is",
            "name a folder without definitions/",
        )
    names = names_after(name or folder.resolve().name)
    texts = {
        "name": names.name,
        "package": names.package,
        "title": names.title,
        "camel": names.title.replace(" ", ""),
        "uid": f"{names.name[:31].rstrip('-')}-overview",
        "grafana_url": grafana_url,
        "version": release,
    }
    written, existing = [], []
    try:
        for path, text in sorted(_files(files("pbmon").joinpath("scaffold"), "")):
            target = folder / path.replace("service.py", f"{names.package}.py")
            if target.exists():
                existing.append(target)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(_filled(text, texts), "utf-8", newline="\n")
            written.append(target)
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be written: {error.strerror}", "name a folder you may write to"
        ) from None
    return Project(tuple(written), tuple(existing))


def _filled(text: str, texts: Mapping[str, str]) -> str:
    """The text with `@name@` and the other placeholders filled in."""
    return re.sub(f"@({'|'.join(texts)})@", lambda match: texts[match[1]], text)


def _files(folder: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        path = prefix + _DOTTED.get(entry.name, entry.name)
        if not entry.is_dir():
            yield path, entry.read_text("utf-8")
        elif entry.name != "__pycache__":
            yield from _files(entry, f"{path}/")
