"""Expressions that are more than one operation, and the way out to plain PromQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from pbmon.arguments import checked
from pbmon.errors import DefinitionError
from pbmon.expr.nodes import Binary, Raw
from pbmon.expr.operations import Scalar, literal
from pbmon.expr.selection import AnyCounter, Selectable
from pbmon.expr.signatures import called
from pbmon.expr.vector import Expression, Vector
from pbmon.labels import Label, job
from pbmon.source import here


@overload
def ratio(
    part: AnyCounter, total: AnyCounter, window: str, by: Sequence[Label] = ...
) -> Expression: ...
@overload
def ratio(part: Vector, total: Vector) -> Expression: ...
@checked
def ratio(
    part: AnyCounter | Vector,
    total: AnyCounter | Vector,
    window: str = "",
    by: Sequence[Label] = (job,),
) -> Expression:
    """Share of `part` in `total`, 0 to 1, unit percentunit.

    Counters are rated over the window and summed by the labels in `by`; vectors are divided as they
    are and must carry the same labels. The result is 0 while `part` has no series yet (nothing has
    failed), and absent, not NaN, while `total` is 0.
    """
    if isinstance(part, AnyCounter) and isinstance(total, AnyCounter):
        if not window:
            raise DefinitionError(
                here(),
                "a ratio of counters has no window to rate them over",
                'ratio(failed, requests, "5m")',
            )
        part, total = part.rate(window).sum(by=by), total.rate(window).sum(by=by)
    if not (isinstance(part, Vector) and isinstance(total, Vector)):
        raise DefinitionError(
            here(),
            "a ratio mixes a counter and a vector",
            "give two counters and a window, or two vectors",
        )
    whole = part.or_(0 * total)
    share = Expression(whole.node, part.label_set) / (total > 0)
    return Expression(share.node, share.label_set, "percentunit")


@checked
def time() -> Expression:
    """Seconds since 1970 at the moment of evaluation, as a vector without labels."""
    moment, _ = called("time", ())
    return Expression(*called("vector", (moment,)), "s")


@checked
def constant(value: Scalar) -> Expression:
    """One series without labels and this value."""
    return Expression(*called("vector", (literal(value),)))


@checked
def join_info(
    vector: Vector, info: Vector, on: Sequence[Label], include: Sequence[Label]
) -> Expression:
    """The vector with labels copied from an info metric (whose value is 1) that shares the labels
    in `on`.
    """
    joined = vector * info.on(*on).group_left(*include)
    return Expression(joined.node, joined.label_set, vector.unit)


@checked
def promql(
    text: str, *, labels: Sequence[Label], uses: Sequence[Selectable | Vector], unit: str = ""
) -> Expression:
    """Plain PromQL, for what the methods cannot say.

    labels: what the result carries. uses: every metric and record in the text. Both are checked:
    the text must parse, and the names in it must be exactly those of `uses`. Raises DefinitionError
    at the author's line.
    """
    from pbmon.expr.raw import checked_selectors

    return Expression(Raw(text, checked_selectors(text, uses)), labels, unit)


@checked
def either(*vectors: Vector) -> Expression:
    """The union of vectors with the same labels: `a or b or c`."""
    first, *rest = vectors
    node = first.node
    for vector in rest:
        first.or_(vector)
        node = Binary("or", node, vector.node)
    return Expression(node, first.label_set, first.unit)
