"""Where the buckets of a histogram end, as far as rules tell."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite

from pbmon.expr.nodes import Node, Number, Selector
from pbmon.expr.walk import walk
from pbmon.inference.known_bounds import KNOWN
from pbmon.patterns import compiled

DEFAULT = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
"""Those of the client libraries."""

_BEYOND = (0.5, 1.0, 2.5, 5.0)
"""Bounds made around a limit that is above all others, as shares of it."""

_MOST = 40


def bounds(name: str, expressions: Iterable[Node]) -> tuple[float, ...]:
    """Bounds of the buckets of this histogram in rules that are read together, ascending.

    Those that the rules name, and those of the program where they are known. Else the usual ones,
    and some around each number in the rules that is larger than these: nothing in a rule says that
    an observation cannot be so large.
    """
    named: set[float] = set()
    limits: set[float] = set()
    patterns: set[str] = set()
    for node in expressions:
        for inner in walk(node):
            if isinstance(inner, Number) and inner.value > 0 and isfinite(float(inner.value)):
                limits.add(float(inner.value))
            if isinstance(inner, Selector) and inner.series.name == f"{name}_bucket":
                for matcher in inner.matchers:
                    if matcher.label.name == "le" and matcher.op in {"=", "!="}:
                        named |= _number(matcher.value)
                    elif matcher.label.name == "le":
                        patterns.add(matcher.value)
    for pattern in patterns:
        named |= {limit for part in pattern.strip("()").split("|") for limit in _number(part)}
        named |= {bound for bound in DEFAULT if compiled(pattern).fullmatch(f"{bound:g}")}
    if name in KNOWN:
        return tuple(sorted({*named, *KNOWN[name]}))
    most = max({*named, *DEFAULT})
    for limit in sorted(limits):
        if limit >= most:
            named |= {limit * share for share in _BEYOND}
    return tuple(sorted({*named, *DEFAULT}))[:_MOST]


def _number(text: str) -> set[float]:
    try:
        value = float(text.replace("\\", ""))
    except ValueError:
        return set()
    return {value} if isfinite(value) else set()
