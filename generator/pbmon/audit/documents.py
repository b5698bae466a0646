"""Reads files into documents whose parts know their lines."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pbmon.artifact import Place
from pbmon.audit.json_lines import JsonLines
from pbmon.audit.yaml_reading import DEEPEST, Mapping, Sequence, Unreadable, documents
from pbmon.source import Source

MOST_BYTES = 16 * 2**20
"""Of a file; dashboards and rule files have some thousands, and at most a few millions."""

_MOST_SIGNS = 2_000_000
"""Signs of JSON, each of which may stand for a value."""
_HELM = re.compile(
    r"\{\{-?\s*(?:/\*|(?:if|else|end|range|with|include|template|define|tpl|toYaml|required)\b"
    r"|\.(?:Values|Release|Chart|Files|Capabilities)\b)"
)


@dataclass(frozen=True, eq=False)
class Document:
    """file: as messages name it. data: mappings, lists and values; of YAML every scalar is text.

    line_of: the line of the part at a place; of what is not there, the line of the part around it.
    is_json: whether its scalars have types.
    """

    file: str
    data: Any
    line_of: Callable[[Place], int]
    is_json: bool = False

    def source(self, *place: str | int) -> Source:
        """The line of a part."""
        return Source(self.file, self.line_of(place))


def read(path: Path, name: str) -> Iterator[Document]:
    """The documents of a file. name: as messages name it.

    Raises Unreadable for what is no text, no YAML or JSON, or more than is read; the documents
    before the fault are given first.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"it cannot be read: {error.strerror}") from None
    if len(content) > MOST_BYTES:
        raise Unreadable(f"it has more than {MOST_BYTES >> 20} MiB, which is not read")
    if b"\0" in content:
        raise Unreadable("it is no text: it holds a zero byte", _line(content, b"\0"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable("it is no text in UTF-8", line) from None
    yield from documents_of(text, name)


def documents_of(text: str, name: str, first: int = 1, flat: bool = False) -> Iterator[Document]:
    """The documents of a text that begins in line `first` of the file. flat: all of it stands in
    that line.

    Raises as `read`.
    """

    def placed(line: int) -> int:
        return first if flat else line + first - 1

    try:
        if _looks_like_json(text):
            yield _json(text, name, first, flat)
            return
        for data in documents(text):
            if data != "":
                yield Document(name, data, _lines_of(data, placed))
    except Unreadable as error:
        raise Unreadable(error.problem, error.line and placed(error.line)) from None
    except RecursionError:
        raise Unreadable(f"it nests more than {DEEPEST} lists and mappings") from None


def _lines_of(data: Any, placed: Callable[[int], int]) -> Callable[[Place], int]:
    return lambda place: placed(_line_in(data, place))


def templated(text: str) -> bool:
    """Whether a text holds templating that Helm would fill in."""
    return _HELM.search(text) is not None


def _json(text: str, name: str, first: int, flat: bool) -> Document:
    if sum(map(text.count, "[{,:")) > _MOST_SIGNS:
        raise Unreadable(f"it holds more than {_MOST_SIGNS:,} values")
    try:
        data = json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        raise Unreadable(f"it is no JSON: {error.msg}", error.lineno) from None
    except ValueError as error:  # a number with thousands of digits
        raise Unreadable(f"it is no JSON: {' '.join(str(error).split())}") from None
    lines = JsonLines(text, first)
    line_of: Callable[[Place], int] = (lambda _: first) if flat else lines.line
    return Document(name, data, line_of, is_json=True)


def _line_in(data: Any, place: Place) -> int:
    """The line of a part of YAML."""
    line = data.line if isinstance(data, Mapping | Sequence) else 1
    for step in place:
        if isinstance(data, Mapping) and isinstance(step, str) and step in data:
            line, data = data.keys_at[step], data[step]
        elif isinstance(data, Sequence) and isinstance(step, int) and step < len(data):
            line, data = data.lines[step], data[step]
        else:
            break
    return line


def _line(content: bytes, sign: bytes) -> int:
    return content.count(b"\n", 0, content.index(sign)) + 1


def _looks_like_json(text: str) -> bool:
    begin = text.lstrip()[:2]
    return begin[:1] in ("{", "[") and begin != "{{"
