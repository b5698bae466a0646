"""The app's own source, for the checks that look at what it does with its metrics."""

from __future__ import annotations

import ast
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from pbmon.app_source.copies import AppCopy
from pbmon.errors import UsageError
from pbmon.source import Source

_NOT_THE_APP = frozenset({"__pycache__", "node_modules", "site-packages", "test", "tests", "venv"})
"""Folders that hold no code the app runs; a metric that only tests update is not updated."""


@dataclass(frozen=True)
class AppFile:
    """One Python file.

    module: how the app imports it (`shop.orders`). display_path: its path in messages.
    """

    module: str
    display_path: str
    is_package: bool
    tree: ast.Module


@dataclass(frozen=True)
class AppSource:
    """Every file of an app. unread: where and why Python cannot read a file. copies: its copies of
    the generated modules, which are none of the files.
    """

    files: tuple[AppFile, ...]
    unread: tuple[tuple[Source, str], ...]
    copies: tuple[AppCopy, ...] = ()


def read_app(folder: Path, without: Collection[Path] = ()) -> AppSource:
    """The Python files below the folder, sorted by path; without tests, hidden folders and virtual
    environments.

    without: further folders and files to leave out. Files that pbmon rendered belong there, for
    they would count as the app's work.

    Raises UsageError where there is no such folder, or no Python file in it.
    """
    if not folder.is_dir():
        raise UsageError(
            f"{folder} is no folder, so there is no app to read",
            "--app names the folder of the app's source",
        )
    files: list[AppFile] = []
    unread: list[tuple[Source, str]] = []
    left_out = {path.resolve() for path in without}
    for path in _python_files(folder, left_out):
        display_path = path.as_posix()
        try:
            tree = ast.parse(path.read_bytes(), display_path)
        except (OSError, SyntaxError, ValueError) as error:
            reason = error.msg if isinstance(error, SyntaxError) else str(error)
            unread.append((Source(display_path, getattr(error, "lineno", None) or 0), reason))
            continue
        parts = path.relative_to(folder).with_suffix("").as_posix().removeprefix("src/")
        is_package = path.name == "__init__.py"
        module = parts.removesuffix("__init__").rstrip("/").replace("/", ".")
        files.append(AppFile(module, display_path, is_package, tree))
    if not files and not unread:
        raise UsageError(
            f"{folder} holds no Python of an app's own, so there is nothing to read",
            "--app names the folder of the app's source",
        )
    return AppSource(tuple(files), tuple(unread))


def _python_files(folder: Path, left_out: Collection[Path]) -> Iterator[Path]:
    for above, folders, names in os.walk(folder):
        here = Path(above)
        apart = [
            name
            for name in folders
            if (here / name / "pyvenv.cfg").exists() or (here / name).resolve() in left_out
        ]
        folders[:] = sorted(
            {name for name in folders if not name.startswith(".")} - _NOT_THE_APP - set(apart)
        )
        for name in sorted(names):
            if (
                name.endswith(".py")
                and not name.startswith("test_")
                and name != "conftest.py"
                and (here / name).resolve() not in left_out
            ):
                yield here / name
