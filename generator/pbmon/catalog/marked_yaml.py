"""YAML with the place of every key, so that a message can name its line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from math import isfinite
from typing import Any

import yaml

from pbmon.errors import DefinitionError
from pbmon.source import Source

_MERGE = "tag:yaml.org,2002:merge"
_TEXT = "tag:yaml.org,2002:str"
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9_]*)?(\.[0-9_]*)?([eE][-+]?[0-9]+)?")


class _Loader(yaml.SafeLoader):
    """Reads keys as they are written (an alert may be called `On`), each once, and decimals
    exactly: 0.001 stays 0.001.
    """

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        written = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == _MERGE:
                continue
            if key.value in written:
                problem = (
                    f"key {key.value!r} stands here a second time, and only one of them would count"
                )
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
            written.add(key.value)
            key.tag = _TEXT
        return node


def _number(loader: _Loader, node: yaml.ScalarNode) -> Decimal | float | str:
    """A decimal number; what YAML 1.1 reads in another base (010 is 8, 1:30 is 90) stays text, for
    nobody means that.
    """
    if not _DECIMAL.fullmatch(node.value):
        return str(node.value)
    value: float = loader.construct_yaml_float(node)
    return Decimal(node.value.replace("_", "")) if isfinite(value) else value


_Loader.add_constructor("tag:yaml.org,2002:int", _number)
_Loader.add_constructor("tag:yaml.org,2002:float", _number)


def read(content: bytes, file_name: str) -> tuple[Any, yaml.Node | None]:
    """The data of a YAML document, and the nodes it is made of. An empty document is an empty
    mapping.

    Raises DefinitionError at the line that cannot be read. file_name: name of the file in messages.
    """
    try:
        text = content.decode()
        root = yaml.compose(text, Loader=_Loader)
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except UnicodeDecodeError as error:
        raise _unreadable(
            file_name, content.count(b"\n", 0, error.start) + 1, "it is not UTF-8"
        ) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise _unreadable(file_name, line, str(error.problem)) from None
    except (
        ValueError,
        IndexError,
        RecursionError,
    ) as error:  # 2024-99-99, `!!float ""`, or very deep nesting
        raise _unreadable(
            file_name, 0, "it nests too deep" if isinstance(error, RecursionError) else str(error)
        ) from None
    except yaml.reader.ReaderError as error:
        problem = f"character U+{error.character:04X} may not stand in it"
        raise _unreadable(file_name, text.count("\n", 0, error.position) + 1, problem) from None
    return {} if data is None else data, root


def _unreadable(file_name: str, line: int, problem: str) -> DefinitionError:
    return DefinitionError(Source(file_name, line), f"YAML cannot read this: {problem}", "")


def find(root: yaml.Node | None, path: Sequence[Any]) -> tuple[int, yaml.Node | None]:
    """Line of the key at the path, and its value; of what does not exist, the line of the nearest
    above. 1 for the whole file.
    """
    line, node = 1, root
    for step in path:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == step), None)
            if pair is None:
                return line, None
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
            line = node.start_mark.line + 1
    return line, node
