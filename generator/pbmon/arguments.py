"""Checks every argument of every definition against its annotation when the call is made.

Our own code because of what libraries leave out: beartype looks at one item of a list, chosen at
random; typeguard takes 30 µs for a list of three, ten times as much as this; both take a text for a
sequence of texts, and neither copies what the caller may change later.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import is_dataclass
from functools import cache, wraps
from types import FunctionType, NoneType, UnionType
from typing import (
    Any,
    Literal,
    NamedTuple,
    TypeVar,
    Union,
    Unpack,
    get_args,
    get_origin,
    get_type_hints,
)

from pbmon.arguments_texts import OPERATORS, is_number, refusal, signature_error, unpacked
from pbmon.errors import DefinitionError
from pbmon.placeholder import FollowUp, depends_on_placeholder
from pbmon.source import here

T = TypeVar("T", bound=Callable[..., Any])
Conversion = Callable[[Any], Any]
"""The argument as it is kept, a tuple for a list, or REFUSED."""

REFUSED: Any = object()


class _Conversions(NamedTuple):
    """How the parameters of one function are checked.

    positional: in order, `self` included. rest: for `*arguments`.
    """

    positional: tuple[Conversion, ...]
    rest: Conversion | None
    by_name: dict[str, Conversion]


def checked(target: T) -> T:
    """A decorator: every call with an argument of another type than its annotation says is a
    DefinitionError at the author's line.

    target: a function, or a class, of which then the constructor, the operators and the public
    methods are checked (those defined in the class itself). Above @dataclass. Lists are handed
    on as tuples and dicts as copies, so that what the caller changes later changes nothing.
    """
    if not isinstance(target, type):
        return _checked_function(target)  # type: ignore[return-value]
    for name, member in list(vars(target).items()):
        is_called = name in {"__init__", *OPERATORS} or not name.startswith("_")
        if isinstance(member, FunctionType) and is_called:
            constructed = target if name == "__init__" else None
            setattr(target, name, _checked_function(member, constructed))
    return target


def _checked_function(
    function: Callable[..., Any], constructed: type | None = None
) -> Callable[..., Any]:
    """constructed: the class whose constructor the function is."""
    conversions: _Conversions | None = None

    @wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        nonlocal conversions
        if conversions is None:  # not before: annotations name what is defined further down
            conversions = _conversions(function, constructed)
        positional, rest, by_name = conversions
        values: Sequence[Any] = arguments
        for index, value in enumerate(arguments):
            convert = positional[index] if index < len(positional) else rest
            if convert is not None:
                converted = convert(value)
                if converted is not value:
                    if converted is REFUSED:
                        raise refused(index, value, arguments, keywords)
                    values = [*values[:index], converted, *values[index + 1 :]]
        for name, value in keywords.items():
            convert = by_name.get(name)
            if convert is None:
                if error := _signature_misfit(function, constructed, values, keywords):
                    raise error
            else:
                converted = convert(value)
                if converted is not value:
                    if converted is REFUSED:
                        raise refused(name, value, arguments, keywords)
                    keywords[name] = converted
        try:
            return function(*values, **keywords)
        except TypeError:
            if error := _signature_misfit(function, constructed, values, keywords):
                raise error from None
            raise

    def refused(
        place: int | str, value: object, arguments: tuple[Any, ...], keywords: dict[str, Any]
    ) -> Exception:
        if depends_on_placeholder([arguments, keywords]):
            return FollowUp()
        signature = inspect.signature(function)
        if error := _signature_misfit(function, constructed, arguments, keywords):
            return error  # the argument may stand where another belongs
        name = place if isinstance(place, str) else _parameter_at(signature, place)
        title = _title(function, constructed, arguments)
        bound = signature.bind_partial(*arguments, **keywords).arguments
        whose = next((bound[key] for key in ("name", "title") if key in bound), None)
        if constructed and isinstance(whose, str) and name not in {"name", "title"}:
            title = f"{title} {whose!r}"
        parameter = signature.parameters.get(name)  # none for those of Unpack[...]
        starred = parameter is not None and parameter.kind is inspect.Parameter.VAR_POSITIONAL
        kind = _hints(function, constructed)[name]
        problem, help = refusal(title, name, kind, value, _fits, starred)
        return DefinitionError(here(), problem, help)

    return call


def _signature_misfit(
    function: Callable[..., Any],
    constructed: type | None,
    values: Sequence[Any],
    keywords: dict[str, Any],
) -> Exception | None:
    """What is wrong where the call does not fit the signature."""
    signature = unpacked(inspect.signature(function), _hints(function, constructed))
    try:
        signature.bind(*values, **keywords)
    except TypeError as error:
        if depends_on_placeholder([values, keywords]):
            return FollowUp()
        title = _title(function, constructed, values)
        by_name = _conversions(function, constructed).by_name
        # a label's source is for our own labels, which no author's line made
        names = [name for name in by_name if name != "source"]
        problem, help = signature_error(title, signature, names, str(error), keywords)
        return DefinitionError(here(), problem, help)
    return None


def _conversions(function: Callable[..., Any], constructed: type | None) -> _Conversions:
    hints = _hints(function, constructed)
    parameters = unpacked(inspect.signature(function), hints).parameters.values()
    positional: list[Conversion] = []
    rest: Conversion | None = None
    by_name: dict[str, Conversion] = {}
    for index, parameter in enumerate(parameters):
        if index == 0 and parameter.name == "self":
            positional.append(_unchanged)
            continue
        if parameter.kind is parameter.VAR_KEYWORD:
            continue
        convert = conversion(hints[parameter.name])
        if parameter.kind is parameter.VAR_POSITIONAL:
            rest = convert
        elif parameter.kind is parameter.KEYWORD_ONLY:
            by_name[parameter.name] = convert
        else:
            positional.append(convert)
            by_name[parameter.name] = convert
    return _Conversions(tuple(positional), rest, by_name)


def _parameter_at(signature: inspect.Signature, place: int) -> str:
    """The name of the parameter that takes the positional argument."""
    for index, parameter in enumerate(signature.parameters.values()):
        if index == place or parameter.kind is parameter.VAR_POSITIONAL:
            return parameter.name
    raise IndexError(place)


def _title(function: Callable[..., Any], constructed: type | None, arguments: Sequence[Any]) -> str:
    """What the author called."""
    return type(arguments[0]).__name__ if constructed else function.__name__


@cache
def _hints(function: Callable[..., Any], constructed: type | None) -> dict[str, Any]:
    """Annotations by parameter. Those of a dataclass are resolved in the module of the class that
    declares the field.
    """
    if constructed is not None and is_dataclass(constructed):
        return get_type_hints(constructed)
    hints = get_type_hints(function)
    for kind in list(hints.values()):
        if get_origin(kind) is Unpack:
            hints |= get_type_hints(get_args(kind)[0])
    return hints


def conversion(kind: Any) -> Conversion:
    """The conversion for an annotation. TypeError for an annotation that cannot be checked."""
    if kind is Any or kind is object:
        return _unchanged
    if classes := _classes(kind):
        return _instance(classes)
    arguments = get_args(kind)
    origin = get_origin(kind)
    if origin is Literal:
        return lambda value: (
            value
            if any(type(value) is type(known) and value == known for known in arguments)
            else REFUSED
        )
    if origin in {Union, UnionType}:
        return _first([conversion(argument) for argument in arguments])
    if origin is tuple and arguments[-1] is not Ellipsis:
        return _tuple([conversion(argument) for argument in arguments])
    if origin in {Sequence, tuple}:
        return _sequence(conversion(arguments[0]), list | tuple if origin is tuple else Sequence)
    if origin is Mapping:
        return _mapping(conversion(arguments[0]), conversion(arguments[1]))
    raise TypeError(f"no argument can be held against the annotation {kind!r}")


def _fits(kind: Any, value: object) -> bool:
    return conversion(kind)(value) is not REFUSED


def _classes(kind: Any) -> tuple[type, ...]:
    """The classes of an annotation that isinstance() decides; empty for any other."""
    if kind is None:
        return (NoneType,)
    if kind is float:
        return (float, int)
    if isinstance(kind, type) and get_origin(kind) is None:
        return (kind,)
    if get_origin(kind) in {Union, UnionType}:
        each = [_classes(argument) for argument in get_args(kind)]
        return tuple(name for classes in each for name in classes) if all(each) else ()
    return ()


def _unchanged(value: Any) -> Any:
    return value


def _instance(classes: tuple[type, ...]) -> Conversion:
    if int in classes and bool not in classes:
        return lambda value: (
            value
            if isinstance(value, classes) and (not isinstance(value, int) or is_number(value))
            else REFUSED
        )
    return lambda value: value if isinstance(value, classes) else REFUSED


def _first(conversions: list[Conversion]) -> Conversion:
    def convert(value: Any) -> Any:
        for each in conversions:
            if (converted := each(value)) is not REFUSED:
                return converted
        return REFUSED

    return convert


def _sequence(each: Conversion, accepted: Any) -> Conversion:
    def convert(value: Any) -> Any:
        if not isinstance(value, accepted) or isinstance(value, str | bytes | bytearray):
            return REFUSED
        converted = tuple(map(each, value))
        return REFUSED if any(item is REFUSED for item in converted) else converted

    return convert


def _tuple(each: list[Conversion]) -> Conversion:
    def convert(value: Any) -> Any:
        if not isinstance(value, tuple | list) or len(value) != len(each):
            return REFUSED
        converted = tuple(convert(item) for convert, item in zip(each, value, strict=True))
        return REFUSED if any(item is REFUSED for item in converted) else converted

    return convert


def _mapping(key: Conversion, each: Conversion) -> Conversion:
    def convert(value: Any) -> Any:
        if not isinstance(value, Mapping):
            return REFUSED
        converted = {key(name): each(item) for name, item in value.items()}
        return (
            REFUSED
            if REFUSED in converted or any(v is REFUSED for v in converted.values())
            else converted
        )

    return convert
