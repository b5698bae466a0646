"""The syntax of a template as immutable values. position: of the first character in the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


class TemplateMistake(Exception):
    """The text is no template that Prometheus 2.42 reads. position: where, from 0."""

    def __init__(self, problem: str, position: int, help: str = "") -> None:
        super().__init__(problem)
        self.problem, self.position, self.help = problem, position, help


@dataclass(frozen=True, slots=True)
class Text:
    """What stands outside of actions, already cut by trim markers."""

    text: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A string, a number, true or false. Numbers without a point or an exponent are Go's int."""

    value: str | bool | int | float


@dataclass(frozen=True, slots=True)
class Nil:
    """`nil`."""


@dataclass(frozen=True, slots=True)
class Dot:
    """`.`: the whole data, or what `with` and `range` have put in its place."""


@dataclass(frozen=True, slots=True)
class Field:
    """`.a.b`."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """`$x.a.b`; `$` alone has an empty name after the dollar. name: with the dollar."""

    name: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Function:
    """A function's name; its arguments are the command's."""

    name: str


@dataclass(frozen=True, slots=True)
class Chain:
    """`(…).a.b` or `function.a`."""

    operand: Operand
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Command:
    """One stage of a pipeline: the first operand with its arguments."""

    operands: tuple[Operand, ...]
    position: int = 0


@dataclass(frozen=True, slots=True)
class Pipeline:
    """`$a, $b := command | command`. declares: with dollars. assigns: `=` in place of `:=`."""

    commands: tuple[Command, ...]
    declares: tuple[str, ...] = ()
    assigns: bool = False


@dataclass(frozen=True, slots=True)
class Print:
    """`{{ pipeline }}`; prints nothing where it declares."""

    pipeline: Pipeline


@dataclass(frozen=True, slots=True)
class Branch:
    """`{{ if|with|range pipeline }} … {{ else }} … {{ end }}`. otherwise: None without `else`."""

    kind: Literal["if", "with", "range"]
    pipeline: Pipeline
    body: tuple[Node, ...]
    otherwise: tuple[Node, ...] | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """`{{ break }}` or `{{ continue }}`."""

    kind: Literal["break", "continue"]


@dataclass(frozen=True, slots=True)
class Include:
    """`{{ template "name" pipeline }}`."""

    name: str
    pipeline: Pipeline | None = None


Operand = Constant | Nil | Dot | Field | Variable | Function | Chain | Pipeline
Node = Text | Print | Branch | Leave | Include


@dataclass(frozen=True, slots=True)
class Template:
    """A whole text. defined: templates that it defines, by name."""

    nodes: tuple[Node, ...]
    defined: dict[str, tuple[Node, ...]]
