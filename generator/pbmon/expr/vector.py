"""Instant vectors: expressions that know the labels of their result."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import ClassVar, NoReturn

from pbmon.arguments import checked
from pbmon.errors import DefinitionError
from pbmon.expr import operations
from pbmon.expr.aggregations import Aggregations, Labels
from pbmon.expr.derivation import is_scalar, subject
from pbmon.expr.elementwise import Functions
from pbmon.expr.extent import check_extent
from pbmon.expr.label_functions import LabelFunctions
from pbmon.expr.labelsets import require
from pbmon.expr.nodes import (
    COMPARISONS,
    Binary,
    Call,
    Matching,
    Negation,
    Node,
    Number,
)
from pbmon.expr.numbers import Scalar, literal
from pbmon.expr.operations import Side
from pbmon.expr.over_time import OverTime
from pbmon.expr.partners import Matched
from pbmon.expr.shapes import LabelSet, Shape
from pbmon.labels import Label, listed, names
from pbmon.source import here


@checked
class Vector(
    Aggregations["Expression"],
    OverTime["Expression"],
    Functions["Expression"],
    LabelFunctions["Expression"],
):
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
    def shape(self) -> Shape:
        """What is known of the result: see Shape."""

    @property
    def label_set(self) -> LabelSet:
        """Labels of every series of the result, sorted by name, without the metric's name."""
        return self.shape.labels

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

    # Arithmetic:
    # https://prometheus.io/docs/prometheus/latest/querying/operators/#arithmetic-binary-operators

    def __neg__(self) -> Expression:
        return Expression(Negation(self.node), self.shape)

    def __add__(self, other: Operand) -> Expression:
        return binary("+", self, other)

    def __sub__(self, other: Operand) -> Expression:
        return binary("-", self, other)

    def __mul__(self, other: Operand) -> Expression:
        return binary("*", self, other)

    def __truediv__(self, other: Operand) -> Expression:
        return binary("/", self, other)

    def __mod__(self, other: Operand) -> Expression:
        return binary("%", self, other)

    def __pow__(self, other: Operand) -> Expression:
        return binary("^", self, other)

    def __radd__(self, other: Scalar) -> Expression:
        return binary("+", literal(other), self)

    def __rsub__(self, other: Scalar) -> Expression:
        return binary("-", literal(other), self)

    def __rmul__(self, other: Scalar) -> Expression:
        return binary("*", literal(other), self)

    def __rtruediv__(self, other: Scalar) -> Expression:
        return binary("/", literal(other), self)

    def __rmod__(self, other: Scalar) -> Expression:
        return binary("%", literal(other), self)

    def __rpow__(self, other: Scalar) -> Expression:
        return binary("^", literal(other), self)

    def atan2(self, other: Operand) -> Expression:
        """Angle in radians of the point whose y is this and whose x is the other."""
        return binary("atan2", self, other)

    # Comparison and sets

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
        return united("and", self, other)

    def or_(self, other: Vector | Matched) -> Condition:
        """All of the left side, and those of the right that have no partner there."""
        return united("or", self, other)

    def unless(self, other: Vector | Matched) -> Condition:
        """Series of the left side that have no partner on the right."""
        return united("unless", self, other)

    def on(self, *labels: Label) -> Matched:
        """This vector as right operand, matched on these labels only: `used /
        limit.on(instance)`.
        """
        require(subject(self.node), self.label_set, names(labels))
        return Matched(self, Matching("on", names(labels)))

    def ignoring(self, *labels: Label) -> Matched:
        """This vector as right operand, matched on all labels but these."""
        return Matched(self, Matching("ignoring", names(labels)))

    # Other functions

    def scalar(self) -> ScalarExpression:
        """The value as a number without labels, for arithmetic with series of any labels; NaN
        unless there is exactly one series.
        """
        return ScalarExpression(Call("scalar", (self.node,)), Shape(unit=self.unit))

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
        node = Binary("or", self.node, Call("vector", (literal(value),)))
        return Expression(node, Shape(unit=self.unit))

    def _aggregated(
        self, operator: str, by: Labels, without: Labels, parameter: Node | None = None
    ) -> Expression:
        side = Side(self.node, self.shape)
        return Expression(*operations.aggregated(operator, side, by, without, parameter))

    def _over(self, function: str, window: str, step: str, *arguments: Node) -> Expression:
        side = Side(self.node, self.shape)
        return Expression(*operations.over_range(function, side, window, step, arguments))

    def _with_label(self, made: Expression, target: Label) -> Expression:
        labels = (label if label.name != target.name else target for label in made.label_set)
        return Expression(made.node, replace(made.shape, labels=tuple(labels)))

    def _apply(self, function: str, *arguments: Node) -> Expression:
        side = Side(self.node, self.shape)
        return Expression(*operations.called(function, [side], arguments))


class Expression(Vector):
    """A vector made by an operation."""

    __slots__ = ("_node", "_shape")

    def __init__(self, node: Node, shape: Shape) -> None:
        """DefinitionError for an expression that is too large to be read."""
        check_extent(node)
        self._node = node
        self._shape = shape

    @property
    def node(self) -> Node:
        return self._node

    @property
    def shape(self) -> Shape:
        return self._shape

    @property
    def unit(self) -> str:
        return self._shape.unit


class Condition(Expression):
    """A vector filtered by a comparison or a set operation: fit for an alert."""

    __slots__ = ()

    def as_bool(self) -> Expression:
        """1 where the comparison holds and 0 where it does not, for every series (`> bool`)."""
        node = self.node
        if not (isinstance(node, Binary) and node.operator in COMPARISONS):
            raise DefinitionError(
                here(), "only a comparison gives 1 and 0", "(lamps > 5).as_bool()"
            )
        return Expression(replace(node, returns_bool=True), replace(self.shape, unit=""))


class ScalarExpression(Expression):
    """One number, without labels: beside an operator it goes with series of any labels. Elsewhere
    it is a vector of one series without labels.
    """

    __slots__ = ("scalar_node",)

    def __init__(self, node: Node, shape: Shape) -> None:
        super().__init__(Call("vector", (node,)), shape)
        self.scalar_node = node

    def __neg__(self) -> ScalarExpression:
        return ScalarExpression(Negation(self.scalar_node), self.shape)


Operand = Vector | Matched | Scalar


def binary(operator: str, left: Vector | Number, right: Operand) -> Expression:
    """Arithmetic: between vectors the labels must match; with a number they stay."""
    node, shape = operations.joined(operator, _side(left), _side(right))
    return (ScalarExpression if is_scalar(node) else Expression)(node, shape)


def compare(operator: str, left: Vector, right: Operand) -> Condition:
    """A filter: the left side's values where the comparison holds."""
    return Condition(*operations.compared(operator, _side(left), _side(right)))


def united(operator: str, left: Vector, right: Vector | Matched) -> Condition:
    """`and`, `or`, `unless`: of vectors, so a number is one of one series."""
    sides = (
        Side(side.vector.node, side.vector.shape, side.matching)
        if isinstance(side, Matched)
        else Side(side.node, side.shape)
        for side in (left, right)
    )
    return Condition(*operations.joined(operator, *sides))


def _side(operand: Operand | Number) -> Side:
    match operand:
        case Matched():
            return Side(operand.vector.node, operand.vector.shape, operand.matching)
        case ScalarExpression():
            return Side(operand.scalar_node, operand.shape)
        case Vector():
            return Side(operand.node, operand.shape)
        case Number():
            return Side(operand, Shape())
        case _:
            return Side(literal(operand), Shape())
