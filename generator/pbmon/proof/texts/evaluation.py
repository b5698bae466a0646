"""Evaluates pipelines, as Go's text/template does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, assert_never

from pbmon.go_template.nodes import (
    Chain,
    Command,
    Constant,
    Dot,
    Field,
    Function,
    Nil,
    Operand,
    Pipeline,
    Variable,
)
from pbmon.proof.texts.calls import CALLS, METHODS, Call
from pbmon.proof.texts.values import (
    AnyMap,
    Data,
    FailedTemplate,
    QueryResult,
    Sample,
    StringMap,
    Time,
    UnknownTemplate,
    Value,
    truth,
    type_name,
)

MOST_STEPS = 20_000
"""Nodes and commands that one expansion evaluates."""
_DEEPEST = 40
"""Templates that call each other."""
_FIELDS = {"Labels": "labels", "Value": "value"}
_FIELDS_OF_DATA = {
    **_FIELDS,
    "ExternalLabels": "external_labels",
    "ExternalURL": "external_url",
}


class _Nothing:
    """No value comes from an earlier stage of the pipeline."""


_NOTHING: Final = _Nothing()


class Evaluation:
    """Evaluates for one alert. variables: name and value, the innermost last."""

    def __init__(self, data: Data, query: Callable[[str], QueryResult]) -> None:
        self.variables: list[tuple[str, Value]] = []
        self._steps = self._depth = 0
        self._calls = {
            **CALLS,
            "query": Call(("string",), query),
            "externalURL": Call((), lambda: data.external_url),
            "pathPrefix": Call((), lambda: ""),
        }

    def step(self) -> None:
        """Counts a step, so that no text takes long."""
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise UnknownTemplate(f"it takes more than {MOST_STEPS} steps")

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Within a template that another one calls."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise UnknownTemplate(f"its templates call each other more than {_DEEPEST} deep")
        yield
        self._depth -= 1

    def pipeline(self, dot: Value, pipeline: Pipeline) -> Value:
        """The pipeline's value; variables that it declares are known from then on."""
        value: Value | _Nothing = _NOTHING
        for command in pipeline.commands:
            value = self._command(dot, command, value)
        assert not isinstance(value, _Nothing)
        for name in pipeline.declares:
            if pipeline.assigns:
                self._set(name, value)
            else:
                self.variables.append((name, value))
        return value

    def assign(self, pipeline: Pipeline, key: Value, item: Value) -> None:
        """Sets the variables of a range to its next item."""
        if not pipeline.declares:
            return
        if pipeline.assigns:
            if len(pipeline.declares) > 1:
                raise UnknownTemplate("range that assigns two variables with =")
            self._set(pipeline.declares[0], item)
            return
        self._set(pipeline.declares[-1], item)
        if len(pipeline.declares) > 1:
            self._set(pipeline.declares[0], key)

    def _set(self, name: str, value: Value) -> None:
        for number in range(len(self.variables) - 1, -1, -1):
            if self.variables[number][0] == name:
                self.variables[number] = (name, value)
                return

    def _command(self, dot: Value, command: Command, final: Value | _Nothing) -> Value:
        self.step()
        first, *arguments = command.operands
        match first:
            case Function():
                return self._function(dot, first.name, arguments, final)
            case Field():
                return self._fields(dot, dot, first.names, arguments, final)
            case Chain():
                operand = self._operand(dot, first.operand)
                return self._fields(dot, operand, first.names, arguments, final)
            case Variable() if first.fields:
                value = self._variable(first.name)
                return self._fields(dot, value, first.fields, arguments, final)
            case Nil():
                raise FailedTemplate("nil is no command")
        if arguments or not isinstance(final, _Nothing):
            raise FailedTemplate("what is no function is given an argument")
        return self._operand(dot, first)

    def _operand(self, dot: Value, operand: Operand) -> Value:
        match operand:
            case Constant():
                return operand.value
            case Nil():
                return None
            case Dot():
                return dot
            case Field():
                return self._fields(dot, dot, operand.names, (), _NOTHING)
            case Variable():
                value = self._variable(operand.name)
                return self._fields(dot, value, operand.fields, (), _NOTHING)
            case Chain():
                value = self._operand(dot, operand.operand)
                return self._fields(dot, value, operand.names, (), _NOTHING)
            case Function():
                return self._function(dot, operand.name, (), _NOTHING)
            case Pipeline():
                return self.pipeline(dot, operand)
            case _:
                assert_never(operand)

    def _variable(self, name: str) -> Value:
        for known, value in reversed(self.variables):
            if known == name:
                return value
        raise FailedTemplate(f"there is no variable {name}")

    def _fields(
        self,
        dot: Value,
        value: Value,
        names: Sequence[str],
        arguments: Sequence[Operand],
        final: Value | _Nothing,
    ) -> Value:
        """A value's field, that field's field, and so on; the last gets the arguments."""
        given = [self._operand(dot, argument) for argument in arguments]
        if not isinstance(final, _Nothing):
            given.append(final)
        for number, name in enumerate(names):
            if number and value is None:
                raise FailedTemplate(f".{names[number - 1]} is nil, which has no .{name}")
            value = _field(value, name, given if number == len(names) - 1 else [])
        return value

    def _function(
        self, dot: Value, name: str, arguments: Sequence[Operand], final: Value | _Nothing
    ) -> Value:
        if name in {"and", "or"}:
            return self._either(dot, name, arguments, final)
        values = [self._operand(dot, argument) for argument in arguments]
        if not isinstance(final, _Nothing):
            values.append(final)
        self.step()
        return self._calls[name].of(name, values)

    def _either(
        self, dot: Value, name: str, arguments: Sequence[Operand], final: Value | _Nothing
    ) -> Value:
        if not arguments and isinstance(final, _Nothing):
            raise FailedTemplate(f"{name} takes at least 1 argument and is given 0")
        value: Value = None
        for argument in arguments:
            value = self._operand(dot, argument)
            if truth(value) == (name == "or"):
                return value
        return value if isinstance(final, _Nothing) else final


def _field(value: Value, name: str, arguments: list[Value]) -> Value:
    if isinstance(value, Time):
        if name not in METHODS:
            raise UnknownTemplate(f"the method {name} of a time")
        method = METHODS[name]
        return Call(("any", *method.takes), method.compute).of(name, [value, *arguments])
    if arguments:
        raise FailedTemplate(f".{name} is no function, and is given an argument")
    match value:
        case None:
            return None
        case StringMap():
            return value.get(name, "")
        case AnyMap():
            return value.get(name)
        case Sample() if name in _FIELDS:
            result: Value = getattr(value, _FIELDS[name])
            return result
        case Data() if name in _FIELDS_OF_DATA:
            found: Value = getattr(value, _FIELDS_OF_DATA[name])
            return found
        case Data():
            raise FailedTemplate(f"there is no .{name}, only .Labels, .Value and their like")
    raise FailedTemplate(f"a {type_name(value)} has no field {name}")
