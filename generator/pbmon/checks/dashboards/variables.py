"""Check of the variables that a dashboard uses, and the values they get in checks.

Forms, as Grafana reads them: `$name`, `${name}`, `${name:regex}`, `${name.field}`, `[[name]]`.
https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pbmon.checks.dashboards.parts import (
    Board,
    Json,
    charts,
    name,
    panels,
    panels_and_rows,
    part,
    parts,
    text,
)
from pbmon.finding import Finding

USE = re.compile(
    r"\$([A-Za-z_]\w*)|\[\[([A-Za-z_]\w*?)(?::\w+)?\]\]|\$\{([A-Za-z_]\w*)(?:\.[^:}]+)?(?::[^}]+)?\}"
)

DURATIONS = frozenset(("__interval", "__rate_interval", "__range"))
NUMBERS = frozenset(
    ("__from", "__to", "__interval_ms", "__range_ms", "__range_s", "__rate_interval_ms")
)
QUERY_BUILT_IN = (
    DURATIONS | NUMBERS | {"__dashboard", "__name", "__org", "__user", "__timezone", "timeFilter"}
)
"""https://grafana.com/docs/grafana/latest/dashboards/variables/add-template-variables/#global-variables
"""
LINK_BUILT_IN = QUERY_BUILT_IN | {
    "__field",
    "__series",
    "__value",
    "__data",
    "__url_time_range",
    "__all_variables",
}
"""https://grafana.com/docs/grafana/latest/panels-visualizations/configure-data-links/#data-link-variables
"""

WINDOW = "299993ms"
"""Replaces a duration that Grafana computes. No author writes this prime number of milliseconds."""
A_WORD = "value"
"""Replaces a variable whose value only a reader of the dashboard knows."""


def dashboard_variables_are_defined(board: Board) -> Iterator[Finding]:
    """Every variable that a dashboard uses is defined there or built into Grafana.

    Grafana leaves an unknown `$cluster` as it stands, so a query asks for the label value
    "$cluster" and shows no data, and a link leads nowhere. `${__field...}`, `${__value...}` and
    `${__url_time_range}` exist only in links.

    To fix it: add the variable to the dashboard, or take it out of the text.
    """
    defined_names = {text(variable, "name") for variable in parts(board.json, "templating", "list")}
    for panel, where, value, built_in in _texts(board.json):
        for variable in dict.fromkeys(_names(value)):
            if variable not in defined_names and variable not in built_in:
                yield Finding(
                    "dashboard-variables-are-defined",
                    board.author(panel),
                    f"{where} uses ${variable}, which the dashboard does not define, so Grafana"
                    " leaves it as it stands",
                    f"it defines {', '.join(sorted(defined_names)) or 'none'}",
                )


def expanded(expr: str, dashboard: Json) -> str:
    """The query as Grafana would send it.

    Durations become WINDOW, numbers 300, other variables A_WORD.
    """
    kinds = {
        text(variable, "name"): variable.get("type")
        for variable in parts(dashboard, "templating", "list")
    }

    def stand_in(match: re.Match[str]) -> str:
        variable = match[1] or match[2] or match[3]
        if variable in DURATIONS or kinds.get(variable) == "interval":
            return WINDOW
        return "300" if variable in NUMBERS else A_WORD

    return USE.sub(stand_in, expr)


def _names(value: str) -> Iterator[str]:
    return (match[1] or match[2] or match[3] for match in USE.finditer(value))


def _texts(dashboard: Json) -> Iterator[tuple[Json | None, str, str, frozenset[str]]]:
    """Each text in which Grafana replaces variables.

    Yields the panel (None for a text of the dashboard), the place in messages, the text, and the
    built-in variables that work there.
    """
    for item in panels_and_rows(dashboard):
        yield item, f"the title of {name(item)}", text(item, "title"), QUERY_BUILT_IN
    for panel in panels(dashboard):
        yield panel, name(panel), text(part(panel, "options"), "content"), QUERY_BUILT_IN
        for link in (*parts(panel, "fieldConfig", "defaults", "links"), *parts(panel, "links")):
            yield (
                panel,
                f"a link of {name(panel)}",
                f"{text(link, 'title')} {text(link, 'url')}",
                LINK_BUILT_IN,
            )
    for panel in charts(dashboard):
        yield panel, name(panel), text(part(panel, "datasource"), "uid"), QUERY_BUILT_IN
        for target in parts(panel, "targets"):
            where = f"{name(panel)}, query {target.get('refId')},"
            yield panel, where, text(target, "expr"), QUERY_BUILT_IN
            yield panel, where, text(target, "legendFormat"), QUERY_BUILT_IN
    for variable in parts(dashboard, "templating", "list"):
        where = f"variable {text(variable, 'name')}"
        yield None, where, text(variable, "query"), QUERY_BUILT_IN
    for annotation in parts(dashboard, "annotations", "list"):
        where = f"annotation '{text(annotation, 'name')}'"
        yield None, where, text(annotation, "expr"), QUERY_BUILT_IN
    for link in parts(dashboard, "links"):
        where = f"dashboard link '{text(link, 'title')}'"
        yield None, where, text(link, "url"), LINK_BUILT_IN
