"""Instant vectors: labels and values, and which series a selector means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne

from pbmon.expr.nodes import Selector
from pbmon.expr.shapes import fulfils
from pbmon.proof.promql.samples import Labels

Vector = dict[Labels, float]


class UnknownSemantics(Exception):
    """The expression uses something the engine does not compute; the message says what."""


class Unsteady(UnknownSemantics):
    """Prometheus refuses to evaluate this over these series, or its answer is one of several."""


class EvaluationError(Unsteady):
    """Prometheus refuses to evaluate this over these series, so a rule has no value and its health
    is not ok. The message says why.
    """


_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    ">": gt,
    "<": lt,
    ">=": ge,
    "<=": le,
    "==": eq,
    "!=": ne,
}


def compare(operator: str, a: float, b: float) -> bool:
    """A comparison of PromQL; NaN differs from everything."""
    return _COMPARISONS[operator](a, b)


def passes(labels: Labels, selector: Selector) -> bool:
    values = dict(labels) if selector.matchers else {}
    return all(
        fulfils(matcher, values.get(matcher.label.name, "")) for matcher in selector.matchers
    )


@lru_cache(maxsize=16384)
def only(labels: Labels, names: frozenset[str]) -> Labels:
    return tuple(pair for pair in labels if pair[0] in names)


@lru_cache(maxsize=16384)
def without(labels: Labels, names: frozenset[str]) -> Labels:
    return tuple(pair for pair in labels if pair[0] not in names)


def with_label(labels: Labels, name: str, value: str) -> Labels:
    """The labels with one set; an empty value is none."""
    rest = [pair for pair in labels if pair[0] != name]
    return tuple(sorted((*rest, (name, value)))) if value else tuple(rest)


@lru_cache(maxsize=4096)
def named(labels: Labels, name: str) -> Labels:
    """The labels of a series that is stored under the name."""
    return with_label(labels, "__name__", name)


@lru_cache(maxsize=4096)
def nameless(labels: Labels) -> Labels:
    return without(labels, frozenset({"__name__"}))


def vector(pairs: Iterable[tuple[Labels, float]]) -> Vector:
    """Of labels and values. EvaluationError where two have the same labels."""
    result: Vector = {}
    for labels, value in pairs:
        if labels in result:
            raise EvaluationError(f"two series of the result have the same labels: {text(labels)}")
        result[labels] = value
    return result


def text(labels: Labels) -> str:
    """Labels as Prometheus writes them."""
    return "{" + ", ".join(f'{name}="{value}"' for name, value in labels) + "}"
