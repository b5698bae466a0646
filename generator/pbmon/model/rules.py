"""Recording rules and alerts."""

from __future__ import annotations

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
from pbmon.expr.metric_name import kept_name
from pbmon.expr.nodes import COMPARISONS, SET_OPERATORS, Binary, Call, Node, Selector, Series
from pbmon.expr.selection import AnyGauge
from pbmon.expr.vector import Vector
from pbmon.expr.walk import uses_auto
from pbmon.go_template.nodes import TemplateMistake
from pbmon.go_template.parser import parsed
from pbmon.go_template.reading import Reading, reading
from pbmon.labels import listed, names
from pbmon.model.acceptance import Accepted
from pbmon.model.service import Severity
from pbmon.source import Source, here

_AUTO_HELP = 'AUTO is Grafana\'s; a rule needs a fixed window, as "5m"'


@checked
@dataclass(frozen=True, eq=False)
class Record(AnyGauge):
    """A recording rule: an expression evaluated once and stored under a new name.

    name: `level:metric:operations`, the level naming the labels of the result. unit: Grafana's id;
    taken from the expression when not given. group: where it is evaluated (default: with the others
    of its service). Usable like a gauge with the labels of the expression.
    """

    name: str
    expr: Vector
    help: str = ""
    unit: str = ""
    group: RuleGroup | None = field(default=None, kw_only=True)
    accept: Sequence[Accepted] = field(default=(), kw_only=True)
    source: Source = field(default_factory=here, init=False)

    def __post_init__(self) -> None:
        _check_expr(self.name, self.expr, self.source)
        check_record_name(self.name, names(self.expr.label_set), self.source)
        object.__setattr__(self, "unit", self.unit or self.expr.unit)
        if self.unit:
            units.checked(self.unit, self.name, self.source)

    @property
    def selector(self) -> Selector:
        return Selector(Series(self.name, self.name, "recorded", self.expr.label_set, self.unit))


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
    labels: static labels besides severity. silences: alerts that are pointless while this one fires
    (Alertmanager inhibition).
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
    silences: Sequence[Alert] = field(default=(), kw_only=True)
    keep_firing_for: str = field(default="", kw_only=True)
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
        if reserved := sorted({"alertname", "severity"} & self.labels.keys()):
            raise DefinitionError(
                self.source,
                f"{self.name} sets label {reserved[0]!r} a second time",
                "pbmon sets it: leave it out",
            )
        if not _decides(self.expr.node):
            raise DefinitionError(
                self.source,
                f"{self.name} has no condition, so it fires whenever the expression has a value",
                "compare it: expr > 0.05",
            )
        for text in (self.summary, self.description, self.impact, self.action):
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
        # Prometheus gives templates the labels of the series, without those of the rule
        label_names = {*names(self.expr.label_set)}
        if kept_name(self.expr.node):
            label_names.add("__name__")
        for name in read.labels:
            if name not in label_names:
                raise DefinitionError(
                    self.source,
                    f"{self.name} prints $labels.{name}, which its expression does not keep, so the"
                    " text has a hole",
                    f"the expression keeps {listed(self.expr.label_set)}",
                )
        return read


def _check_expr(name: str, expr: Vector, source: Source) -> None:
    if uses_auto(expr.node):
        raise DefinitionError(
            source, f"{name} uses a window that only Grafana can fill in", _AUTO_HELP
        )


def _decides(node: Node) -> bool:
    """Whether the node has a value only sometimes: a comparison, `and`, `unless`, absence, or `or`
    between two of them.
    """
    if isinstance(node, Binary):
        if node.operator == "or":
            return _decides(node.left) and _decides(node.right)
        return node.operator in COMPARISONS | SET_OPERATORS
    return isinstance(node, Call) and node.function in {"absent", "absent_over_time"}
