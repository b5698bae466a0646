"""Where in a rendered file a message of promtool or amtool is about, and who wrote that."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from pbmon.artifact import Artifact, Place
from pbmon.source import Source

_POSITIONS = re.compile(r"^(?:\d+:\d+: )+")
_LINE = re.compile(r"\bline (\d+): ")
_TEXT = r'"((?:[^"\\]|\\.)*)"'
_QUOTED = re.compile(_TEXT)
_RULE = re.compile(rf"^group {_TEXT}, rule (\d+), {_TEXT}: (?:(annotation|label) {_TEXT})?")


def place(text: str, message: str) -> tuple[int, str]:
    """(line, message without its position). Line 0 where nothing in the file can be blamed.

    text: the YAML that was checked. message: one message, without the file's name in front.
    promtool writes positions in four ways: `5:15: ` in front (`0:0: ` when it does not know), `line
    5: ` of a YAML error, the group and number of a rule, or only a quoted value.
    """
    positions = _POSITIONS.match(message)
    rest = message[positions.end() :] if positions else message
    lines = [int(line) for line in re.findall(r"(\d+):\d+: ", positions[0])] if positions else []
    if numbers := [line for line in lines if line]:
        return numbers[0], rest
    if yaml_error := _LINE.search(rest):
        return int(yaml_error[1]), rest.replace(yaml_error[0], "", 1)
    if rule := _RULE.match(rest):
        return _line_of_rule(_root(text), rule[1], int(rule[2]), rule[4], rule[5]), rest
    return max((line_of_value(text, quoted) for quoted in _QUOTED.findall(rest)), default=0), rest


def author_of_line(file: Artifact, line: int) -> Source:
    """The author's line behind a line of the file; else that line itself."""
    author = file.author(_place_of_line(_root(file.text), line) if line else ())
    return Source(file.path, line) if author.file == file.path else author


def _place_of_line(root: yaml.Node | None, line: int) -> Place:
    """The way to the smallest part of a YAML document that the line, counted from 1, belongs to."""
    way: Place = ()
    while (step := _step_to(root, line - 1)) is not None:
        key, root = step
        way = (*way, key)
    return way


def _step_to(node: yaml.Node | None, line: int) -> tuple[str | int, yaml.Node] | None:
    """The last child that begins at the line, counted from 0, or above it."""
    children: list[tuple[str | int, int, yaml.Node]] = []
    if isinstance(node, yaml.MappingNode):
        children = [(key.value, key.start_mark.line, value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        children = [(index, item.start_mark.line, item) for index, item in enumerate(node.value)]
    above = [(key, child) for key, begin, child in children if begin <= line]
    return above[-1] if above else None


def line_of_value(text: str, value: str) -> int:
    """The last line of a YAML text where a scalar has this value, else 0; of two equal ones the
    second is too many.
    """
    return max(
        (node.start_mark.line + 1 for node in _scalars(_root(text)) if node.value == value),
        default=0,
    )


def _root(text: str) -> yaml.Node | None:
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return None


def _scalars(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(item)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(key)
            yield from _scalars(value)


def _line_of_rule(
    root: yaml.Node | None, group: str, number: int, part: str | None, key: str | None
) -> int:
    """The line of the number-th rule of a group, or of one of its annotations or labels."""
    for candidate in _items(_value(root, "groups")):
        name = _value(candidate, "name")
        if isinstance(name, yaml.ScalarNode) and name.value == group:
            rules = _items(_value(candidate, "rules"))
            if number <= len(rules):
                rule = rules[number - 1]
                precise = _value(_value(rule, f"{part}s"), key) if part and key else None
                return int((precise or rule).start_mark.line) + 1
    return 0


def _value(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == key), None)
    return None


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []
