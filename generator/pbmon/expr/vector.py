"""Instant vectors: expressions that know the labels of their result."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NoReturn

from pbmon.arguments import checked
from pbmon.errors import DefinitionError
from pbmon.expr import operations
from pbmon.expr.extent import check_extent
from pbmon.expr.labelsets import label_set, require
from pbmon.expr.nodes import (
    Binary,
    Matching,
    Node,
    Number,
    String,
)
from pbmon.expr.operations import Scalar, Typed, aggregated, chosen, literal, subject
from pbmon.expr.signatures import called
from pbmon.labels import Label, checked_pattern, listed, names
from pbmon.source import here


@checked
class Vector(ABC):
    """Anything that evaluates to an instant vector: a gauge, a recorded series, or an expression
    over them.
    """

    NOUN: ClassVar = "vector"
    EXAMPLE: ClassVar = 'requests.rate("5m")'

    @property
    @abstractmethod
    def node(self) -> Node:
        """The expression's syntax."""

    @property
    @abstractmethod
    def label_set(self) -> tuple[Label, ...]:
        """Labels of every series of the result, sorted by name, without the metric's name."""

    @property
    @abstractmethod
    def unit(self) -> str:
        """Grafana's unit id of the result, or empty where arithmetic made it unknown."""

    def __bool__(self) -> NoReturn:
        raise DefinitionError(
            here(),
            "an expression has no truth value before Prometheus evaluates it",
            "combine with .and_(), .or_(), .unless(); 0 < x < 5 is (x > 0).and_(x < 5)",
        )

    # Aggregation:
    # https://prometheus.io/docs/prometheus/latest/querying/operators/#aggregation-operators

    def sum(
        self, by: Sequence[Label] | None = None, without: Sequence[Label] | None = None
    ) -> Expression:
        """Sum over the labels not kept; one series without by and without."""
        return Expression(*aggregated("sum", _typed(self), by, without))

    def avg(
        self, by: Sequence[Label] | None = None, without: Sequence[Label] | None = None
    ) -> Expression:
        """Mean over the labels not kept."""
        return Expression(*aggregated("avg", _typed(self), by, without))

    def min(
        self, by: Sequence[Label] | None = None, without: Sequence[Label] | None = None
    ) -> Expression:
        """Smallest over the labels not kept."""
        return Expression(*aggregated("min", _typed(self), by, without))

    def max(
        self, by: Sequence[Label] | None = None, without: Sequence[Label] | None = None
    ) -> Expression:
        """Largest over the labels not kept."""
        return Expression(*aggregated("max", _typed(self), by, without))

    def count(
        self, by: Sequence[Label] | None = None, without: Sequence[Label] | None = None
    ) -> Expression:
        """Number of series; the unit becomes `short`."""
        counted = aggregated("count", _typed(self), by, without)
        return Expression(*counted._replace(unit="short"))

    def topk(self, k: int, by: Sequence[Label] | None = None) -> Expression:
        """The k largest series (of each group), all their labels kept."""
        return Expression(*chosen("topk", k, _typed(self), by))

    def bottomk(self, k: int, by: Sequence[Label] | None = None) -> Expression:
        """The k smallest series (of each group), all their labels kept."""
        return Expression(*chosen("bottomk", k, _typed(self), by))

    # Arithmetic and comparison

    def __add__(self, other: Operand) -> Expression:
        return binary("+", self, other)

    def __sub__(self, other: Operand) -> Expression:
        return binary("-", self, other)

    def __mul__(self, other: Operand) -> Expression:
        return binary("*", self, other)

    def __truediv__(self, other: Operand) -> Expression:
        return binary("/", self, other)

    def __radd__(self, other: Scalar) -> Expression:
        return Expression(Binary("+", literal(other), self.node), self.label_set, self.unit)

    def __rsub__(self, other: Scalar) -> Expression:
        return Expression(Binary("-", literal(other), self.node), self.label_set, self.unit)

    def __rmul__(self, other: Scalar) -> Expression:
        return Expression(Binary("*", literal(other), self.node), self.label_set)

    def __rtruediv__(self, other: Scalar) -> Expression:
        return Expression(Binary("/", literal(other), self.node), self.label_set)

    def __gt__(self, other: Operand) -> Condition:
        return compare(">", self, other)

    def __lt__(self, other: Operand) -> Condition:
        return compare("<", self, other)

    def __ge__(self, other: Operand) -> Condition:
        return compare(">=", self, other)

    def __le__(self, other: Operand) -> Condition:
        return compare("<=", self, other)

    def equals(self, other: Operand) -> Condition:
        """`==`, the filter; a method because `==` must keep its meaning in Python."""
        return compare("==", self, other)

    def differs(self, other: Operand) -> Condition:
        """`!=`, the filter."""
        return compare("!=", self, other)

    def and_(self, other: Vector | Matched) -> Condition:
        """Series of the left side that have a partner on the right."""
        return Condition(*operations.set_operation("and", _typed(self), *_side(other)))

    def or_(self, other: Vector | Matched) -> Condition:
        """All of the left side, and those of the right that have no partner there."""
        return Condition(*operations.set_operation("or", _typed(self), *_side(other)))

    def unless(self, other: Vector | Matched) -> Condition:
        """Series of the left side that have no partner on the right."""
        return Condition(*operations.set_operation("unless", _typed(self), *_side(other)))

    def on(self, *labels: Label) -> Matched:
        """This vector as right operand, matched on these labels only: `used /
        limit.on(instance)`.
        """
        require(subject(self.node), self.label_set, labels)
        return Matched(self, Matching("on", names(labels)))

    def ignoring(self, *labels: Label) -> Matched:
        """This vector as right operand, matched on all labels but these."""
        return Matched(self, Matching("ignoring", names(labels)))

    # Over time:
    # https://prometheus.io/docs/prometheus/latest/querying/functions/#aggregation_over_time

    def avg_over_time(self, window: str, step: str = "") -> Expression:
        """Mean of each series within the window."""
        return over_time("avg_over_time", self, window, step)

    def max_over_time(self, window: str, step: str = "") -> Expression:
        """Largest value of each series within the window."""
        return over_time("max_over_time", self, window, step)

    def min_over_time(self, window: str, step: str = "") -> Expression:
        """Smallest value of each series within the window."""
        return over_time("min_over_time", self, window, step)

    def sum_over_time(self, window: str, step: str = "") -> Expression:
        """Sum of the samples of each series within the window."""
        return over_time("sum_over_time", self, window, step)

    def last_over_time(self, window: str, step: str = "") -> Expression:
        """Newest sample of each series within the window."""
        return over_time("last_over_time", self, window, step)

    def clamp(self, lowest: Scalar, highest: Scalar) -> Expression:
        """Values kept between two bounds."""
        arguments = (self.node, literal(lowest), literal(highest))
        return Expression(*called("clamp", arguments, self.label_set), self.unit)

    def default(self, value: Scalar) -> Expression:
        """The value where the result would be empty: `x or vector(value)`. Only for one series
        without labels.
        """
        if self.label_set:
            raise DefinitionError(
                here(),
                f"a default has no labels, but the expression has {listed(self.label_set)}",
                "aggregate with .sum() first",
            )
        instead, labels = called("vector", (literal(value),))
        return Expression(Binary("or", self.node, instead), labels, self.unit)

    def label_replace(
        self, target: Label, replacement: str, source_label: Label, pattern: str = "(.*)"
    ) -> Expression:
        """`label_replace()`: adds target with the replacement (`$1` stands for a group) where
        source_label matches.
        """
        require(subject(self.node), self.label_set, [source_label])
        checked_pattern(pattern)  # promtool does not look into it
        texts = map(String, (target.name, replacement, source_label.name, pattern))
        call = called("label_replace", (self.node, *texts), self.label_set, target)
        return Expression(*call, self.unit)


class Expression(Vector):
    """A vector made by an operation."""

    __slots__ = ("_labels", "_node", "_unit")

    def __init__(self, node: Node, labels: Sequence[Label], unit: str = "") -> None:
        check_extent(node)
        self._node = node
        self._labels = label_set(labels)
        self._unit = unit

    @property
    def node(self) -> Node:
        return self._node

    @property
    def label_set(self) -> tuple[Label, ...]:
        return self._labels

    @property
    def unit(self) -> str:
        return self._unit


class Condition(Expression):
    """A vector filtered by a comparison or a set operation: fit for an alert."""

    __slots__ = ()


@dataclass(frozen=True)
class Matched:
    """A right operand together with how its series find their partners on the left."""

    vector: Vector
    matching: Matching

    @checked
    def group_left(self, *include: Label) -> Matched:
        """Many series on the left share one on the right; `include` copies labels from there."""
        require(subject(self.vector.node), self.vector.label_set, include)
        matching = Matching(self.matching.kind, self.matching.labels, "group_left", names(include))
        return Matched(self.vector, matching)


Operand = Vector | Matched | Scalar


def over_time(function: str, vector: Vector, window: str, step: str = "") -> Expression:
    """A function over a range: of the series itself where the vector is one, else of a subquery."""
    return Expression(*operations.over_range(function, _typed(vector), window, step))


def binary(operator: str, left: Vector, right: Operand) -> Expression:
    """Arithmetic: between vectors the labels must match; with a number they stay."""
    return Expression(*operations.arithmetic(operator, _typed(left), *_right(right)))


def compare(operator: str, left: Vector, right: Operand) -> Condition:
    """A filter: the left side's values where the comparison holds."""
    return Condition(*operations.comparison(operator, _typed(left), *_right(right)))


def _typed(vector: Vector) -> Typed:
    return Typed(vector.node, vector.label_set, vector.unit)


def _side(operand: Vector | Matched) -> tuple[Typed, Matching | None]:
    """The right side of an operator, and how its series find their partners."""
    if isinstance(operand, Matched):
        return _typed(operand.vector), operand.matching
    return _typed(operand), None


def _right(operand: Operand) -> tuple[Typed | Number, Matching | None]:
    """As `_side`, and a number has no partners to find."""
    return _side(operand) if isinstance(operand, Vector | Matched) else (literal(operand), None)
