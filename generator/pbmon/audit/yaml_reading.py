"""Reads YAML into texts, lists and mappings that know their lines, in bounded memory.

Every scalar is text, as Prometheus reads them; what other readers take for null is an empty text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

MOST_VALUES = 1_000_000
"""Of a file, with aliases written out: a few of them can stand for more than memory holds."""
DEEPEST = 200
"""Lists and mappings within each other."""

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_MERGE = "<<"


class Unreadable(ValueError):
    """line: where it stops, from 1; 0 where no line is to blame."""

    def __init__(self, problem: str, line: int = 0) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line


class Mapping(dict[str, Any]):
    """line: where it begins. keys_at: the line of each key. blocks: of values that are written as
    lines of their own (`|`), the line of the first.
    """

    __slots__ = ("blocks", "keys_at", "line")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.keys_at: dict[str, int] = {}
        self.blocks: dict[str, int] = {}


class Sequence(list[Any]):
    """line: where it begins. lines: of each item."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


def documents(text: str) -> Iterator[Any]:
    """The documents of a stream, one after another. Raises Unreadable with the line where it is no
    YAML, or more than is read; the documents before it are given first.
    """
    try:
        yield from _Composer(yaml.parse(text, Loader=yaml.CBaseLoader)).documents()
    except yaml.MarkedYAMLError as error:
        # the parser notices a missing colon some lines below
        is_key = error.context == "while scanning a simple key"
        mark = (is_key and error.context_mark) or error.problem_mark or error.context_mark
        problem = " ".join(str(error.problem or error.context or error).split())
        raise Unreadable(f"it is no YAML: {problem}", mark.line + 1 if mark else 0) from None
    except yaml.reader.ReaderError as error:
        # the parser counts bytes
        line = text.encode("utf-8", "replace").count(b"\n", 0, error.position) + 1
        problem = f"it is no YAML: character U+{error.character:04X} may not stand in it"
        raise Unreadable(problem, line) from None
    except yaml.YAMLError as error:
        raise Unreadable(f"it is no YAML: {' '.join(str(error).split())}") from None


class _Composer:
    """Builds values from the parser's events. Sizes count what aliases stand for."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._values = 0

    def documents(self) -> Iterator[Any]:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors = {}
                yield self._value(next(self._events), 0)

    def _value(self, event: Any, depth: int) -> Any:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, line)
        before = self._values
        self._count(1, line)
        if depth > DEEPEST:
            raise Unreadable(f"it nests more than {DEEPEST} lists and mappings", line)
        value: Any
        if isinstance(event, yaml.ScalarEvent):
            is_plain = event.implicit[0]
            value = "" if is_plain and event.value in _NULL else event.value
        elif isinstance(event, yaml.SequenceStartEvent):
            value = Sequence(line)
            for item in iter(self._events.__next__, None):
                if isinstance(item, yaml.SequenceEndEvent):
                    break
                value.lines.append(item.start_mark.line + 1)
                value.append(self._value(item, depth + 1))
        else:
            value = self._mapping(line, depth)
        if event.anchor:
            self._anchors[event.anchor] = value, self._values - before
        return value

    def _mapping(self, line: int, depth: int) -> Mapping:
        mapping, merged = Mapping(line), []
        for key in iter(self._events.__next__, None):
            if isinstance(key, yaml.MappingEndEvent):
                break
            at = key.start_mark.line + 1
            name = self._value(key, depth + 1)
            event = next(self._events)
            value = self._value(event, depth + 1)
            if name == _MERGE:
                merged += value if isinstance(value, Sequence) else [value]
            elif isinstance(name, str):
                mapping[name] = value
                mapping.keys_at[name] = at
                if getattr(event, "style", None) == "|":
                    mapping.blocks[name] = event.start_mark.line + 2
        for other in (other for other in merged if isinstance(other, Mapping)):
            for name in sorted(other.keys() - mapping.keys()):
                mapping[name] = other[name]
                mapping.keys_at[name] = other.keys_at[name]
        return mapping

    def _alias(self, event: Any, line: int) -> Any:
        if event.anchor not in self._anchors:
            raise Unreadable(f"it is no YAML: alias {event.anchor!r} stands for nothing", line)
        value, size = self._anchors[event.anchor]
        self._count(size, line)
        return value

    def _count(self, values: int, line: int) -> None:
        self._values += values
        if self._values > MOST_VALUES:
            raise Unreadable(f"it holds more than {MOST_VALUES:,} values", line)
