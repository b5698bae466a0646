"""Numbers that authors write."""

from __future__ import annotations

from decimal import Decimal

from pbmon.errors import DefinitionError
from pbmon.expr.nodes import Number, is_float
from pbmon.source import here

Scalar = int | float | Decimal


def literal(value: Scalar) -> Number:
    """A number as the author wrote it: floats by their shortest text, so 0.1 stays 0.1.

    DefinitionError for one that Prometheus, which computes with 64 bits, cannot tell from 0 or from
    infinity.
    """
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not is_float(exact):
        raise DefinitionError(
            here(),
            f"{exact:.3e} is a number that Prometheus cannot hold",
            "numbers lie between 5e-324 and 1.7e+308 and have at most 340 digits",
        )
    return Number(exact)
