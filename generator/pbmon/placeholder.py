"""Replaces a value that a mistake prevented, so that reading the definitions can go on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

KEY = "__placeholder__"
"""Under this name modules of definitions see PLACEHOLDER, and `**PLACEHOLDER` gives it away."""


class FollowUp(Exception):
    """Something cannot be made only because of an earlier mistake; it is no mistake itself."""


class Placeholder:
    """Answers attributes, calls, items and arithmetic with itself. What needs a real value (a text,
    a number, a truth) raises FollowUp.
    """

    def __getattr__(self, name: str) -> Placeholder:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: object, **__: object) -> Placeholder:
        return self

    def __getitem__(self, _: object) -> Any:
        return self

    def __iter__(self) -> Iterator[Placeholder]:
        yield self

    def __bool__(self) -> bool:
        raise FollowUp

    def keys(self) -> tuple[str, ...]:
        """For `**`: one keyword that no signature has."""
        return (KEY,)

    def _itself(self, *_: object) -> Placeholder:
        return self

    def _no_value(self, *_: object) -> NoReturn:
        raise FollowUp

    __add__ = __sub__ = __mul__ = __truediv__ = __and__ = __or__ = __mod__ = __pow__ = _itself
    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rand__ = __ror__ = __rmod__ = _itself
    __gt__ = __lt__ = __ge__ = __le__ = __neg__ = __abs__ = _itself
    __str__ = __format__ = __len__ = __int__ = __float__ = __index__ = __contains__ = _no_value


PLACEHOLDER = Placeholder()


def depends_on_placeholder(value: object) -> bool:
    """Whether the value is a placeholder, or a list, tuple, set or dict that holds one."""
    waiting, seen = [value], set[int]()
    while waiting:
        item = waiting.pop()
        if isinstance(item, Placeholder):
            return True
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, dict):
            waiting += [*item, *item.values()]
        elif isinstance(item, list | tuple | set | frozenset):
            waiting += item
    return False
