"""Recording and alerting rules as Prometheus rule files.

Format: https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/#rule
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from pbmon.artifact import Artifact
from pbmon.expr.text import pretty
from pbmon.plan.rules import PlannedAlert, PlannedGroup, PlannedRecord
from pbmon.render.environment import rendered
from pbmon.render.texts import Texts


def render(groups: Iterable[PlannedGroup], texts: Texts | None = None) -> Iterator[Artifact]:
    """One file a group."""
    for group in groups:
        yield Artifact(
            group.file,
            (texts or Texts()).get("rules", (group,), partial(_text, group)),
            {("groups", 0, "rules", index): rule.source for index, rule in enumerate(group.rules)},
        )


def _text(group: PlannedGroup) -> str:
    return rendered("rules.yml.j2", group=group, rules=[_rule(rule) for rule in group.rules])


def _rule(rule: PlannedRecord | PlannedAlert) -> dict[str, object]:
    values: dict[str, object] = {"name": rule.name, "expr": pretty(rule.expr)}
    if isinstance(rule, PlannedRecord):
        return values | {"kind": "record", "labels": rule.labels}
    return values | {
        "kind": "alert",
        "for_": rule.for_,
        "keep_firing_for": rule.keep_firing_for,
        "labels": rule.labels,
        "annotations": rule.annotations,
    }
