"""Whether Prometheus can expand an alert's texts for other labels and values than those of its
cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pbmon.expr.derivation import shape
from pbmon.expr.nodes import SET_OPERATORS, Binary, Node, Number
from pbmon.labels import TARGET_LABELS, names
from pbmon.plan.rules import PlannedAlert
from pbmon.proof.cases.case import Case
from pbmon.proof.promql.vectors import compare
from pbmon.proof.texts.odd_values import Alike, Failure, failures
from pbmon.proof.values.bounds import Bounds


def odd(alert: PlannedAlert, cases: Sequence[Case], bounds: Bounds) -> Failure | None:
    """The first text that fails for what the alert may have."""
    texts = [text for _, text in (*alert.annotations, *alert.labels) if "{{" in text]
    fired = next(_firing(cases), None) if texts else None
    if fired is None:
        return None
    labels, value = fired
    low, high = bounds.of(alert.expr)

    def possible(other: float) -> bool:
        inside = low <= other <= high or other != other  # noqa: PLR0124 - only NaN differs from itself
        return inside and _passes(alert.expr, other)

    domains = dict(_domains(alert.expr, labels))
    alike = Alike(labels, value, domains, possible, dict(alert.external_labels))
    return next((each for text in texts for each in failures(text, alike)), None)


def _firing(cases: Sequence[Case]) -> Iterator[tuple[dict[str, str], float]]:
    for case in cases:
        for moment in case.moments:
            if moment.firing:
                for labels, value in sorted(case.run.firing(moment.index).items()):
                    yield dict(labels), value


def _domains(node: Node, carried: Iterable[str]) -> Iterator[tuple[str, Iterable[str]]]:
    """Values that each label can have; of an open one whose matchers are known, none is made up."""
    kept = shape(node)
    matched = {matcher.label.name for matcher in kept.matchers} | {*names(TARGET_LABELS)}
    for name in carried:
        values = kept.values(name)
        if values is not None:
            yield name, sorted(values)
        elif name not in matched:
            yield name, ()


def _passes(node: Node, value: float) -> bool:
    """Whether a condition may have this value, as far as its form says."""
    match node:
        case Binary("or", left, right):
            return _passes(left, value) or _passes(right, value)
        case Binary(operator, left) if operator in SET_OPERATORS:
            return _passes(left, value)
        case Binary(right=Number() as limit) if node.filters:
            return compare(node.operator, value, float(limit.value)) and _passes(node.left, value)
        case _:
            return value == value  # noqa: PLR0124 - NaN passes no comparison
