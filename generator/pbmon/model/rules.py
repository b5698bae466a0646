"""Recording rules and alerts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from pbmon import durations, units
from pbmon.arguments import checked
from pbmon.conventions import (
    check_alert_name,
    check_file_name,
    check_label_names,
    check_record_name,
)
from pbmon.errors import DefinitionError
from pbmon.expr.conditions import decides
from pbmon.expr.metric_name import kept_names
from pbmon.expr.nodes import Call, Selector, Series
from pbmon.expr.selection import AnyGauge
from pbmon.expr.shapes import label_set
from pbmon.expr.signatures import ABSENCE
from pbmon.expr.vector import Vector
from pbmon.expr.walk import choices, uses_auto, walk
from pbmon.go_template.nodes import TemplateMistake
from pbmon.go_template.parser import parsed
from pbmon.go_template.reading import Reading, reading
from pbmon.labels import Label, listed, names
from pbmon.model.acceptance import Accepted
from pbmon.model.project import Severity
from pbmon.source import Source, here

PBMON_ANNOTATIONS = {
    "summary": "summary=...",
    "description": "description=...",
    "impact": "impact=...",
    "action": "action=...",
    "runbook_url": "it is made from the project's runbook_url",
    "dashboard_url": "it leads to the panel that shows the alert",
}
"""Annotations that every alert has, and where they come from."""
_ANNOTATION = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_AUTO_HELP = 'AUTO is Grafana\'s; a rule needs a fixed window, as "5m"'


@checked
@dataclass(frozen=True, eq=False)
class Record(AnyGauge):
    """A recording rule: an expression evaluated once and stored under a new name.

    name: `level:metric:operations`, the level naming the labels of the result. unit: Grafana's id;
    taken from the expression when not given. group: where it is evaluated (default: with the others
    of its service). labels: static ones that Prometheus adds, by name. Usable like a gauge with
    the labels of the expression and these.
    """

    name: str
    expr: Vector
    help: str = ""
    unit: str = ""
    group: RuleGroup | None = field(default=None, kw_only=True)
    labels: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    accept: Sequence[Accepted] = field(default=(), kw_only=True)
    source: Source = field(default_factory=here, init=False)

    def __post_init__(self) -> None:
        _check_expr(self.name, self.expr, self.source)
        self._check_labels()
        level = self.name.partition(":")[0]
        in_level = any(name in level for name in self.labels)
        carried = self.selector.series.labels if in_level else self.expr.label_set
        check_record_name(self.name, names(carried), self.source)
        object.__setattr__(self, "unit", self.unit or self.expr.unit)
        if self.unit:
            units.checked(self.unit, self.name, self.source)

    @property
    def selector(self) -> Selector:
        shape = self.expr.shape
        static = (Label(name, "", values=(value,)) for name, value in self.labels.items())
        return Selector(
            Series(
                self.name,
                self.name,
                "recorded",
                label_set((*shape.labels, *static)),
                self.unit,
                key=tuple(sorted(shape.key)),
                matchers=shape.matchers,
            )
        )

    def _check_labels(self) -> None:
        """DefinitionError for labels that Prometheus refuses, or that hide those of the series."""
        check_label_names(self.labels, f"record {self.name}", self.source)
        kept = names(self.expr.label_set)
        for name, value in self.labels.items():
            if name in kept:
                raise DefinitionError(
                    self.source,
                    f"record {self.name} sets label {name!r}, which its expression keeps: series"
                    " that differ only there become one, and Prometheus evaluates neither",
                    f"the expression keeps {listed(self.expr.label_set)}: aggregate {name} away,"
                    " or name the label differently",
                )
            if not value or "{{" in value:
                what = "is empty, which is no label" if not value else "holds a template"
                raise DefinitionError(
                    self.source,
                    f"label {name!r} of record {self.name} {what}; Prometheus expands none in the"
                    " labels of records",
                    "a fixed text",
                )


@checked
@dataclass(frozen=True, eq=False)
class RuleGroup:
    """Rules that are evaluated together: alerts in `monitoring/alerts/<name>.yml`, records in
    `monitoring/recording/<name>.yml`.

    interval: how often; empty for the project's evaluation_interval.
    """

    EXAMPLE: ClassVar = 'RuleGroup("critical", "What wakes somebody.")'

    name: str
    help: str
    interval: str = ""
    accept: Sequence[Accepted] = field(default=(), kw_only=True)
    source: Source = field(default_factory=here, init=False)

    def __post_init__(self) -> None:
        check_file_name(self.name, "group name", self.source)
        if self.interval:
            durations.checked(self.interval, "interval", source=self.source)


@checked
@dataclass(frozen=True, eq=False)
class Alert:
    """A condition somebody has to act on.

    expr: a comparison (a Condition); its labels are those of the alert. for_: how long it must
    hold, `0s` for at once.
    summary, description: may use `{{ $value }}` and `{{ $labels.name }}` of labels the expression
    keeps.
    impact: what users notice. action: what to do first. group: the file it stands in (default: one
    per service).
    labels: static labels besides severity. annotations: texts besides those that pbmon sets.
    silences: alerts that are pointless while this one fires (Alertmanager inhibition).
    always_fires: it is a dead man's switch, whose silence means that alerting itself is broken.
    """

    name: str
    expr: Vector
    for_: str = field(default="0s", kw_only=True)
    severity: Severity = field(kw_only=True)
    summary: str = field(kw_only=True)
    impact: str = field(kw_only=True)
    action: str = field(kw_only=True)
    description: str = field(default="", kw_only=True)
    group: RuleGroup | None = field(default=None, kw_only=True)
    labels: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    annotations: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    silences: Sequence[Alert] = field(default=(), kw_only=True)
    keep_firing_for: str = field(default="", kw_only=True)
    always_fires: bool = field(default=False, kw_only=True)
    accept: Sequence[Accepted] = field(default=(), kw_only=True)
    source: Source = field(default_factory=here, init=False)

    def __post_init__(self) -> None:
        check_alert_name(self.name, self.source)
        _check_expr(self.name, self.expr, self.source)
        durations.checked(self.for_, f"for_ of {self.name}", zero=True, source=self.source)
        if self.keep_firing_for:
            durations.checked(
                self.keep_firing_for, f"keep_firing_for of {self.name}", source=self.source
            )
        check_label_names(self.labels, self.name, self.source)
        self._check_annotation_names()
        if reserved := sorted({"alertname", "severity"} & self.labels.keys()):
            raise DefinitionError(
                self.source,
                f"{self.name} sets label {reserved[0]!r} a second time",
                "pbmon sets it: leave it out",
            )
        if not self.always_fires and not decides(self.expr.node):
            raise DefinitionError(
                self.source,
                f"{self.name} has no condition, so it fires whenever the expression has a value",
                "compare it: expr > 0.05; or always_fires=True, for a dead man's switch",
            )
        texts = (self.summary, self.description, self.impact, self.action)
        for text in (*texts, *self.annotations.values()):
            self._check_template(text)
        for name, text in self.labels.items():
            if self._check_template(text).value:
                raise DefinitionError(
                    self.source,
                    f"label {name!r} of {self.name} changes with the value of the alert, and with"
                    " other labels Prometheus takes it for another alert: each one begins its for_"
                    " anew, so none may ever fire",
                    "show the value in summary or description",
                )

    @property
    def carried(self) -> tuple[Label, ...]:
        """Labels of its series in Prometheus, those left out that every alert has."""
        static = (Label(name, "", values=(text,)) for name, text in self.labels.items())
        shape = self.expr.shape
        by_name = {label.name: label for label in (*shape.labels, *shape.optional, *static)}
        return label_set(by_name.values())

    @property
    def templates(self) -> tuple[str, ...]:
        """Every text in which Prometheus expands templates."""
        texts = (self.summary, self.description, self.impact, self.action)
        return (*texts, *self.annotations.values(), *self.labels.values())

    def _check_annotation_names(self) -> None:
        for name in self.annotations:
            if not _ANNOTATION.fullmatch(name):
                raise DefinitionError(
                    self.source,
                    f"{self.name} has annotation {name!r}, which Prometheus refuses",
                    "letters, digits and _, beginning with a letter",
                )
            if name in PBMON_ANNOTATIONS:
                raise DefinitionError(
                    self.source,
                    f"{self.name} sets annotation {name!r} a second time",
                    f"pbmon sets it: {PBMON_ANNOTATIONS[name]}",
                )

    def _check_template(self, text: str) -> Reading:
        """What the text reads of the alert. DefinitionError for what Prometheus would not print."""
        excerpt = text if len(text) <= 200 else f"{text[:200]}…"
        try:
            read = reading(parsed(text))
        except TemplateMistake as mistake:
            raise DefinitionError(
                self.source,
                f"{self.name} has a text that Prometheus does not load: {mistake.problem}, at"
                f" character {mistake.position + 1} of {excerpt!r}",
                mistake.help or "{{ $value }} or {{ $labels.name }}",
            ) from None
        if read.unknown:
            raise DefinitionError(
                self.source,
                f"{self.name} prints .{read.unknown}, which does not exist, so Prometheus prints an"
                " error in place of the text",
                ".Labels, .Value, .ExternalLabels or .ExternalURL",
            )
        for name in read.labels:
            if name not in self._printable:
                raise DefinitionError(
                    self.source,
                    f"{self.name} prints $labels.{name}, which its expression does not keep, so the"
                    " text has a hole",
                    f"the expression keeps {listed(self.expr.label_set)}",
                )
        return read

    @property
    def _printable(self) -> set[str]:
        """Labels that texts may print. Prometheus gives templates those of the series, without
        those of the rule. What is absent may get its job from the scope: `plan/printed.py` knows.
        """
        node = self.expr.node
        absence = any(isinstance(inner, Call) and inner.function in ABSENCE for inner in walk(node))
        more = (["__name__"] if kept_names(node) else []) + (["job"] if absence else [])
        return {*names(self.expr.label_set), *more}


def _check_expr(name: str, expr: Vector, source: Source) -> None:
    if uses_auto(expr.node):
        raise DefinitionError(
            source, f"{name} uses a window that only Grafana can fill in", _AUTO_HELP
        )
    for choice in choices(expr.node):
        raise DefinitionError(
            source,
            f"{name} asks for ${choice.name}, which only readers of a dashboard choose",
            "a rule needs a fixed value, or none",
        )
