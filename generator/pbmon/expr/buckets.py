"""Bounds of buckets as they are exposed in the label `le`."""

from __future__ import annotations


def bucket_text(bound: float) -> str:
    """A bound as prometheus_client writes it in `le`: 1 gives `1.0`, 0.3 gives `0.3`, 1e6 gives
    `1e+06`.
    """
    if bound == float("inf"):
        return "+Inf"
    text = repr(float(bound))
    digits, dot, fraction = text.partition(".")
    if dot and len(digits) > 6:  # Go turns to exponents sooner than Python does
        mantissa = f"{digits[0]}.{digits[1:]}{fraction}".rstrip("0.")
        return f"{mantissa}e+{len(digits) - 1:02d}"
    return text
