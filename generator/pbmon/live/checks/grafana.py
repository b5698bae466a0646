"""Whether Grafana has what was rendered for it, and reaches Prometheus."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pbmon.finding import Finding
from pbmon.live.seen import SeenGrafana
from pbmon.plan.plan import Plan

_OF_GRAFANA = frozenset({"id", "version", "schemaVersion"})
"""What Grafana counts for itself, or raises when it migrates a dashboard; likewise `pluginVersion`
of a panel.
"""
_HELP = (
    "install the rendered dashboards; a provisioned one is read again within the provider's"
    " updateIntervalSeconds"
)


def grafana_reaches_prometheus(
    plan: Plan,
    seen: SeenGrafana,
    rendered: Mapping[str, str],  # noqa: ARG001
) -> Iterator[Finding]:
    """Grafana's own database works, and so does the Prometheus data source that dashboards open
    with.

    That is the default one, else the first. Its health is what `Save & test` in its settings says.
    """
    source = plan.catalog.project.source
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
            f"its planned address is {plan.settings.prometheus_url}",
        )


def dashboard_is_as_rendered(
    plan: Plan, seen: SeenGrafana, rendered: Mapping[str, str]
) -> Iterator[Finding]:
    """Grafana has every dashboard under its uid, with just the rendered panels.

    Compared is what was rendered: fields that Grafana adds, and those it counts for itself, are
    left out.

    rendered: text by path.
    """
    for dashboard in plan.dashboards:
        served = seen.dashboards.get(dashboard.uid)
        if served is None:
            problem = f"Grafana has no dashboard {dashboard.title!r} (uid {dashboard.uid})"
            yield Finding("dashboard-is-as-rendered", dashboard.source, problem, _HELP)
            continue
        wanted = json.loads(rendered[dashboard.file])
        differing = _panels(wanted, served)
        differing += [
            key
            for key in sorted(wanted)
            if key not in _OF_GRAFANA | {"panels"} and not _holds(served.get(key), wanted[key])
        ]
        if differing:
            problem = (
                f"dashboard {dashboard.title!r} differs in Grafana from what was rendered:"
                f" {', '.join(differing)}"
            )
            yield Finding("dashboard-is-as-rendered", dashboard.source, problem, _HELP)


def _panels(wanted: Mapping[str, Any], served: Mapping[str, Any]) -> list[str]:
    """Panels that are missing, changed, or additional."""
    running = {panel.get("id"): panel for panel in _flat(served)}
    differing = []
    for panel in _flat(wanted):
        found = running.pop(panel["id"], None)
        if found is None:
            differing.append(f"panel {panel['title']!r} is missing")
        elif not _holds(
            found,
            {key: value for key, value in panel.items() if key not in {"panels", "pluginVersion"}},
        ):
            differing.append(f"panel {panel['title']!r}")
    return differing + [
        f"panel {panel.get('title')!r} is not of the definitions" for panel in running.values()
    ]


def _flat(dashboard: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """All panels, those of collapsed rows too."""
    for panel in dashboard.get("panels") or ():
        yield panel
        yield from panel.get("panels") or ()


def _holds(served: Any, wanted: Any) -> bool:
    """Whether all that was rendered is there. Null, False and what is empty may be left out."""
    if isinstance(wanted, Mapping) and wanted:
        return isinstance(served, Mapping) and all(
            _holds(served.get(key), value) for key, value in wanted.items()
        )
    if isinstance(wanted, list) and wanted:
        return (
            isinstance(served, list)
            and len(served) == len(wanted)
            and all(map(_holds, served, wanted))
        )
    return bool(served == wanted) or (_is_nothing(served) and _is_nothing(wanted))


def _is_nothing(value: Any) -> bool:
    return value is None or value is False or value in ("", [], {})
