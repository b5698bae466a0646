"""What a template reads of its alert: which labels, and whether its value.

It follows `.`, variables, `with` and `range`, without expanding anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Literal

from pbmon.go_template.nodes import (
    Branch,
    Chain,
    Command,
    Constant,
    Dot,
    Field,
    Function,
    Include,
    Node,
    Operand,
    Pipeline,
    Print,
    Template,
    Variable,
)

Thing = Literal["data", "labels", "external labels", "value", "other"]
"""What an operand is: the whole data, the alert's labels, …"""

_FIELDS: dict[str, Thing] = {
    "Labels": "labels",
    "ExternalLabels": "external labels",
    "ExternalURL": "other",
    "Value": "value",
}
_VARIABLES: dict[str, Thing] = {
    "$": "data",
    "$labels": "labels",
    "$externalLabels": "external labels",
    "$externalURL": "other",
    "$value": "value",
}
_MOST_INCLUDES = 100


@dataclass
class Reading:
    """labels: of the series, by name, in the order of the text. value: whether it reads what
    changes from one evaluation to the next: the value, or a query. external: whether it reads the
    external labels. unknown: a field of the data that does not exist (`.labels`), empty for none.
    """

    labels: list[str] = field(default_factory=list)
    value: bool = False
    external: bool = False
    unknown: str = ""


def reading(template: Template) -> Reading:
    """What an alert's text reads."""
    reader = _Reader(template)
    reader.nodes("data", template.nodes)
    reader.reading.labels = list(dict.fromkeys(reader.reading.labels))
    return reader.reading


def constants(part: object) -> Iterator[str | bool | int | float]:
    """Every constant in a template, or in a part of one."""
    if isinstance(part, Constant):
        yield part.value
    elif isinstance(part, tuple):
        for each in part:
            yield from constants(each)
    elif isinstance(part, Mapping):
        yield from constants(tuple(part.values()))
    elif is_dataclass(part):
        yield from constants(tuple(getattr(part, each.name) for each in fields(part)))


class _Reader:
    def __init__(self, template: Template) -> None:
        self.reading = Reading()
        self._template = template
        self._variables = dict(_VARIABLES)
        self._includes = 0

    def nodes(self, dot: Thing, nodes: Sequence[Node]) -> None:
        for node in nodes:
            match node:
                case Print():
                    self._print(dot, node)
                case Branch():
                    self._branch(dot, node)
                case Include():
                    self._include(dot, node)

    def _branch(self, dot: Thing, node: Branch) -> None:
        outside = dict(self._variables)
        thing = self._pipeline(dot, node.pipeline)
        inside: dict[str, Thing] = {"if": dot, "with": thing, "range": "other"}
        if node.kind == "range":
            self._variables |= dict.fromkeys(node.pipeline.declares, "other")
        self.nodes(inside[node.kind], node.body)
        self.nodes(dot, node.otherwise or ())
        self._variables = outside

    def _print(self, dot: Thing, node: Print) -> None:
        thing = self._pipeline(dot, node.pipeline)
        if thing == "data" and not node.pipeline.declares:
            self._everything()

    def _include(self, dot: Thing, node: Include) -> None:
        thing = self._pipeline(dot, node.pipeline) if node.pipeline else "other"
        self._includes += 1
        if self._includes <= _MOST_INCLUDES:
            outside, self._variables = self._variables, {"$": thing}
            self.nodes(thing, self._template.defined.get(node.name, ()))
            self._variables = outside

    def _pipeline(self, dot: Thing, pipeline: Pipeline) -> Thing:
        thing: Thing = "other"
        for command in pipeline.commands:
            thing = self._command(dot, command, thing)
        for name in pipeline.declares:
            self._variables[name] = thing
        return thing

    def _command(self, dot: Thing, command: Command, final: Thing) -> Thing:
        first, *arguments = command.operands
        if not isinstance(first, Function):
            things = [self._operand(dot, operand) for operand in command.operands]
            return things[0]
        things = [self._operand(dot, argument) for argument in arguments]
        if first.name == "query":
            self.reading.value = True
        if first.name == "index" and arguments and isinstance(arguments[-1], Constant):
            return self._field(things[0], str(arguments[-1].value))
        if "data" in (*things, final):
            self._everything()
        return things[-1] if first.name in {"and", "or"} and things else "other"

    def _operand(self, dot: Thing, operand: Operand) -> Thing:
        match operand:
            case Dot():
                return self._told(dot)
            case Field():
                return self._fields(dot, operand.names)
            case Variable():
                thing = self._variables.get(operand.name, "other")
                return self._fields(thing, operand.fields)
            case Chain():
                return self._fields(self._operand(dot, operand.operand), operand.names)
            case Function():
                return self._command(dot, Command((operand,)), "other")
            case Pipeline():
                return self._pipeline(dot, operand)
            case _:
                return "other"

    def _fields(self, thing: Thing, names: Sequence[str]) -> Thing:
        for name in names:
            thing = self._field(self._told(thing), name)
        return self._told(thing)

    def _field(self, thing: Thing, name: str) -> Thing:
        if thing == "labels":
            self.reading.labels.append(name)
        if thing != "data":
            return "other"
        if name not in _FIELDS:
            self.reading.unknown = self.reading.unknown or name
        return self._told(_FIELDS.get(name, "other"))

    def _told(self, thing: Thing) -> Thing:
        if thing == "value":
            self.reading.value = True
        if thing == "external labels":
            self.reading.external = True
        return thing

    def _everything(self) -> None:
        self.reading.value = self.reading.external = True
