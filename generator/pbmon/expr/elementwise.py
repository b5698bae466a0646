"""Functions of each value of a vector.

https://prometheus.io/docs/prometheus/latest/querying/functions/
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from pbmon.arguments import checked
from pbmon.expr.nodes import Node
from pbmon.expr.numbers import Scalar, literal

Result = TypeVar("Result")


class Applied(ABC, Generic[Result]):
    """What functions of a vector are made from."""

    @abstractmethod
    def _apply(self, function: str, *arguments: Node) -> Result:
        """`function(self, arguments)`."""


@checked
class Functions(Applied[Result]):
    """Functions of one value, whose result keeps the labels."""

    def __abs__(self) -> Result:
        return self._apply("abs")

    def clamp(self, lowest: Scalar, highest: Scalar) -> Result:
        """Values kept between two bounds."""
        return self._apply("clamp", literal(lowest), literal(highest))

    def clamp_min(self, lowest: Scalar) -> Result:
        """Values kept at or above a bound."""
        return self._apply("clamp_min", literal(lowest))

    def clamp_max(self, highest: Scalar) -> Result:
        """Values kept at or below a bound."""
        return self._apply("clamp_max", literal(highest))

    def round(self, to: Scalar = 1) -> Result:
        """The nearest multiple of `to`."""
        return self._apply("round", *(() if to == 1 else (literal(to),)))

    def timestamp(self) -> Result:
        """When each series had its newest sample, in seconds since 1970."""
        return self._apply("timestamp")

    # Rounding and limits

    def ceil(self) -> Result:
        """Rounded up to a whole number."""
        return self._apply("ceil")

    def floor(self) -> Result:
        """Rounded down to a whole number."""
        return self._apply("floor")

    def sgn(self) -> Result:
        """1, 0 or -1, as the sign."""
        return self._apply("sgn")

    def sort(self) -> Result:
        """Smallest first, in an answer of Prometheus at one time."""
        return self._apply("sort")

    def sort_desc(self) -> Result:
        """Largest first, in an answer of Prometheus at one time."""
        return self._apply("sort_desc")

    # Powers

    def sqrt(self) -> Result:
        """Square root."""
        return self._apply("sqrt")

    def exp(self) -> Result:
        """e to this power."""
        return self._apply("exp")

    def ln(self) -> Result:
        """Natural logarithm."""
        return self._apply("ln")

    def log2(self) -> Result:
        """Logarithm to base 2."""
        return self._apply("log2")

    def log10(self) -> Result:
        """Logarithm to base 10."""
        return self._apply("log10")

    # Angles

    def sin(self) -> Result:
        """Sine of an angle in radians."""
        return self._apply("sin")

    def cos(self) -> Result:
        """Cosine of an angle in radians."""
        return self._apply("cos")

    def tan(self) -> Result:
        """Tangent of an angle in radians."""
        return self._apply("tan")

    def asin(self) -> Result:
        """Inverse sine, in radians."""
        return self._apply("asin")

    def acos(self) -> Result:
        """Inverse cosine, in radians."""
        return self._apply("acos")

    def atan(self) -> Result:
        """Inverse tangent, in radians."""
        return self._apply("atan")

    def sinh(self) -> Result:
        """Hyperbolic sine."""
        return self._apply("sinh")

    def cosh(self) -> Result:
        """Hyperbolic cosine."""
        return self._apply("cosh")

    def tanh(self) -> Result:
        """Hyperbolic tangent."""
        return self._apply("tanh")

    def asinh(self) -> Result:
        """Inverse hyperbolic sine."""
        return self._apply("asinh")

    def acosh(self) -> Result:
        """Inverse hyperbolic cosine."""
        return self._apply("acosh")

    def atanh(self) -> Result:
        """Inverse hyperbolic tangent."""
        return self._apply("atanh")

    def deg(self) -> Result:
        """Degrees of an angle in radians."""
        return self._apply("deg")

    def rad(self) -> Result:
        """Radians of an angle in degrees."""
        return self._apply("rad")

    # Dates in UTC, of seconds since 1970

    def minute(self) -> Result:
        """Minute of the hour, 0 to 59."""
        return self._apply("minute")

    def hour(self) -> Result:
        """Hour of the day, 0 to 23."""
        return self._apply("hour")

    def day_of_week(self) -> Result:
        """0 for Sunday to 6 for Saturday."""
        return self._apply("day_of_week")

    def day_of_month(self) -> Result:
        """Day of the month, 1 to 31."""
        return self._apply("day_of_month")

    def day_of_year(self) -> Result:
        """Day of the year, 1 to 366."""
        return self._apply("day_of_year")

    def days_in_month(self) -> Result:
        """Days that the month has, 28 to 31."""
        return self._apply("days_in_month")

    def month(self) -> Result:
        """1 for January to 12 for December."""
        return self._apply("month")

    def year(self) -> Result:
        """Year."""
        return self._apply("year")
