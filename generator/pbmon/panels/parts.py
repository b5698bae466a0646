"""JSON that several kinds of panels write: field settings, legends, tooltips, reducers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pbmon.model.panels import Chart, Reducer
from pbmon.model.standard_options import NO_LIMITS, Limits, ValueMapping
from pbmon.panels.kind import Json, PlannedPanel, Step
from pbmon.panels.overrides import mapped, overrides, thresholds

# A panel without thresholds would get Grafana's default, red above 80. Blue means neither good nor
# bad.
NEUTRAL = (Step(None, "blue"),)
VISIBLE = {"legend": False, "tooltip": False, "viz": False}
BY_VALUE = {"mode": "thresholds"}
BY_SERIES = {"mode": "palette-classic"}
TOOLTIP = {"mode": "multi", "sort": "desc"}


def field_config(
    panel: PlannedPanel[Any],
    *,
    color: Json,
    custom: Json | None = None,
    limits: Limits = NO_LIMITS,
    mappings: tuple[ValueMapping, ...] = (),
    overridden: Sequence[Json] = (),
) -> Json:
    """How the values of a chart are drawn. custom: what only its kind has. overridden: by the kind
    itself; those of the author come later and win.
    """
    chart: Chart = panel.definition
    measured = {"color": color, **({"unit": chart.unit} if chart.unit else {})}
    return {
        "defaults": unmeasured(panel, custom or {}, mappings) | measured | axis(chart, limits),
        "overrides": [*overridden, *overrides(panel, chart.overrides)],
    }


def unmeasured(
    panel: PlannedPanel[Any], custom: Json, mappings: tuple[ValueMapping, ...] = ()
) -> Json:
    """Defaults of a chart without unit, limits and colour."""
    chart: Chart = panel.definition
    return {
        "custom": custom,
        "links": [{"title": title, "url": url, "targetBlank": False} for title, url in chart.links],
        "mappings": mapped(mappings),
        "thresholds": thresholds(panel.thresholds or NEUTRAL),
    }


def axis(chart: Chart, limits: Limits) -> Json:
    """Limits and decimals, those that are set."""
    low, high = limits
    facts = {"decimals": chart.decimals, "max": high, "min": low}
    return {key: value for key, value in facts.items() if value is not None}


def legend(*calcs: str, display: str = "list", shown: bool = True) -> Json:
    """The legend below. calcs: numbers beside each name."""
    return {
        "calcs": list(calcs),
        "displayMode": display,
        "placement": "bottom",
        "showLegend": shown,
    }


def reduced(reducer: Reducer) -> Json:
    """`reduceOptions`: one number of each series."""
    return {"calcs": [reducer], "fields": "", "values": False}


def thresholds_style(panel: PlannedPanel[Any]) -> Json:
    """Lines where alerts begin, if any do."""
    return {"mode": "dashed" if panel.thresholds else "off"}
