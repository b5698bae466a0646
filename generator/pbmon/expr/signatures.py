"""The PromQL functions that expressions may call: a row each.

A function needs three things: its row here, what it computes (`proof/promql/functions.py`), and
between which bounds its result lies (`proof/values/calls.py`), each under the function's name.

https://prometheus.io/docs/prometheus/latest/querying/functions/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, assert_never

from pbmon.expr.labelsets import LabelSet, label_set
from pbmon.expr.nodes import Call, Node, Selector
from pbmon.labels import Label

Argument = Literal["instant vector", "range vector", "scalar", "string"]
LabelRule = Literal["same", "none", "without le", "fixed", "with target"]
"""What the result carries: the labels of the vector; none; all but `le`; those that the selector
fixes to one value; those of the vector and the one that is set.
"""


@dataclass(frozen=True)
class Signature:
    """arguments: their types, in order. since: the version of Prometheus that brought it; 2.0 for
    what was there before.
    """

    name: str
    arguments: tuple[Argument, ...]
    labels: LabelRule = "same"
    result: Literal["instant vector", "scalar"] = "instant vector"
    since: str = "2.0"


_VECTOR: Argument = "instant vector"
_RANGE: Argument = "range vector"

SIGNATURES: Mapping[str, Signature] = {
    row.name: row
    for row in (
        Signature("absent", (_VECTOR,), labels="fixed"),
        Signature("avg_over_time", (_RANGE,)),
        Signature("changes", (_RANGE,)),
        Signature("clamp", (_VECTOR, "scalar", "scalar"), since="2.26"),
        Signature("count_over_time", (_RANGE,)),
        Signature("delta", (_RANGE,)),
        Signature("deriv", (_RANGE,)),
        Signature("histogram_quantile", ("scalar", _VECTOR), labels="without le"),
        Signature("increase", (_RANGE,)),
        Signature("irate", (_RANGE,)),
        Signature(
            "label_replace",
            (_VECTOR, "string", "string", "string", "string"),
            labels="with target",
        ),
        Signature("last_over_time", (_RANGE,), since="2.26"),
        Signature("max_over_time", (_RANGE,)),
        Signature("min_over_time", (_RANGE,)),
        Signature("predict_linear", (_RANGE, "scalar")),
        Signature("present_over_time", (_RANGE,), since="2.29"),
        Signature("rate", (_RANGE,)),
        Signature("resets", (_RANGE,)),
        Signature("sum_over_time", (_RANGE,)),
        Signature("time", (), labels="none", result="scalar"),
        Signature("vector", ("scalar",), labels="none"),
    )
}
"""By name."""


def called(
    name: str, arguments: tuple[Node, ...], labels: LabelSet = (), target: Label | None = None
) -> tuple[Call, LabelSet]:
    """The call, and the labels that its result carries. labels: of the vector among the arguments.
    target: the label that the function sets, where it sets one. Raises KeyError for a function
    without a row.
    """
    return Call(name, arguments), _labels(SIGNATURES[name].labels, arguments, labels, target)


def _labels(
    rule: LabelRule, arguments: tuple[Node, ...], labels: LabelSet, target: Label | None
) -> LabelSet:
    match rule:
        case "same":
            return labels
        case "none":
            return ()
        case "without le":
            return tuple(label for label in labels if label.name != "le")
        case "fixed":
            return label_set(
                matcher.label
                for argument in arguments
                if isinstance(argument, Selector)
                for matcher in argument.matchers
                if matcher.op == "="
            )
        case "with target":
            assert target, "the label that is set"
            others = (label for label in labels if label.name != target.name)
            return label_set((*others, target))
        case _:
            assert_never(rule)
