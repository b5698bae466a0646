"""OpenSLO files, read document by document, every mistake with its line.

Format: https://github.com/OpenSLO/OpenSLO#specification
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import yaml

from pbmon.catalog.marked_yaml import find
from pbmon.errors import DefinitionError, DefinitionErrors
from pbmon.source import Source

API_VERSION = "openslo/v1"
_READ_KINDS = ("SLO", "SLI", "Service", "DataSource")


@dataclass(frozen=True)
class Document:
    """One document. data: mappings, lists and texts, numbers as they are written. shown: the file's name in messages."""

    shown: str
    node: yaml.Node
    data: Mapping[str, Any]

    def source(self, *path: str | int) -> Source:
        """The line of the key at that path."""
        return Source(self.shown, find(self.node, path)[0])

    def refuse(self, path: tuple[str | int, ...], problem: str, help: str) -> NoReturn:
        """Raises the mistake at that path."""
        raise DefinitionError(self.source(*path), problem, help)

    def get(self, *path: str | int) -> Any:
        """What stands at the path; None where nothing does."""
        found: Any = self.data
        for step in path:
            if isinstance(found, Mapping):
                found = found.get(step)
            elif isinstance(found, list) and isinstance(step, int) and step < len(found):
                found = found[step]
            else:
                return None
        return found

    def text(self, *path: str | int) -> str:
        """The text at the path; empty where there is none."""
        found = self.get(*path)
        if found is not None and not isinstance(found, str):
            self.refuse(path, f"{'.'.join(map(str, path))} is no text", "see https://github.com/OpenSLO/OpenSLO#specification")
        return found or ""

    @property
    def kind(self) -> str:
        return self.text("kind")

    @property
    def name(self) -> str:
        return self.text("metadata", "name")


def read(content: bytes, shown: str) -> list[Document]:
    """Every SLO and SLI of the file; services and data sources are passed over, for pbmon has its own.

    Raises DefinitionErrors for what YAML cannot read, another version, and kinds that pbmon does not know.
    """
    try:
        nodes = list(yaml.compose_all(content.decode(), Loader=yaml.SafeLoader))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DefinitionErrors([DefinitionError(Source(shown, line), "YAML cannot read this: it is not UTF-8", "")]) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise DefinitionErrors([DefinitionError(Source(shown, line), f"YAML cannot read this: {error.problem}", "")]) from None
    found, errors = [], []
    for node in nodes:
        if node is None:
            continue
        data = _plain(node)
        document = Document(shown, node, data if isinstance(data, dict) else {})
        try:
            _check_kind(document)
        except DefinitionError as error:
            errors.append(error)
        found.append(document)
    if errors:
        raise DefinitionErrors(errors)
    return [document for document in found if document.kind in {"SLO", "SLI"}]


def _check_kind(document: Document) -> None:
    first = Source(document.shown, document.node.start_mark.line + 1)
    if document.text("apiVersion") != API_VERSION:
        line = document.source("apiVersion") if "apiVersion" in document.data else first
        written = document.text("apiVersion") or "no apiVersion"
        raise DefinitionError(line, f"the document is of {written}, which pbmon does not read", f"apiVersion: {API_VERSION}")
    if document.kind not in _READ_KINDS:
        help = f"pbmon reads {', '.join(_READ_KINDS)}; it makes burn alerts from the objective itself, so leave alert kinds out"
        document.refuse(("kind",), f"kind {document.kind!r} is not read", help)
    if not document.name:
        raise DefinitionError(first, "the document has no name, so nothing can be called after it", "metadata: {name: ...}")


def _plain(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    return None if node.tag == "tag:yaml.org,2002:null" else node.value
