"""What series are, by how rules use them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from pbmon.expr.nodes import Aggregate, Call, Names, Node, Selector, Subquery
from pbmon.expr.walk import selectors, walk

Kind = Literal["counter", "gauge", "bucket"]

_OF_COUNTERS = frozenset({"rate", "irate", "increase", "resets"})
_BUCKET = "_bucket"
_PARTS = ("_count", "_sum")


def kinds(expressions: Iterable[Node]) -> dict[str, Kind]:
    """What each series is that the expressions read, by name.

    Counters end in `_total` or are read by rate() and its kin. Buckets end in `_bucket` and are
    told apart by `le`. All others are gauges.
    """
    read: set[str] = set()
    counters: set[str] = set()
    buckets: set[str] = set()
    for node in expressions:
        of_le = _reads_le(node)
        for inner in walk(node):
            if isinstance(inner, Selector):
                name = inner.series.name
                read.add(name)
                if name.endswith(_BUCKET) and (of_le or _of_counter_name(name)):
                    buckets.add(name)
            if isinstance(inner, Call) and inner.function in _OF_COUNTERS:
                counters |= {name for argument in inner.arguments for name in _ranged(argument)}
    result: dict[str, Kind] = {}
    for name in sorted(read):
        if name in buckets:
            result[name] = "bucket"
        elif name in counters or name.endswith("_total"):
            result[name] = "counter"
        else:
            result[name] = "gauge"
    return result


def histogram(name: str, known: Mapping[str, Kind]) -> str:
    """The histogram that a series belongs to; empty for a series that is none of one."""
    for suffix in (_BUCKET, *_PARTS):
        whole = name.removesuffix(suffix)
        if whole != name and known.get(f"{whole}{_BUCKET}") == "bucket":
            return whole
    return ""


def _of_counter_name(name: str) -> bool:
    return ":" not in name


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
