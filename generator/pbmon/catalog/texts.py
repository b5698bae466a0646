"""Texts that no file can hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from pbmon.content import slots_of
from pbmon.errors import DefinitionError
from pbmon.source import Source


class _Sourced(Protocol):
    @property
    def source(self) -> Source: ...


def unwritable(definitions: Iterable[_Sourced]) -> Iterator[DefinitionError]:
    """An error for each definition with a text that UTF-8 cannot express: half of a surrogate pair,
    written as an escape.
    """
    seen: set[int] = set()
    for definition in definitions:
        for text in _texts(definition, seen):
            try:
                text.encode()
            except UnicodeEncodeError as error:
                problem = (
                    f"{text!r} holds {text[error.start]!r}, half a character, so no file can hold"
                    " the text"
                )
                yield DefinitionError(
                    definition.source,
                    problem,
                    "write the character itself, or \\U and its eight digits",
                )


def _texts(definition: object, seen: set[int]) -> Iterator[str]:
    """Every text in the definition that is not plain ASCII; visits each object of pbmon once."""
    waiting: list[Any] = [definition]
    while waiting:
        value = waiting.pop()
        kind: Any = type(value)
        if isinstance(value, str):
            if not value.isascii():
                yield value
        elif isinstance(value, list | tuple):
            waiting += value
        elif isinstance(value, Mapping):
            waiting += [*value, *value.values()]
        elif kind.__module__.startswith("pbmon.") and id(value) not in seen:
            seen.add(id(value))
            waiting += getattr(value, "__dict__", {}).values()
            waiting += [getattr(value, name, None) for name in slots_of(kind)]
