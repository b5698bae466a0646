"""Runs the modules of a definitions folder, each to its end whatever is wrong in another."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from pbmon.catalog import recovery
from pbmon.catalog.python_errors import explained
from pbmon.catalog.series_names import SeriesNames
from pbmon.catalog.unbound import Noted
from pbmon.errors import DefinitionError, UsageError
from pbmon.expr.reading import names_from
from pbmon.source import Source


@dataclass(frozen=True)
class Module:
    """A module that ran. namespace: its global names. noted: what its statements made."""

    namespace: dict[str, Any]
    noted: Noted


class _Loader(SourceFileLoader):
    """Runs a file under its path below the definitions, so that messages and generated files show
    no machine's folders.
    """

    def __init__(self, name: str, file: Path, finder: _Finder) -> None:
        super().__init__(name, str(file))
        self.finder = finder

    def exec_module(self, module: ModuleType) -> None:
        file = Path(self.path)
        self.finder.names.namespaces.append(vars(module))
        noted, errors = recovery.run(file, self.finder.display_path(file), vars(module))
        self.finder.errors += errors
        self.finder.finished.append(Module(vars(module), noted))


class _Finder(MetaPathFinder):
    """Finds the folder under its own name, and what lies in it; everything else is left to Python.

    A folder in it is a package, with and without an `__init__.py`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.package = folder.name
        self.finished: list[Module] = []
        self.names = SeriesNames()
        self.errors: list[DefinitionError] = []

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        if name != self.package and not name.startswith(self.package + "."):
            return None
        place = self.folder.joinpath(*name.split(".")[1:])
        inside = place / "__init__.py"
        if inside.is_file():
            return spec_from_file_location(
                name,
                inside,
                loader=_Loader(name, inside, self),
                submodule_search_locations=[str(place)],
            )
        file = place.with_name(place.name + ".py")
        if name != self.package and file.is_file():
            return spec_from_file_location(name, file, loader=_Loader(name, file, self))
        return ModuleSpec(name, None, is_package=True) if place.is_dir() else None

    def display_path(self, file: Path) -> str:
        return f"{self.package}/{file.relative_to(self.folder).as_posix()}"


def read_modules(folder: Path) -> tuple[list[Module], list[DefinitionError]]:
    """Every module of the folder and of the folders in it, a module after those it imports; and
    every mistake in them.

    Raises UsageError when there is no such folder, or none that Python could import.
    """
    folder = folder.resolve()
    if not folder.is_dir():
        raise UsageError(
            f"there is no definitions folder {folder.name}/",
            "`pbmon init DIR` makes a small project, or name it: --definitions DIR",
        )
    if not folder.name.isidentifier() or folder.name == "pbmon":
        raise UsageError(
            f"folder {folder.name!r} cannot be imported as a package",
            "name it with letters, digits and underscores, but not pbmon",
        )
    files = list(_python_files(folder))
    if not files:
        problem = "there is no definition, so nothing can be rendered"
        nothing = Source(folder.name, 0)
        return [], [DefinitionError(nothing, problem, "`pbmon init DIR` shows a small project")]
    # what a module prints must not get into an answer for machines
    with (
        _importing(folder) as finder,
        names_from(finder.names),
        redirect_stdout(sys.stderr),
    ):
        for file in files:
            if why_not := _unreachable(file, folder):
                finder.errors.append(
                    DefinitionError(Source(finder.display_path(file), 0), *why_not)
                )
                continue
            parts = file.relative_to(folder).with_suffix("").parts
            if parts[-1] == "__init__":
                parts = parts[:-1]
            try:
                importlib.import_module(".".join((folder.name, *parts)))
            except Exception as error:  # a name that nothing can be imported under
                finder.errors.append(explained(error, finder.display_path(file)))
        return finder.finished, finder.errors


def _python_files(folder: Path) -> Iterator[Path]:
    """The modules, sorted, `__init__.py` of a folder first.

    Skips hidden folders and the overlays of environments.
    """
    seen: set[Path] = set()
    for above, folders, names in os.walk(folder, followlinks=True):
        here = Path(above)
        seen.add(here.resolve())
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name != "__pycache__"
            and not (here == folder and name == "environments")
            and (here / name).resolve() not in seen  # a link may lead back up
        )
        yield from sorted(here / name for name in names if name.endswith(".py") and name[0] != ".")


def _unreachable(file: Path, folder: Path) -> tuple[str, str] | None:
    """Why no import leads to the file, and what to do; None where one does."""
    if not file.is_file():
        return "this is no file that can be read, so what it defines is missing", "remove it"
    names = file.relative_to(folder).with_suffix("").parts
    dotted = next((name for name in names if "." in name), "")
    if dotted:
        return (
            f"{dotted!r} holds a dot, so Python does not read this file",
            "name it with letters, digits and underscores",
        )
    if names[-1] != "__init__" and file.with_suffix("").joinpath("__init__.py").is_file():
        return (
            f"the folder {names[-1]}/ has the same name, so Python does not read this file",
            "rename one of the two",
        )
    for above in file.relative_to(folder).parents[:-1]:
        inside, beside = folder / above / "__init__.py", (folder / above).with_suffix(".py")
        if beside.is_file() and not inside.is_file():
            return (
                f"the module {beside.name} lies beside the folder {above.name}/, so Python does not"
                " read this file",
                "rename one of the two",
            )
    return None


@contextmanager
def _importing(folder: Path) -> Iterator[_Finder]:
    """The folder importable under its name; afterwards as if it had never been imported."""
    finder = _Finder(folder)
    mine = (folder.name, folder.name + ".")
    hidden = {
        name: module
        for name, module in sys.modules.items()
        if name == mine[0] or name.startswith(mine[1])
    }
    for name in hidden:
        del sys.modules[name]
    sys.meta_path.insert(0, finder)
    try:
        yield finder
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name == mine[0] or name.startswith(mine[1])]:
            del sys.modules[name]
        sys.modules.update(hidden)
