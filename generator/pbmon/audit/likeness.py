"""Which alerts differ only in names, so that what is proven of one holds for the others.

PromQL does not care what series, jobs and label values are called, as long as different ones have
different names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any

from pbmon.audit.exposed import BUILT_IN
from pbmon.expr.nodes import Selector, Series
from pbmon.expr.walk import selectors
from pbmon.go_template.nodes import TemplateMistake, Text
from pbmon.go_template.parser import parsed
from pbmon.labels import Matcher
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedAlert

_ENDINGS = ("_timestamp_seconds", "_sum", "_count", "_bucket", "_total")
"""What proofs read in names, besides units."""
_AS_WRITTEN = frozenset({"le", "quantile", "alertname", "alertstate", "__name__"})


def likeness(alert: PlannedAlert, plan: Plan) -> str:
    """Text of all that the alert's verdict depends on, names numbered in their order."""
    below = plan.lineage.records(alert.expr)
    expressions = [alert.expr, *(plan.lineage.recorded[name] for name in below)]
    numbers = _Numbers(expressions)
    parts = [
        [numbers.text(node) for node in expressions],
        [numbers.name(name) for name in below],
        numbers.series(),
        [(numbers.value("job", job.name), job.targets, job.interval) for job in plan.jobs],
        (alert.for_, alert.keep_firing_for, alert.result_labels),
        [(name, _template(text)) for name, text in (*alert.labels, *alert.annotations)],
    ]
    return repr(parts)


class _Numbers:
    """Numbers in place of names."""

    def __init__(self, expressions: Iterable[Any]) -> None:
        every = [selector for node in expressions for selector in selectors(node)]
        self._series = {selector.series.name: selector.series for selector in every}
        self._names: dict[str, str] = {}
        self._values: dict[tuple[str, str], str] = {}
        self._compared = {
            matcher.label.name
            for selector in every
            for matcher in (*selector.matchers, *selector.series.matchers)
            if matcher.op in {"=~", "!~"}
        }

    def name(self, name: str) -> str:
        """Of a series, or of a metric."""
        if name in BUILT_IN:
            return name
        ending = next((each for each in _ENDINGS if name.endswith(each)), "")
        return self._names.setdefault(name, f"{len(self._names)}{ending}")

    def value(self, label: str, value: str) -> str:
        """Of a label; as it is where a pattern may tell it from others."""
        if not value or label in _AS_WRITTEN or label in self._compared:
            return value
        return self._values.setdefault((label, value), f"#{len(self._values)}")

    def text(self, value: Any) -> str:
        """Of an expression."""
        match value:
            case Selector():
                matchers = [self._matcher(matcher) for matcher in value.matchers]
                parts = (self.name(value.series.name), matchers, value.window, value.offset)
                return f"{parts}{value.at}"
            case tuple() | list():
                return f"[{','.join(map(self.text, value))}]"
        if not is_dataclass(value):
            return repr(value)
        texts = (self.text(getattr(value, field.name)) for field in fields(value))
        return f"{type(value).__name__}({','.join(texts)})"

    def series(self) -> list[object]:
        """What is known of each series."""
        return [self._facts(series) for series in self._series.values()]

    def _facts(self, series: Series) -> object:
        labels = [(label.name, label.values, label.max_values) for label in series.labels]
        return (
            self.name(series.name),
            self.name(series.metric),
            series.type,
            series.unit,
            series.bounds,
            series.key,
            labels,
            [self._matcher(matcher) for matcher in series.matchers],
        )

    def _matcher(self, matcher: Matcher) -> tuple[str, str, str]:
        label = matcher.label.name
        return label, matcher.op, self.value(label, matcher.value)


def _template(text: str) -> str:
    """What a text does, without what it says."""
    try:
        template = parsed(text)
    except TemplateMistake:
        return text
    return repr([_without_words(node) for node in template.nodes]) + repr(template.defined)


def _without_words(value: Any) -> Any:
    match value:
        case Text():
            return ""
        case tuple():
            return tuple(map(_without_words, value))
    if not is_dataclass(value):
        return value
    return (
        type(value).__name__,
        *(
            _without_words(getattr(value, field.name))
            for field in fields(value)
            if field.name != "position"
        ),
    )
