"""Runs the modules of a definitions folder, each one even when another is broken."""

from __future__ import annotations

import difflib
import importlib
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from inspect import isfunction
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from pbmon.catalog.unbound import lost
from pbmon.errors import DefinitionError, DefinitionErrors, UsageError
from pbmon.source import Source


class _Loader(SourceFileLoader):
    """Compiles under the path relative to the project, so that messages and generated files show no
    machine's folders.
    """

    def __init__(self, name: str, path: str, shown: str, finished: list[str]) -> None:
        super().__init__(name, path)
        self.shown = shown
        self.finished = finished

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - the protocol's name
        return compile(self.get_data(self.path), self.shown, "exec", dont_inherit=True)

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        self.finished.append(module.__name__)


class _Finder(MetaPathFinder):
    """Finds the folder under its own name and the modules in it; everything else is
    left to Python.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.package = folder.name
        self.finished: list[str] = []

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        if name == self.package:
            file = self.folder / "__init__.py"
            if not file.exists():
                return ModuleSpec(name, None, is_package=True)
            return spec_from_file_location(
                name,
                file,
                loader=self._loader(name, file),
                submodule_search_locations=[str(self.folder)],
            )
        if name.startswith(self.package + "."):
            file = self.folder.joinpath(*name.split(".")[1:]).with_suffix(".py")
            return (
                spec_from_file_location(name, file, loader=self._loader(name, file))
                if file.is_file()
                else None
            )
        return None

    def _loader(self, name: str, file: Path) -> _Loader:
        return _Loader(name, str(file), self.shown(file), self.finished)

    def shown(self, file: Path) -> str:
        return f"{self.package}/{file.relative_to(self.folder).as_posix()}"


def run_modules(folder: Path) -> list[dict[str, Any]]:
    """The global names of every module of the folder, a module after those it imports.

    Raises UsageError when there is no such folder, DefinitionErrors with every module's mistake
    otherwise.
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
    files = sorted(file for file in folder.glob("*.py") if file.name != "__init__.py")
    if not files:
        raise DefinitionErrors(
            [
                DefinitionError(
                    Source(folder.name, 0),
                    "there is no definition, so nothing can be rendered",
                    "`pbmon init DIR` shows a small project",
                )
            ]
        )
    errors: list[DefinitionError] = []
    with _importing(folder) as finder:
        for file in files:
            try:
                importlib.import_module(f"{folder.name}.{file.stem}")
                errors += lost(file.read_text("utf-8"), finder.shown(file))
            except DefinitionError as error:
                errors.append(error)
            except (Exception, SystemExit) as error:
                errors.append(_explained(error, finder.shown(file)))
        if errors:
            raise DefinitionErrors(errors)
        return [vars(sys.modules[name]) for name in finder.finished if name != folder.name]


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


def _explained(error: BaseException, shown: str) -> DefinitionError:
    """An exception of Python's as a mistake at the author's line."""
    if isinstance(error, SyntaxError):
        line = (error.text or "").strip()
        return DefinitionError(
            Source(error.filename or shown, error.lineno or 0),
            f"Python cannot read this: {error.msg}",
            line,
        )
    package = shown.partition("/")[0] + "/"
    lines = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(package)
    ]
    source = Source(lines[-1].filename, lines[-1].lineno or 0) if lines else Source(shown, 0)
    if isinstance(error, AttributeError) and type(error.obj).__module__.startswith("pbmon."):
        offered = [
            name
            for name in dir(error.obj)
            if isfunction(getattr(type(error.obj), name, None)) and not name.startswith("_")
        ]
        kind = type(error.obj).__name__
        return DefinitionError(
            source, f"{_article(kind)} has no .{error.name}", f"it has {', '.join(offered)}"
        )
    if (
        isinstance(error, ImportError)
        and error.name
        and error.path
        and not error.name.startswith(package[:-1])
    ):
        missing = str(error).partition("import name ")[2].partition(" ")[0].strip("'")
        near = difflib.get_close_matches(
            missing, getattr(sys.modules.get(error.name), "__all__", ()), 3
        )
        return DefinitionError(
            source,
            f"{error.name} has no {missing!r}",
            f"near it: {', '.join(near)}" if near else "",
        )
    return DefinitionError(source, f"{type(error).__name__}: {error}", _advice(error))


def _article(kind: str) -> str:
    return f"{'an' if kind[0] in 'AEIO' else 'a'} {kind}"


def _advice(error: BaseException) -> str:
    text = str(error)
    if isinstance(error, NameError | ImportError):
        told = "".join(traceback.TracebackException.from_exception(error).format_exception_only())
        return (
            "did you mean" + told.partition("Did you mean:")[2].rstrip()
            if "Did you mean:" in told
            else ""
        )
    if isinstance(error, TypeError) and "'Counter'" in text:
        return 'a counter only grows: compare or combine its .rate("5m")'
    if isinstance(error, TypeError) and "'Histogram'" in text:
        return (
            'a histogram is no number: use .quantile(0.95, "5m"), .mean("5m") or'
            ' .observations.rate("5m")'
        )
    return ""
