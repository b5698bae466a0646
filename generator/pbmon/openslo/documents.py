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
_MERGE = "tag:yaml.org,2002:merge"
_NULL = "tag:yaml.org,2002:null"
_SPECIFICATION = "see https://github.com/OpenSLO/OpenSLO#specification"


@dataclass(frozen=True)
class Document:
    """One document.

    file: its name in messages. data: mappings, lists and texts; a number is the text in the file.
    """

    file: str
    node: yaml.Node
    data: Mapping[str, Any]

    def source(self, *path: str | int) -> Source:
        """The line of the key at that path."""
        return Source(self.file, find(self.node, path)[0])

    def refuse(self, path: tuple[str | int, ...], problem: str, help: str) -> NoReturn:
        """Raises the mistake at that path."""
        raise DefinitionError(self.source(*path), problem, help)

    def get(self, *path: str | int) -> Any:
        """The value at the path; None where there is none."""
        value: Any = self.data
        for step in path:
            if isinstance(value, Mapping):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def text(self, *path: str | int) -> str:
        """The text at the path; empty where there is none."""
        value = self.get(*path)
        if value is not None and not isinstance(value, str):
            self.refuse(path, f"{_dotted(path)} is no text", _SPECIFICATION)
        return value or ""

    def flag(self, *path: str | int, default: bool = False) -> bool:
        """The boolean at the path, in any word of YAML 1.1 (`true`, `yes`, `on`)."""
        text = self.text(*path)
        value: bool | None = yaml.SafeLoader.bool_values.get(text.lower()) if text else default
        if value is None:
            self.refuse(
                path,
                f"{_dotted(path)} is {text!r}, which is neither true nor false",
                "true or false",
            )
        return value

    def only(self, path: tuple[str | int, ...], *keys: str) -> None:
        """Raises the first key below the path that is none of these and has a value."""
        value = self.get(*path)
        for key, content in value.items() if isinstance(value, Mapping) else ():
            if key not in keys and content not in (None, [], {}):
                problem = f"key {key!r} is not read here, so what it says would be lost"
                self.refuse((*path, key), problem, f"read here: {', '.join(keys)}")

    @property
    def kind(self) -> str:
        return self.text("kind")

    @property
    def name(self) -> str:
        return self.text("metadata", "name")


def read(content: bytes, file: str) -> list[Document]:
    """Every SLO and SLI of the file. Services and data sources are skipped: pbmon defines those.

    Raises DefinitionErrors for what YAML cannot read, repeated keys, another version, kinds
    that pbmon does not know, and a file without any SLO.
    """
    documents, errors = [], []
    for node in _nodes(content, file):
        try:
            data = _plain(node, file, {})
            document = Document(file, node, data if isinstance(data, dict) else {})
            _check_kind(document)
            documents.append(document)
        except DefinitionError as error:
            errors.append(error)
    if not errors and all(document.kind != "SLO" for document in documents):
        errors.append(
            DefinitionError(
                Source(file, 0), "the file has no SLO, so it defines nothing", "kind: SLO"
            )
        )
    if errors:
        raise DefinitionErrors(errors)
    return [document for document in documents if document.kind in {"SLO", "SLI"}]


def _nodes(content: bytes, file: str) -> list[yaml.Node]:
    """The documents that hold something."""
    text, line = "", 0
    try:
        text = content.decode()
        nodes = list(yaml.compose_all(text, Loader=yaml.SafeLoader))
        return [node for node in nodes if node is not None and node.tag != _NULL]
    except UnicodeDecodeError as error:
        line, problem = content.count(b"\n", 0, error.start) + 1, "it is not UTF-8"
    except yaml.MarkedYAMLError as error:
        line, problem = error.problem_mark.line + 1 if error.problem_mark else 0, str(error.problem)
    except yaml.reader.ReaderError as error:
        line, problem = (
            text.count("\n", 0, error.position) + 1,
            f"character U+{error.character:04X} may not stand in it",
        )
    except RecursionError:
        problem = "it nests too deep"
    raise DefinitionErrors(
        [DefinitionError(Source(file, line), f"YAML cannot read this: {problem}", "")]
    )


def _check_kind(document: Document) -> None:
    first = Source(document.file, document.node.start_mark.line + 1)
    if document.text("apiVersion") != API_VERSION:
        line = document.source("apiVersion") if "apiVersion" in document.data else first
        version = document.text("apiVersion") or "no apiVersion"
        raise DefinitionError(
            line,
            f"the document is of {version}, which pbmon does not read",
            f"apiVersion: {API_VERSION}",
        )
    if document.kind not in _READ_KINDS:
        help = (
            f"pbmon reads {', '.join(_READ_KINDS)}; it makes burn alerts from the objective itself,"
            " so leave alert kinds out"
        )
        document.refuse(("kind",), f"kind {document.kind!r} is not read", help)
    if not document.name:
        raise DefinitionError(
            first,
            "the document has no name, so nothing can be called after it",
            "metadata: {name: ...}",
        )


def _plain(node: yaml.Node, file: str, converted: dict[yaml.Node, Any]) -> Any:
    """The node as mappings, lists and texts. converted: results by node, for aliases.

    Raises DefinitionError for a key of which something would be lost.
    """
    if node in converted:
        return converted[node]
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        converted[node] = mapping
        for key, value in node.value:
            _check_key(key, mapping, Source(file, key.start_mark.line + 1))
            mapping[key.value] = _plain(value, file, converted)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        items: list[Any] = []
        converted[node] = items
        items.extend(_plain(item, file, converted) for item in node.value)
        return items
    return None if node.tag == _NULL else node.value


def _check_key(key: yaml.Node, before: Mapping[str, Any], source: Source) -> None:
    if not isinstance(key, yaml.ScalarNode):
        raise DefinitionError(
            source, "a key is a list or a mapping, and OpenSLO has texts only", _SPECIFICATION
        )
    if key.tag == _MERGE:
        raise DefinitionError(
            source, "'<<' takes keys from another mapping, which is not read", "write them out"
        )
    if key.value in before:
        raise DefinitionError(
            source,
            f"key {key.value!r} stands here a second time, and only one of them would count",
            "write it once",
        )


def _dotted(path: tuple[str | int, ...]) -> str:
    return ".".join(map(str, path))
