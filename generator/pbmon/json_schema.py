"""Whether JSON certainly fits a schema. It takes microseconds, where jsonschema takes milliseconds,
and fifty of them to be imported; that is asked only where this says no, and knows why.

https://json-schema.org/draft/2020-12/json-schema-validation
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

Fits = Callable[[Any], bool]

_SAYS_NOTHING = frozenset({"$schema", "$defs", "$comment", "title", "description"})

_CLASSES: Mapping[str, tuple[type, ...]] = {
    "array": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "null": (type(None),),
    "number": (),
    "object": (dict,),
    "string": (str,),
}


def _nowhere(_: str) -> Fits:
    return lambda _: False


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def fitting(
    schema: Mapping[str, Any] | bool,
    find: Callable[[str], Fits] = _nowhere,
    is_number: Fits = _is_number,
) -> Fits:
    """What says whether a value fits; no for a word that is not known here. find: of the schema
    that a `$ref` names. is_number: whether a value is a number.
    """
    if isinstance(schema, bool):
        return lambda _: schema
    tests = [
        _test(word, rule, schema, lambda part: fitting(part, find, is_number), find, is_number)
        for word, rule in schema.items()
        if word not in _SAYS_NOTHING
    ]
    return lambda value: all(test(value) for test in tests)


def _test(
    word: str,
    rule: Any,
    schema: Mapping[str, Any],
    part: Callable[[Any], Fits],
    find: Callable[[str], Fits],
    is_number: Fits,
) -> Fits:
    """What one word of a schema asks for. part: of a schema in it."""
    match word:
        case "$ref":
            return partial(_found, find, rule)  # not before: a part may hold itself
        case "type":
            return _typed([rule] if isinstance(rule, str) else rule, is_number)
        case "const":
            return lambda value: type(value) is type(rule) and value == rule
        case "enum":
            return lambda value: any(type(value) is type(each) and value == each for each in rule)
        case "pattern":
            search = re.compile(rule).search
            return lambda value: not isinstance(value, str) or search(value) is not None
        case "minLength":
            return lambda value: not isinstance(value, str) or len(value) >= rule
        case "minimum":
            return lambda value: not isinstance(value, int | float) or value >= rule
        case "maximum":
            return lambda value: not isinstance(value, int | float) or value <= rule
        case "anyOf":
            some = [part(each) for each in rule]
            return lambda value: any(fits(value) for fits in some)
        case "items":
            each = part(rule)
            return lambda value: not isinstance(value, list) or all(map(each, value))
        case "minItems":
            return lambda value: not isinstance(value, list) or len(value) >= rule
        case "uniqueItems":
            return lambda value: not isinstance(value, list) or _are_different_texts(value)
        case "required":
            return lambda value: not isinstance(value, dict) or all(name in value for name in rule)
        case "minProperties":
            return lambda value: not isinstance(value, dict) or len(value) >= rule
        case "properties":
            parts = {name: part(each) for name, each in rule.items()}
            return lambda value: (
                not isinstance(value, dict)
                or all(parts[name](each) for name, each in value.items() if name in parts)
            )
        case "additionalProperties":
            return _additional(rule, schema.get("properties", {}), part)
        case "propertyNames":
            named = part(rule)
            return lambda value: not isinstance(value, dict) or all(map(named, value))
        case _:
            return lambda _: False


def _found(find: Callable[[str], Fits], name: str, value: Any) -> bool:
    return find(name)(value)


def _typed(kinds: list[str], is_number: Fits) -> Fits:
    classes = tuple(each for kind in kinds for each in _CLASSES[kind])
    numbers, booleans = "number" in kinds, "boolean" in kinds
    return lambda value: (
        (isinstance(value, classes) and (booleans or not isinstance(value, bool)))
        or (numbers and is_number(value))
    )


def _additional(rule: Any, known: Mapping[str, Any], part: Callable[[Any], Fits]) -> Fits:
    if rule is False:
        return lambda value: not isinstance(value, dict) or value.keys() <= known.keys()
    each = part(rule)
    return lambda value: (
        not isinstance(value, dict)
        or all(each(item) for name, item in value.items() if name not in known)
    )


def _are_different_texts(items: list[Any]) -> bool:
    return all(isinstance(item, str) for item in items) and len(set(items)) == len(items)
