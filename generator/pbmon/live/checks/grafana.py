"""Whether Grafana has what was rendered for it, and reaches Prometheus."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pbmon.finding import Finding
from pbmon.live.checks.case import Case

_OF_GRAFANA = frozenset({"id", "version", "schemaVersion"})
"""What Grafana counts for itself, or raises when it migrates a dashboard; likewise `pluginVersion`
of a panel.
"""
_HELP = (
    "install the rendered dashboards; a provisioned one is read again within the provider's"
    " updateIntervalSeconds"
)


def grafana_reaches_prometheus(case: Case) -> Iterator[Finding]:
    """Grafana's database works, and so does the Prometheus data source that dashboards open with.

    Dashboards open with the default data source, else with the first. Its health is the result of
    `Save & test` in its settings.
    """
    source, seen = case.plan.catalog.project.source, case.grafana
    if seen.database != "ok":
        yield Finding(
            "grafana-reaches-prometheus",
            source,
            f"Grafana's database is {seen.database!r}",
            "see Grafana's log",
        )
    if seen.datasource is None:
        problem = "Grafana has no data source of type prometheus, so no panel shows anything"
        yield Finding(
            "grafana-reaches-prometheus", source, problem, "install docker/grafana/provisioning/"
        )
    elif not seen.datasource[1]:
        name, _, message = seen.datasource
        problem = f"data source {name!r} of Grafana does not work: {message or 'no reason given'}"
        yield Finding(
            "grafana-reaches-prometheus",
            source,
            problem,
            f"its planned address is {case.plan.settings.prometheus_url}",
        )


def dashboard_is_as_rendered(case: Case) -> Iterator[Finding]:
    """Grafana has every dashboard under its uid, with exactly the rendered panels.

    The check compares only what was rendered. Fields that Grafana adds or counts up may have any
    value.
    """
    for dashboard in case.plan.dashboards:
        served = case.grafana.dashboards.get(dashboard.uid)
        if served is None:
            problem = f"Grafana has no dashboard {dashboard.title!r} (uid {dashboard.uid})"
            yield Finding("dashboard-is-as-rendered", dashboard.source, problem, _HELP)
            continue
        rendered = json.loads(case.rendered[dashboard.file])
        sources = {panel.id: panel.source for row in dashboard.rows for panel in row.panels}
        for id, difference in _differences(rendered, served):
            yield Finding(
                "dashboard-is-as-rendered",
                sources.get(id, dashboard.source),
                f"in dashboard {dashboard.title!r} of Grafana {difference}",
                _HELP,
            )


def _differences(
    rendered: Mapping[str, Any], served: Mapping[str, Any]
) -> Iterator[tuple[int, str]]:
    """Panels that are missing, changed or additional, and changed fields of the dashboard. Each
    comes with the id of the rendered panel, or 0.
    """
    running = {panel.get("id"): panel for panel in _flat(served)}
    for panel in _flat(rendered):
        counterpart = running.pop(panel["id"], None)
        compared = {
            key: value for key, value in panel.items() if key not in {"panels", "pluginVersion"}
        }
        if counterpart is None:
            yield panel["id"], f"panel {panel['title']!r} is missing"
        elif not _holds(counterpart, compared):
            yield panel["id"], f"panel {panel['title']!r} is not as it was rendered"
    for panel in running.values():
        yield 0, f"panel {panel.get('title')!r} is in no definition"
    for key in sorted(rendered.keys() - _OF_GRAFANA - {"panels"}):
        if not _holds(served.get(key), rendered[key]):
            yield 0, f"{key} is not as it was rendered"


def _flat(dashboard: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """All panels, those of collapsed rows too."""
    for panel in dashboard.get("panels") or ():
        yield panel
        yield from panel.get("panels") or ()


def _holds(served: Any, rendered: Any) -> bool:
    """Whether everything rendered is there. Null, False and empty values may be left out."""
    if isinstance(rendered, Mapping) and rendered:
        return isinstance(served, Mapping) and all(
            _holds(served.get(key), value) for key, value in rendered.items()
        )
    if isinstance(rendered, list) and rendered:
        return (
            isinstance(served, list)
            and len(served) == len(rendered)
            and all(map(_holds, served, rendered))
        )
    return bool(served == rendered) or (_is_nothing(served) and _is_nothing(rendered))


def _is_nothing(value: Any) -> bool:
    return value is None or value is False or value in ("", [], {})
