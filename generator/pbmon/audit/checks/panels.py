"""Checks that dashboards show something."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pbmon.audit.case import Case, Use
from pbmon.audit.dashboards import Dashboard, Query, panels_at
from pbmon.checks.dashboards.grafana.labels import kept_by
from pbmon.checks.dashboards.parts import Json, name, part, parts, text
from pbmon.checks.dashboards.variables import DURATIONS, LINK_BUILT_IN, NUMBERS, USE
from pbmon.finding import Finding

_WITH_UNIT = frozenset({"timeseries", "graph", "stat", "singlestat", "gauge", "bargauge"})
_WITH_LEGEND = frozenset({"timeseries", "graph", "barchart", "piechart", "bargauge"})
_PRINTED = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
_BUILT_IN = DURATIONS | NUMBERS | LINK_BUILT_IN


def panel_can_show_data(case: Case) -> Iterator[Finding]:
    """Every panel has a query that can return data.

    A panel all of whose queries are refused, or read what surely does not exist, says "No data" in
    good times and in bad ones. The findings at its queries say why.

    To fix it: mend its queries, or take the panel out.
    """
    for use_of in _by_panel(case).values():
        dead = [use for use in use_of if case.is_dead(use) and case.is_surely_dead(use)]
        if len(dead) == len(use_of) and len(use_of) == _queries(use_of):
            query = use_of[0].owner
            assert isinstance(query, Query) and query.panel is not None
            yield Finding(
                "panel-can-show-data",
                use_of[0].source,
                f"{name(query.panel)} can show nothing: "
                + (
                    "its query returns"
                    if len(dead) == 1
                    else f"all of its {len(dead)} queries return"
                )
                + " no data",
                "see the findings at its queries",
            )


def dashboard_variables_are_defined(case: Case) -> Iterator[Finding]:
    """Every variable that a query uses is defined in its dashboard, or built into Grafana.

    Grafana leaves an unknown `$cluster` as it stands, so a query asks for the label value
    "$cluster" and shows no data.

    To fix it: add the variable to the dashboard, or take it out of the query.
    """
    for dashboard in case.dashboards:
        told: set[str] = set()
        for query in dashboard.queries:
            for variable in _undefined(query.text, dashboard):
                if variable not in told:
                    told.add(variable)
                    known = sorted(dashboard.variables)
                    yield Finding(
                        "dashboard-variables-are-defined",
                        query.source,
                        f"{query.where} uses ${variable}, which the dashboard does not define, so"
                        " Grafana leaves it as it stands",
                        f"it defines {', '.join(known) or 'none'}",
                    )


def legend_prints_kept_labels(case: Case) -> Iterator[Finding]:
    """Every label that a legend prints is one that its query keeps.

    `sum by (job)` drops `instance`, so the legend `{{instance}}` prints nothing, and lines cannot
    be told apart. What a metric carries is not known, so only queries count that say what they
    keep.

    To fix it: keep the label in `by (...)`, or take it out of the legend.
    """
    for use, node in case.read:
        query = use.owner
        if not isinstance(query, Query) or "{{" not in query.legend:
            continue
        kept = kept_by(node)
        if kept is None or query.panel is None:
            continue
        gone = [name for name in dict.fromkeys(_PRINTED.findall(query.legend)) if name not in kept]
        if gone and gone != ["__name__"]:
            yield Finding(
                "legend-prints-kept-labels",
                use.source,
                f"the legend of {use.what} prints {', '.join(gone)}, which the query does not keep,"
                " so it is empty there",
                f"it keeps {', '.join(sorted(kept)) or 'no label'}",
                "warning" if query.panel.get("type") in _WITH_LEGEND else "note",
            )


def panel_has_datasource(case: Case) -> Iterator[Finding]:
    """Every panel with queries says which data source it asks.

    Else it asks whatever is the default of the Grafana that it is shown in, which may be none of
    Prometheus.

    To fix it: a variable of the type `datasource`, and `"uid": "${datasource}"`.
    """
    for dashboard in case.dashboards:
        without = [
            panel
            for _, panel in panels_at(dashboard.board.json)
            if any(text(target, "expr") for target in parts(panel, "targets"))
            and not panel.get("datasource")
            and not any(target.get("datasource") for target in parts(panel, "targets"))
        ]
        if without:
            rest = f" and {len(without) - 1} more" if len(without) > 1 else ""
            yield Finding(
                "panel-has-datasource",
                dashboard.board.author(without[0]),
                f"{name(without[0])}{rest} name{'' if rest else 's'} no data source",
                level="note",
            )


def panel_has_unit(case: Case) -> Iterator[Finding]:
    """Every panel that shows numbers has a unit.

    A reader cannot tell seconds from milliseconds, or 0.05 from 5 %.

    To fix it: `s`, `bytes`, `percentunit`, `reqps`; `short` for plain numbers.
    """
    for dashboard in case.dashboards:
        without = [
            panel
            for _, panel in panels_at(dashboard.board.json)
            if panel.get("type") in _WITH_UNIT and parts(panel, "targets") and not _has_unit(panel)
        ]
        if without:
            named = ", ".join(name(panel) for panel in without[:4])
            rest = f" and {len(without) - 4} more" if len(without) > 4 else ""
            yield Finding(
                "panel-has-unit",
                dashboard.board.author(without[0]),
                f"{named}{rest} show{'s' if len(without) == 1 else ''} numbers without a unit",
                level="note",
            )


def _by_panel(case: Case) -> dict[int, list[Use]]:
    panels: dict[int, list[Use]] = {}
    for use in case.uses:
        if isinstance(use.owner, Query) and use.owner.panel is not None:
            panels.setdefault(id(use.owner.panel), []).append(use)
    return panels


def _queries(uses: list[Use]) -> int:
    """How many queries their panel shows, those of other data sources too."""
    query = uses[0].owner
    assert isinstance(query, Query) and query.panel is not None
    return sum(target.get("hide") is not True for target in parts(query.panel, "targets"))


def _undefined(query: str, dashboard: Dashboard) -> Iterator[str]:
    for match in USE.finditer(query):
        variable = match[1] or match[2] or match[3]
        is_group = f"?P<{variable}>" in query  # of a regular expression in label_replace()
        is_quoted = query[match.start() - 1 : match.start()] == "\\"
        is_built_in = variable.startswith("__") or variable in _BUILT_IN
        if not (is_group or is_quoted or is_built_in or variable in dashboard.variables):
            yield variable


def _has_unit(panel: Json) -> bool:
    if text(part(panel, "fieldConfig", "defaults"), "unit") or text(panel, "format"):
        return True
    if any(text(axis, "format") for axis in parts(panel, "yaxes")):
        return True
    return any(
        text(setting, "id") == "unit"
        for rule in parts(panel, "fieldConfig", "overrides")
        for setting in parts(rule, "properties")
    )
