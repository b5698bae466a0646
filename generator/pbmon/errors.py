"""Errors that end a run: what is wrong with the definitions, or with the call."""

from __future__ import annotations

from collections.abc import Iterable

from pbmon.source import Source


class DefinitionError(Exception):
    """One fact wrong in the definitions.

    source: where the author wrote it; None when no line can be blamed (an empty folder, say).
    problem: the fact and its consequence, one sentence without a full stop.
    help: what exists, or what to do.
    """

    def __init__(self, source: Source | None, problem: str, help: str = "") -> None:
        super().__init__(problem)
        self.source = source
        self.problem = problem
        self.help = help

    def __str__(self) -> str:
        where = f"{self.source}: " if self.source else ""
        return f"{where}{self.problem}" + (f"\n  help: {self.help}" if self.help else "")


class DefinitionErrors(Exception):
    """Every mistake found in one reading of the definitions, in order of file and line."""

    def __init__(self, errors: Iterable[DefinitionError]) -> None:
        unique = {str(error): error for error in errors}
        self.errors = sorted(unique.values(), key=_by_place)
        super().__init__("\n".join(map(str, self.errors)))


def _by_place(error: DefinitionError) -> tuple[str, int, str]:
    return (
        (error.source.file, error.source.line, str(error)) if error.source else ("", 0, str(error))
    )


class UsageError(Exception):
    """The call cannot be carried out as given (exit code 2): a missing tool, folder or permission.

    problem and help as in DefinitionError.
    """

    def __init__(self, problem: str, help: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.help = help

    def __str__(self) -> str:
        return self.problem + (f"\n  help: {self.help}" if self.help else "")
