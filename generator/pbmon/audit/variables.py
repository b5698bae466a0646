"""What Grafana puts in place of variables, as far as a dashboard tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pbmon.audit.expressions import UNKNOWN, Expression, expression
from pbmon.checks.dashboards.parts import Json, part, parts, text
from pbmon.checks.dashboards.variables import DURATIONS, NUMBERS, USE
from pbmon.expr.parsing import QUOTED

_A_WINDOW = "$__interval"
"""What `expr.syntax` reads as a window that Grafana fills in."""
_STAND_INS = (UNKNOWN, "300", "5m", "")
"""What a variable outside of quotes may stand for: a name, a number, a duration, nothing."""
_LOGQL = re.compile(
    r"\|[=~>]|\|\s*(?:json|logfmt|pattern|regexp|unwrap|line_format|label_format)\b"
)


@dataclass(frozen=True)
class Variable:
    """values: those that its author listed; empty where a query finds them."""

    name: str
    type: str
    values: tuple[str, ...] = ()


def variables_of(dashboard: Json) -> dict[str, Variable]:
    """The variables of a dashboard, and the inputs that are asked for when it is imported."""
    inputs = [
        Variable(text(each, "name"), text(each, "type"), tuple(filter(None, [text(each, "value")])))
        for each in parts(dashboard, "__inputs")
    ]
    defined = [
        Variable(text(each, "name"), text(each, "type"), tuple(_values(each)))
        for each in parts(dashboard, "templating", "list")
    ]
    return {variable.name: variable for variable in (*inputs, *defined) if variable.name}


def _values(variable: Json) -> Iterator[str]:
    match variable.get("type"):
        case "custom":
            for option in parts(variable, "options"):
                if isinstance(value := option.get("value"), str) and value != "$__all":
                    yield value
            yield from _texts(part(variable, "current").get("value"))
        case "constant" | "textbox":
            yield text(variable, "query")


def _texts(value: Any) -> Iterator[str]:
    listed = value if isinstance(value, list) else [value]
    return (each for each in listed if isinstance(each, str) and each != "$__all")


def asked(query: str, variables: dict[str, Variable]) -> Expression:
    """The expression that Grafana sends. A matcher on a variable has the value UNKNOWN.

    Where a variable stands outside of quotes, what it may be is tried; if nothing of it makes an
    expression, nothing is known.
    """
    bare = names_outside(query, variables)
    if not bare:
        return expression(_replaced(query, variables, UNKNOWN))
    listed = [value for name in bare if name in variables for value in variables[name].values]
    for stand_in in (*dict.fromkeys(listed), *_STAND_INS):
        read = expression(_replaced(query, variables, stand_in))
        if read.node is not None:
            return read
    return Expression()


def names_outside(query: str, variables: dict[str, Variable]) -> list[str]:
    """Names of the variables that stand outside of quotes, without windows and numbers: what they
    are, only a reader of the dashboard knows.
    """
    return [
        name
        for piece in QUOTED.sub('""', query).split('""')
        for name in _names(piece)
        if name not in DURATIONS | NUMBERS and _type(name, variables) != "interval"
    ]


def is_logql(query: str) -> bool:
    """Whether the text is a query of Loki's, which has `expr` too."""
    return _LOGQL.search(QUOTED.sub('""', query)) is not None


def _replaced(query: str, variables: dict[str, Variable], outside: str) -> str:
    """outside: what stands in place of a variable that is not quoted."""
    pieces, end = [], 0
    for match in QUOTED.finditer(query):
        pieces.append(_filled(query[end : match.start()], variables, outside))
        pieces.append(_filled(match[0], variables, UNKNOWN, quoted=True))
        end = match.end()
    return "".join([*pieces, _filled(query[end:], variables, outside)])


def _filled(text: str, variables: dict[str, Variable], other: str, *, quoted: bool = False) -> str:
    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2] or match[3]
        if name in DURATIONS or _type(name, variables) == "interval":
            return "5m" if quoted else (f"${name}" if name in DURATIONS else _A_WINDOW)
        if name in NUMBERS:
            return "300"
        variable = variables.get(name)
        if variable and variable.type == "constant" and variable.values:
            return variable.values[0]
        if quoted and variable is None and not name.startswith("__"):
            return match[0]  # Grafana leaves it as it stands
        return other

    return USE.sub(value, text)


def _names(text: str) -> Iterator[str]:
    return (match[1] or match[2] or match[3] for match in USE.finditer(text))


def _type(name: str, variables: dict[str, Variable]) -> str:
    return variables[name].type if name in variables else ""
