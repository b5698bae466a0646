"""The syntax of PromQL as immutable values. `vector` checks labels and refuses mistakes.

Grammar: https://prometheus.io/docs/prometheus/latest/querying/basics/
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import Literal, get_args

from pbmon.labels import Label, Matcher, MatchOp

_MOST_DIGITS = 340
"""As many as a number needs that is written without an exponent."""

SeriesType = Literal["counter", "gauge", "bucket", "recorded"]


@dataclass(frozen=True, slots=True)
class Series:
    """A name that samples are stored under, and what they carry.

    name: in the selector (`x_bucket`). metric: the definition it comes from (`x`). labels: all that
    a sample carries, `job` and `instance` included. unit: Grafana's id or empty. bounds: finite
    bucket bounds of a histogram's series. key: names of the labels that tell its series apart; the
    others follow from them. None for all. matchers: what the labels of a recorded series fulfil.
    """

    name: str
    metric: str
    type: SeriesType
    labels: tuple[Label, ...]
    unit: str = ""
    bounds: tuple[float, ...] = ()
    key: tuple[str, ...] | None = None
    matchers: tuple[Matcher, ...] = ()


@dataclass(frozen=True, slots=True)
class Selector:
    """`name{matchers}[window] offset x @ y`; window, offset and at may be empty.

    offset: a duration, with `-` before it for one that lies ahead. at: `start()`, `end()`, or
    seconds since 1970.
    """

    series: Series
    matchers: tuple[Matcher, ...] = ()
    window: str = ""
    offset: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """`{__name__=~"pattern"}`: the series of every name that fulfils the matchers.

    matchers: of the name, as (operator, value). selectors: one for each of these names, alike but
    for the series.
    """

    matchers: tuple[tuple[MatchOp, str], ...]
    selectors: tuple[Selector, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A literal, kept as Decimal so that 0.001 prints as `0.001`."""

    value: Decimal


def is_float(value: Decimal) -> bool:
    """Whether the number, rounded to a 64-bit float, becomes neither 0 nor infinite. Others could
    have millions of digits when written out.
    """
    if not value.is_finite():
        return True
    if len(value.as_tuple().digits) > _MOST_DIGITS:
        return False
    rounded = float(value)
    return isfinite(rounded) and bool(rounded) == bool(value)


@dataclass(frozen=True, slots=True)
class String:
    value: str


@dataclass(frozen=True, slots=True)
class Call:
    """`function(arguments)`."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`operator by|without (labels) (parameter, operand)`. Without labels and grouping "by": one
    series in all.
    """

    operator: str
    operand: Node
    grouping: Literal["by", "without"] = "by"
    labels: tuple[str, ...] = ()
    parameter: Node | None = None


@dataclass(frozen=True, slots=True)
class Matching:
    """`on|ignoring (labels) group_left|group_right (include)`."""

    kind: Literal["on", "ignoring"]
    labels: tuple[str, ...]
    group: Literal["", "group_left", "group_right"] = ""
    include: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Binary:
    """`left operator right`, arithmetic, comparison or set operation.

    returns_bool: a comparison that gives 1 and 0 and keeps every series (`> bool`).
    """

    operator: str
    left: Node
    right: Node
    matching: Matching | None = None
    returns_bool: bool = False

    @property
    def filters(self) -> bool:
        """Whether it is a comparison that leaves out the series for which it does not hold."""
        return self.operator in COMPARISONS and not self.returns_bool


@dataclass(frozen=True, slots=True)
class Negation:
    """`-operand`."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Subquery:
    """`(operand)[window:step] offset x @ y`; without a step the interval of the evaluation."""

    operand: Node
    window: str
    step: str = ""
    offset: str = ""
    at: str = ""


Node = Selector | Names | Number | String | Call | Aggregate | Binary | Negation | Subquery
KINDS: tuple[type[Node], ...] = get_args(Node)

COMPARISONS = frozenset({">", "<", ">=", "<=", "==", "!="})
SET_OPERATORS = frozenset({"and", "or", "unless"})
