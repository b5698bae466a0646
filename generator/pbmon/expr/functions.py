"""Expressions that are more than one operation, and the way out to plain PromQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import overload

from pbmon.arguments import checked
from pbmon.errors import DefinitionError
from pbmon.expr import operations
from pbmon.expr.numbers import Scalar, literal
from pbmon.expr.selection import AnyCounter, Stored
from pbmon.expr.vector import Expression, ScalarExpression, Vector
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
    share = part.or_(0 * total) / (total > 0)
    return Expression(share.node, replace(share.shape, unit="percentunit"))


@checked
def time() -> ScalarExpression:
    """Seconds since 1970 at the moment of evaluation."""
    return ScalarExpression(*operations.called("time", []))


@checked
def pi() -> ScalarExpression:
    """3.14…"""
    return ScalarExpression(*operations.called("pi", []))


@checked
def constant(value: Scalar) -> Expression:
    """One series without labels and this value."""
    return Expression(*operations.called("vector", [], [literal(value)]))


@checked
def join_info(
    vector: Vector, info: Vector, on: Sequence[Label], include: Sequence[Label]
) -> Expression:
    """The vector with labels copied from an info metric (whose value is 1) that shares the labels
    in `on`.
    """
    joined = vector * info.on(*on).group_left(*include)
    return Expression(joined.node, replace(joined.shape, unit=vector.unit))


@checked
def promql(
    text: str,
    *,
    labels: Sequence[Label] | None = None,
    uses: Sequence[Stored | Vector] | None = None,
    unit: str | None = None,
) -> Expression:
    """Plain PromQL. Its names are those of metrics and records that are defined or imported above.

    labels: what the result carries. uses: every metric and record in the text; a histogram or
    summary stands for all its series. Both are optional, and checked where they are given. unit:
    Grafana's id; read from the text when not given. Raises DefinitionError at the author's line for
    text that does not parse and for names that do not exist.
    """
    from pbmon.expr.reading import expression

    return expression(text, labels, uses, unit)


@checked
def either(*vectors: Vector) -> Expression:
    """The union of vectors: `a or b or c`."""
    first, *rest = vectors
    union: Vector = first
    for vector in rest:
        union = union.or_(vector)
    return Expression(union.node, union.shape)
