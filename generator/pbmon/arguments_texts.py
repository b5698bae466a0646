"""Messages for a refused argument: what was given, what belongs there, and an example."""

from __future__ import annotations

import difflib
import inspect
import re
import reprlib
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from inspect import isgenerator
from types import NoneType, UnionType
from typing import Any, Literal, Union, Unpack, get_args, get_origin, get_type_hints

OPERATORS = {
    "__add__": "+",
    "__sub__": "-",
    "__mul__": "*",
    "__truediv__": "/",
    "__mod__": "%",
    "__pow__": "**",
    "__radd__": "+",
    "__rsub__": "-",
    "__rmul__": "*",
    "__rtruediv__": "/",
    "__rmod__": "%",
    "__rpow__": "**",
    "__gt__": ">",
    "__lt__": "<",
    "__ge__": ">=",
    "__le__": "<=",
}

_NOUNS = {
    str: ("a text", "texts", '"..."'),
    int: ("a whole number", "whole numbers", "1"),
    float: ("a number", "numbers", "0.5"),
    Decimal: ("a number", "numbers", "0.5"),
    bool: ("True or False", "True or False", "True"),
    NoneType: ("None", "None", "None"),
}
"""By type: one, many, an example."""


_BITS = 1024
"""Whole numbers of more do not become a float, as Prometheus's values are."""


def is_number(value: int) -> bool:
    """Whether the int is a number here: no boolean, and not too large for a float."""
    return not isinstance(value, bool) and value.bit_length() <= _BITS


def refusal(
    title: str,
    name: str,
    kind: Any,
    value: object,
    fits: Callable[[Any, object], bool],
    starred: bool = False,
) -> tuple[str, str]:
    """The problem and the help for an argument that does not fit its annotation.

    title: the class or function called. fits: whether a value is of a kind. starred: whether the
    parameter is `*name`, one of several arguments.
    """
    whole, path = (kind, value), ""
    while inner := _misfit(kind, value, fits):
        step, kind, value = inner
        path += step
    actual, belongs = _value_text(value), described(kind)
    if title in OPERATORS:
        problem = f"`{OPERATORS[title]}` is given {actual}, where {belongs} belongs"
    else:
        call = title if title[0].isupper() else f"{title}()"
        problem = f"{name}{path} of {call} is {actual}, where {belongs} belongs"
    if isinstance(value, bool) and "a vector" in belongs:
        return problem, "`==` and `!=` compare Python objects: use .equals(0) or .differs(0)"
    if "a vector" in belongs and (instead := getattr(value, "AS_VECTOR", "")):
        return problem, instead
    if title in OPERATORS:
        return problem, ""
    kind, value = whole
    if starred:
        several = isinstance(value, list | tuple) and all(fits(kind, item) for item in value)
        return problem, "each as an argument of its own: *[...]" if several else example(kind)
    return problem, _advice(name, kind, value, fits)


def _misfit(
    kind: Any, value: object, fits: Callable[[Any, object], bool]
) -> tuple[str, Any, object] | None:
    """The first item that does not fit, in a list, tuple or mapping.

    Returns its place, the kind that belongs there, and the item.
    """
    for container in _alternatives(kind):
        origin, arguments = get_origin(container), get_args(container)
        items: list[tuple[str, Any, object]] = []
        if origin is Sequence and isinstance(value, list | tuple):
            items = [(f"[{index}]", arguments[0], item) for index, item in enumerate(value)]
        elif origin is tuple and isinstance(value, list | tuple) and len(value) == len(arguments):
            places = enumerate(zip(arguments, value, strict=True))
            items = [(f"[{index}]", each, item) for index, (each, item) in places]
        elif origin is Mapping and isinstance(value, Mapping):
            for key, item in value.items():
                items.append((" (a key)", arguments[0], key))
                items.append((f"[{reprlib.repr(key)}]", arguments[1], item))
        for step, each, item in items:
            if not fits(each, item):
                return step, each, item
    return None


def _alternatives(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in {Union, UnionType} else (kind,)


def _advice(name: str, kind: Any, value: object, fits: Callable[[Any, object], bool]) -> str:
    if isgenerator(value):
        return f"a generator is empty after one look: {name}=[... for ...]"
    for container in _alternatives(kind):
        if get_origin(container) is Sequence and fits(get_args(container)[0], value):
            example_text = (
                reprlib.repr(value) if isinstance(value, str) else example(get_args(container)[0])
            )
            return f"put it into a list: {name}=[{example_text}]"
    return f"{name}={example(kind)}"


def described(kind: Any, many: bool = False) -> str:
    """An annotation in words: `a list of texts`."""
    if kind in _NOUNS:
        return _NOUNS[kind][many]
    if kind is None:
        return "None"
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        types = [argument for argument in arguments if argument is not NoneType]
        each = dict.fromkeys(described(argument, many) for argument in types)
        if {"a number", "numbers"} & each.keys():
            each.pop("whole numbers" if many else "a whole number", None)
        return " or ".join(each)
    if origin is Literal:
        return "one of " + ", ".join(map(repr, arguments))
    if origin is tuple and arguments[-1] is not Ellipsis:
        each_place = ", ".join(described(argument) for argument in arguments)
        return f"{'tuples' if many else 'a tuple'} ({each_place})"
    if origin in {Sequence, tuple}:
        return f"{'lists' if many else 'a list'} of {described(arguments[0], many=True)}"
    if origin is Mapping:
        keys, values = (described(argument, many=True) for argument in arguments)
        return f"{'dicts' if many else 'a dict'} from {keys} to {values}"
    noun = getattr(kind, "NOUN", "")
    if many:
        return f"{noun}s" if noun else f"{kind.__name__} objects"
    return with_article(noun or kind.__name__)


def example(kind: Any) -> str:
    """How a value of the annotation is written. A class may say it in its EXAMPLE, and what it is
    called in its NOUN.
    """
    if kind in _NOUNS:
        return _NOUNS[kind][2]
    if kind is Any:
        return "..."
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        return example(arguments[0])
    if origin is Literal:
        return repr(arguments[0])
    if origin is tuple and arguments[-1] is not Ellipsis:
        return f"({', '.join(map(example, arguments))})"
    if origin in {Sequence, tuple}:
        return f"[{example(arguments[0])}]"
    if origin is Mapping:
        return f"{{{example(arguments[0])}: {example(arguments[1])}}}"
    return str(getattr(kind, "EXAMPLE", f"{kind.__name__}(...)"))


def _value_text(value: object) -> str:
    kind = type(value)
    if isinstance(value, str):
        return f"the text {_short(value)}"
    if isinstance(value, bool | NoneType):
        return repr(value)
    if isinstance(value, int) and not is_number(value):
        return "a number beyond what a float can hold"
    if kind in {int, float, Decimal}:
        return f"the number {_short(value)}"
    if isinstance(value, type):
        return f"the class {value.__name__} itself"
    return with_article(kind.__name__)


def _short(value: object) -> str:
    printer = reprlib.Repr()
    printer.maxstring = printer.maxlong = printer.maxother = 60
    return printer.repr(value)


def shared_keywords(kind: Any) -> list[str]:
    """The keywords of `**arguments: Unpack[...]`."""
    return list(get_type_hints(get_args(kind)[0])) if get_origin(kind) is Unpack else []


def unpacked(signature: inspect.Signature, hints: Mapping[str, Any]) -> inspect.Signature:
    """The signature with the keywords of `**arguments: Unpack[...]` one by one."""
    parameters: list[inspect.Parameter] = []
    for parameter in signature.parameters.values():
        names = shared_keywords(hints.get(parameter.name))
        by_name = inspect.Parameter.KEYWORD_ONLY
        parameters += [inspect.Parameter(name, by_name, default=None) for name in names]
        parameters += [parameter] * (not names)
    return signature.replace(parameters=parameters)


def with_article(noun: str) -> str:
    """`a Job`, `an Alert`."""
    return f"{'an' if noun[0] in 'AEIOaeio' else 'a'} {noun}"


def signature_error(
    title: str,
    signature: inspect.Signature,
    names: Sequence[str],
    message: str,
    keywords: Mapping[str, object],
) -> tuple[str, str]:
    """The problem and the help for a call that does not fit the signature.

    names: of its parameters. message: what Signature.bind() says.
    """
    parameters = [each for each in signature.parameters.values() if each.name != "self"]
    call = title if title[0].isupper() else f"{title}()"
    listed = f"{call} takes {', '.join(names) or 'nothing'}"
    unknown = [name for name in keywords if name not in names]
    if unknown:
        near = difflib.get_close_matches(unknown[0], names, 1)
        help = f"did you mean {near[0]}? {listed}" if near else listed
        return f"{call} has no argument {unknown[0]!r}", help
    if missing := re.search(r"missing a required (?:[\w-]+ )?argument: '(\w+)'", message):
        return f"{call} is missing its argument {missing.group(1)!r}", listed
    if twice := re.search(r"multiple values for argument '(\w+)'", message):
        place = [each.name for each in parameters].index(twice.group(1)) + 1
        return (
            f"{call} is given {twice.group(1)!r} twice: as its argument number {place}, and by"
            " keyword",
            listed,
        )
    if "too many positional" in message:
        by_keyword = [each.name for each in parameters if each.kind is each.KEYWORD_ONLY]
        name_them = f"; by keyword only: {', '.join(by_keyword)}" if by_keyword else ""
        return f"{call} has too many arguments without a keyword", listed + name_them
    return f"{call} cannot be called so: {message}", listed
