"""Adding floats with the same last digit on every Python."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
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
