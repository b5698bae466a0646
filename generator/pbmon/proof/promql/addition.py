"""Adding floats with the same last digit on every Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, reduce
from math import fsum
from operator import add


def total(values: Sequence[float]) -> float:
    """The exact sum, rounded once.

    The built-in sum() rounds after each addend before Python 3.12 and makes up for it from 3.12 on,
    so rendered proofs would differ. Infinities of both signs give NaN, and what is beyond the
    largest float is infinite.
    """
    try:
        return fsum(values)
    except (OverflowError, ValueError):
        return reduce(add, values)


Adding = Callable[[Sequence[float]], float]


def _one_by_one(values: Sequence[float], *, first: int, backwards: bool) -> float:
    """Rounded after each addend, beginning with another one."""
    begin = first % len(values)
    order = [*values[begin:], *values[:begin]]
    return reduce(add, reversed(order) if backwards else order)


ORDERS: tuple[Adding, ...] = tuple(
    partial(_one_by_one, first=first, backwards=backwards)
    for first in range(3)
    for backwards in (False, True)
)
"""Ways in which Prometheus may add series up: in any order. The last digit differs."""
