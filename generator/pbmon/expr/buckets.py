"""Bounds of buckets as they are exposed in the label `le`."""

from __future__ import annotations

from collections.abc import Collection
from math import inf

from pbmon.labels import Label, Matcher


def bucket_text(bound: float) -> str:
    """A bound as prometheus_client writes it in `le`: 1 gives `1.0`, 0.3 gives `0.3`, 1e6 gives
    `1e+06`.
    """
    if bound == inf:
        return "+Inf"
    text = repr(float(bound))
    digits, dot, fraction = text.partition(".")
    if dot and len(digits) > 6:  # Go turns to exponents sooner than Python does
        mantissa = f"{digits[0]}.{digits[1:]}{fraction}".rstrip("0.")
        return f"{mantissa}e+{len(digits) - 1:02d}"
    return text


def le_matcher(label: Label, bound: float) -> Matcher:
    """Selects the bucket that ends at this bound.

    Prometheus 3 stores le="16" as le="16.0"; exporters written in Go expose "16", Python's client
    "16.0".
    """
    text = bucket_text(bound)
    whole = text.removesuffix(".0")
    if whole == text:
        return Matcher(label, "=", text)
    return Matcher(label, "=~", rf"{whole}(\.0)?")


def is_bound(text: str, bounds: Collection[float]) -> bool:
    """Whether the text names one of the bounds, or the bucket of everything."""
    try:
        return float(text) in {*bounds, inf}
    except ValueError:
        return False
