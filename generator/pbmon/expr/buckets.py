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


def number_of(text: str) -> float:
    """The number that a value of `le` or `quantile` is; infinite for what is none."""
    try:
        return float(text)
    except ValueError:
        return inf


def le_matcher(label: Label, bound: float) -> Matcher:
    """Selects the bucket that ends at this bound, in whatever form clients expose it."""
    pattern = bucket_pattern(bound)
    return Matcher(label, "=~", pattern) if pattern else Matcher(label, "=", bucket_text(bound))


def bucket_pattern(bound: float) -> str:
    """A regular expression of every form in which clients expose the bound; empty for one form.

    1 is `1.0` in Python's client and in Prometheus 3, `1` in Go's. 1e10 is `1e+10`, and `1e+010` in
    Python's client before 0.26, which Prometheus 2 stores as it comes.
    """
    text = bucket_text(bound)
    if text.endswith(".0"):
        return rf"{text.removesuffix('.0')}(\.0)?"
    mantissa, exponent, power = text.partition("e+")
    if exponent and len(power) == 2 and power >= "10":
        return rf"{mantissa.replace('.', '[.]')}e[+]0?{power}"
    return ""


def is_bound(text: str, bounds: Collection[float]) -> bool:
    """Whether the text names one of the bounds, or the bucket of everything."""
    try:
        return float(text) in {*bounds, inf}
    except ValueError:
        return False
