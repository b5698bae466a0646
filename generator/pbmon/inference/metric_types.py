"""What series are, by how rules use them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from pbmon.expr.nodes import Aggregate, Call, Names, Node, Selector, Subquery
from pbmon.expr.walk import selectors, walk

Kind = Literal["counter", "gauge", "bucket"]

_OF_COUNTERS = frozenset({"rate", "irate", "increase", "resets"})
_BUCKET = "_bucket"
_PARTS = ("_count", "_sum")


def kinds(expressions: Sequence[Node]) -> dict[str, Kind]:
    """What each series is that the expressions read, by name.

    Counters end in `_total` or are read by rate() and its kin. Buckets end in `_bucket` and are
    told apart by `le`. All others are gauges.
    """
    counters, buckets = set(counted(expressions)), set[str]()
    read: set[str] = set()
    for node in expressions:
        of_le = _reads_le(node)
        for name in {selector.series.name for selector in selectors(node)}:
            read.add(name)
            if name.endswith(_BUCKET) and (of_le or ":" not in name):
                buckets.add(name)
            if name.endswith("_total"):
                counters.add(name)
    types: dict[str, Kind] = dict.fromkeys(sorted(read), "gauge")
    types |= dict.fromkeys(counters, "counter")
    return types | dict.fromkeys(buckets, "bucket")


def counted(expressions: Iterable[Node]) -> frozenset[str]:
    """Names of the series that rate() and its kin read."""
    return frozenset(
        name
        for node in expressions
        for inner in walk(node)
        if isinstance(inner, Call) and inner.function in _OF_COUNTERS
        for argument in inner.arguments
        for name in _ranged(argument)
    )


def histogram(name: str, known: Mapping[str, Kind]) -> str:
    """The histogram that a series belongs to; empty for a series that is none of one."""
    for suffix in (_BUCKET, *_PARTS):
        whole = name.removesuffix(suffix)
        if whole != name and known.get(f"{whole}{_BUCKET}") == "bucket":
            return whole
    return ""


def _reads_le(node: Node) -> bool:
    """Whether an expression reads bounds of buckets."""
    return any(
        (isinstance(inner, Call) and inner.function == "histogram_quantile")
        or (isinstance(inner, Aggregate) and inner.grouping == "by" and "le" in inner.labels)
        or (
            isinstance(inner, Selector)
            and any(matcher.label.name == "le" for matcher in inner.matchers)
        )
        for inner in walk(node)
    )


def _ranged(argument: Node) -> set[str]:
    """Names of the series whose samples a function of ranges reads; those below a subquery are read
    through an expression, which is a counter if it only selects.
    """
    if isinstance(argument, Subquery):
        argument = argument.operand
    if isinstance(argument, Selector | Names):
        return {selector.series.name for selector in selectors(argument)}
    return set()
