"""The PromQL of an OpenSLO file, as far as a definition can say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pbmon import durations
from pbmon.expr.parsing import parsed

_OPERATORS = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}
_FORM = "sum by (labels) (metric{matchers}), also with rate() or increase() inside"


@dataclass(frozen=True)
class Query:
    """`aggregation by (by) (metric{matchers})`. matchers: (label, operator, value). rated: what
    stood around, as `rate[5m]`.
    """

    aggregation: str
    by: tuple[str, ...]
    metric: str
    matchers: tuple[tuple[str, str, str], ...]
    rated: str

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels that it matches or keeps."""
        return (*(label for label, _, _ in self.matchers), *self.by)


def parse(text: str) -> Query:
    """The query. Raises ValueError with the fact, and what is read, when it is of another form."""
    import promql_parser

    def refused(fact: str) -> ValueError:
        return ValueError(fact, _FORM)

    def inside(node: Any) -> Any:
        return inside(node.expr) if isinstance(node, promql_parser.ParenExpr) else node

    try:
        node = inside(parsed(text))
    except ValueError as error:
        raise refused(f"does not parse: {error}") from None
    if not isinstance(node, promql_parser.AggregateExpr) or str(node.op) not in {"sum", "count"}:
        raise refused("is no sum over series, so it does not say what the objective is kept for")
    aggregation, modifier = str(node.op), node.modifier
    if modifier is not None and modifier.type != promql_parser.AggModifierType.By:
        raise refused("sums without labels, and which are left is not known")
    node, rated = inside(node.expr), ""
    ranged = (
        inside(node.args[0])
        if isinstance(node, promql_parser.Call) and node.func.name in {"rate", "increase"}
        else None
    )
    if isinstance(ranged, promql_parser.MatrixSelector):
        rated = f"{node.func.name}[{durations.text(ranged.range.total_seconds())}]"
        node = ranged.vector_selector
    if not isinstance(node, promql_parser.VectorSelector) or not node.name:
        raise refused("counts something else than the series of one metric")
    if node.offset is not None or node.at is not None:
        raise refused("looks at another time than now")
    if node.matchers.or_matchers:
        raise refused("joins matchers by `or`, which definitions and Prometheus 2 do not have")
    matchers = tuple(
        (matcher.name, _operator(matcher.op), matcher.value) for matcher in node.matchers.matchers
    )
    return Query(
        aggregation,
        tuple(sorted({*modifier.labels} if modifier else ())),
        node.name,
        matchers,
        rated,
    )


def _operator(op: Any) -> str:
    return _OPERATORS[str(op).rpartition(".")[2]]
