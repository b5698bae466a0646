"""Whether a division is one of a part by its whole, so that its result is between 0 and 1, and
whether a value is divided away.
"""

from __future__ import annotations

from collections.abc import Callable

from pbmon.expr.nodes import Aggregate, Binary, Call, Node, Number, Selector
from pbmon.expr.shapes import fulfils
from pbmon.plan.quantiles import unguarded
from pbmon.proof.values.intervals import Interval

_GROWTH = frozenset({"rate", "irate", "increase"})


def is_share(node: Binary, reach: Callable[[Node], Interval]) -> bool:
    """Whether a division is that of a part by its whole. A filter of the whole leaves out quotients
    and changes none. reach: the bounds of an expression.
    """
    return node.matching is None and _is_part(node.left, _unfiltered(node.right), reach)


def divided_away(node: Binary) -> float | None:
    """The number of a product in which it is divided by a series and multiplied with the same one,
    as in `100 / x * x{a="b"}`; None for other products. Each series meets itself, since all labels
    are matched on.
    """
    match node:
        case Binary("*", Binary("/", Number(number), Selector() as one), Selector() as other, None):
            itself = _is_subset(one, other) or _is_subset(other, one)
            return float(number) if itself else None
        case _:
            return None


def _unfiltered(node: Node) -> Node:
    """What is below comparisons, `and` and `unless` that leave out series and change no labels."""
    while isinstance(node, Binary) and (
        node.operator in {"and", "unless"} or (node.filters and not node.matching)
    ):
        node = node.left
    return node


def _is_part(part: Node, whole: Node, reach: Callable[[Node], Interval]) -> bool:
    """Whether every value on the left is 0, or at most that on the right with the same labels (but
    for `le`), and none is negative.

    Only what is read at one time can be compared: two records, or a record and its raw series, may
    be an evaluation apart.
    """
    part = _unfiltered(part)
    match part, whole:
        case Binary("or"), _:
            return reach(part.right) == (0.0, 0.0) and _is_part(part.left, whole, reach)
        case Aggregate(), Aggregate():
            if (part.operator, part.grouping, part.labels) != (
                whole.operator,
                whole.grouping,
                whole.labels,
            ):
                return False
            every = unguarded(whole.operand)
            if part.operator == "count":
                return _is_subset(_unfiltered(part.operand), every)
            return part.operator in {"sum", "max"} and _is_part(part.operand, every, reach)
        case _, Call("clamp_min", (larger, _)):  # never less than the whole
            return _is_part(part, larger, reach)
        case _, Binary("+", one, other) if whole.matching is None:
            return any(
                _is_part(part, side, reach) and reach(rest)[0] >= 0
                for side, rest in ((one, other), (other, one))
            )
        case _:
            return _is_subset(part, whole) and reach(whole)[0] >= 0


def _is_subset(part: Node, whole: Node) -> bool:
    """Whether the left side are some of the right side's series, or how one bucket of each of them
    grows.
    """
    match part, whole:
        case Selector() as some, Selector() as every:
            growth = False
        case Call(function, (Selector() as some, *rest)), Call(
            other, (Selector() as every, *others)
        ) if some.window:
            if (function, rest) != (other, others):
                return False
            growth = function in _GROWTH
        case _:  # whatever has another form
            return False
    if _read_at(some) != _read_at(every) or not _is_narrower(some, every):
        return False
    return some.series == every.series or (growth and _is_one_bucket(some, every))


def _read_at(selector: Selector) -> tuple[str, str, str]:
    return selector.window, selector.offset, selector.at


def _is_narrower(part: Selector, whole: Selector) -> bool:
    """Whether all series of the left side pass the matchers of the right, as far as forms show."""
    return all(
        matcher in part.matchers
        or any(
            narrowing.op == "="
            and narrowing.label == matcher.label
            and fulfils(matcher, narrowing.value)
            for narrowing in part.matchers
        )
        for matcher in whole.matchers
    )


def _is_one_bucket(part: Selector, whole: Selector) -> bool:
    """Whether the left side is one bucket of the histogram that the right side counts; several
    would count observations twice.
    """
    if (
        part.series.metric != whole.series.metric
        or part.series.type != "bucket"
        or not whole.series.name.endswith("_count")
    ):
        return False
    of_bound = [matcher for matcher in part.matchers if matcher.label.name == "le"]
    bounds = next(label.domain for label in part.series.labels if label.name == "le")
    return sum(all(fulfils(matcher, bound) for matcher in of_bound) for bound in bounds) == 1
