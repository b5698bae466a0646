"""Texts of values: equal ones for equal values, in every process. What is remembered between runs
is found by them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from hashlib import sha256
from types import FunctionType
from typing import Any

_WHERE = frozenset({"definition", "source", "written"})
"""Fields that say where something is written; who reads more of a definition names it besides."""

_LONG = 80
"""Characters from which on a digest stands for the text of an object."""

_PLAIN = frozenset({bool, int, float, str, bytes, Decimal, type(None)})


class Contents:
    """The texts of values, of each object worked out once. An object has its class and the fields
    by which it is compared, without those of _WHERE.
    """

    def __init__(self) -> None:
        self._texts: dict[int, tuple[object, str]] = {}

    def of(self, *values: object) -> str:
        """The text of these values, in this order."""
        return self._text(values)

    def _text(self, value: Any) -> str:
        kind: Any = type(value)
        if kind in _PLAIN:
            return repr(value)
        if isinstance(value, tuple | list):
            return f"[{','.join(map(self._text, value))}]"
        if kind is frozenset:
            return f"{{{','.join(sorted(map(self._text, value)))}}}"
        if isinstance(value, Mapping):
            pairs = (f"{self._text(key)}:{self._text(each)}" for key, each in value.items())
            return f"{{{','.join(pairs)}}}"
        if isinstance(value, FunctionType | type):
            return f"{value.__module__}.{value.__qualname__}"
        if id(value) not in self._texts:  # the object is kept, so that no other gets its id
            parts = map(self._text, _parts_of(kind)(value))
            text = f"{kind.__name__}({','.join(parts)})"
            long = len(text) >= _LONG
            brief = sha256(text.encode(errors="surrogatepass")).hexdigest() if long else text
            self._texts[id(value)] = value, brief
        return self._texts[id(value)][1]


@cache
def slots_of(kind: Any) -> tuple[str, ...]:
    """Names of what objects of the class hold besides their __dict__."""
    return tuple(name for above in kind.__mro__ for name in above.__dict__.get("__slots__", ()))


@cache
def _parts_of(kind: Any) -> Callable[[Any], list[Any]]:
    """What gives the values that make up an object of the class."""
    if is_dataclass(kind):
        compared = [field.name for field in fields(kind) if field.compare]
        names = [name for name in compared if name not in _WHERE]
        return lambda value: [getattr(value, name) for name in names]
    if kind.__module__.partition(".")[0] == "builtins":
        raise TypeError(f"{kind.__name__} has no text")
    slots = slots_of(kind)
    return lambda value: [
        *(getattr(value, name) for name in slots),
        *(pair for pair in getattr(value, "__dict__", {}).items() if pair[0] not in _WHERE),
    ]
