"""Refuses texts of alerts that print labels which the alert does not have.

Prometheus gives templates the labels of the series, without those of the rule.
"""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.catalog.catalog import Catalog
from pbmon.errors import DefinitionError
from pbmon.expr.derivation import shape
from pbmon.expr.metric_name import kept_names
from pbmon.go_template.parser import parsed
from pbmon.go_template.reading import reading
from pbmon.labels import listed
from pbmon.model.rules import Alert
from pbmon.plan.scope import Scope


def mistakes(catalog: Catalog, scope: Scope) -> Iterator[DefinitionError]:
    """A text that names a label which its expression, narrowed to its jobs, does not keep."""
    for alert in catalog.alerts:
        yield from _of_alert(alert, scope)


def _of_alert(alert: Alert, scope: Scope) -> Iterator[DefinitionError]:
    node = scope.in_rules(alert.expr.node)
    labels = {label.name: label for label in (*alert.expr.label_set, *shape(node).labels)}
    kept = {*labels, *(["__name__"] if kept_names(node) else [])}
    printed = [name for text in alert.templates for name in reading(parsed(text)).labels]
    for name in dict.fromkeys(printed):
        if name not in kept:
            yield DefinitionError(
                alert.source,
                f"{alert.name} prints $labels.{name}, which its expression does not keep, so the"
                " text has a hole",
                f"the expression keeps {listed(labels.values())}",
            )
