"""One panel of each kind, as a person would write it, and planned at a place."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

from pbmon import (
    AUTO,
    BarChart,
    BarGauge,
    Counter,
    Gauge,
    GaugePanel,
    Heatmap,
    Histogram,
    HistogramPanel,
    Label,
    Line,
    Override,
    Panel,
    PieChart,
    Query,
    Stat,
    StateTimeline,
    StatusHistory,
    Table,
    Text,
    le,
    up,
)
from pbmon.expr.text import promql
from pbmon.model.panels import AnyPanel
from pbmon.model.standard_options import Mappings
from pbmon.panels.kind import Grid, PlannedPanel, Step, Target, letters
from pbmon.panels.kinds import kind_of

status = Label("status", "HTTP status.", values=("200", "500"))
endpoint = Label("endpoint", "Route template.", max_values=50, other="<unmatched>")
REQUESTS = Counter("http_requests_total", "Requests answered.", labels=[status, endpoint])
LATENCY = Histogram(
    "http_request_duration_seconds", "Time to answer.", labels=[endpoint], buckets=[0.1, 1, 10]
)
MEMORY = Gauge("memory_ratio", "Share of the memory in use.", unit="percentunit")
BY_STATUS = REQUESTS.rate(AUTO).sum(by=[status])
HEALTH: Mappings = {0: ("down", "red"), 1: ("up", "green"), None: ("unknown", "blue")}
HERE = Grid(0, 1, 12, 8)
LIMITS = (Step(None, "green"), Step(0.5, "yellow"), Step(2, "red"))


def described(title: str) -> dict[str, Any]:
    return {"description": f"What {title} is about."}


def examples() -> dict[str, AnyPanel]:
    """A panel of each kind with most of what it draws, by Grafana's type."""
    panels: tuple[AnyPanel, ...] = (
        Panel(
            "Requests",
            BY_STATUS,
            description="Requests answered each second, by status.",
            unit="reqps",
            limits=(0, None),
            link=("Endpoint", "/d/api?var-status=${__field.labels.status}&${__url_time_range}"),
            lines=[Line("500", axis="right", dashed=True)],
        ),
        Stat("API", Query(up, "{{job}}"), mappings=HEALTH, **described("API")),
        GaugePanel(
            "Memory",
            MEMORY.max(),
            limits=(0, 1),
            decimals=1,
            reducer="max",
            **described("Memory"),
        ),
        BarGauge("Queues", Query(up, "{{job}}"), unit="short", **described("Queues")),
        Table(
            "Slowest",
            LATENCY.quantile(0.95, AUTO, by=[endpoint]),
            columns={endpoint: "Endpoint", "Value": "p95"},
            overrides=[Override("p95", unit="s", thresholds={None: "green", 1: "red"})],
            **described("Slowest"),
        ),
        Heatmap(
            "Latency",
            LATENCY.bucket_counts.rate(AUTO).sum(by=[le]),
            unit="s",
            **described("Latency"),
        ),
        StateTimeline("Up", Query(up, "{{job}}"), mappings=HEALTH, **described("Up")),
        StatusHistory("Probes", Query(up, "{{job}}"), mappings=HEALTH, **described("Probes")),
        PieChart("By status", BY_STATUS, unit="reqps", donut=True, **described("By status")),
        BarChart(
            "By endpoint",
            Query(REQUESTS.rate(AUTO).sum(by=[endpoint]), "all"),
            Query(REQUESTS.where(status.is_("500")).rate(AUTO).sum(by=[endpoint]), "failed"),
            by=endpoint,
            unit="reqps",
            stacked=True,
            limits=(0, None),
            **described("By endpoint"),
        ),
        HistogramPanel(
            "Memory, how often",
            MEMORY.max(),
            bars=20,
            combined=True,
            **described("Memory, how often"),
        ),
        Text("Notes", "# Where to look next\n\n- the runbook"),
    )
    return {kind_of(panel).type: panel for panel in panels}


def bare(example: AnyPanel, **more: Any) -> AnyPanel:
    """A panel of the example's kind with its queries and what it must have, and no more."""
    required = {
        parameter.name: getattr(example, parameter.name)
        for parameter in inspect.signature(type(example)).parameters.values()
        if parameter.default is parameter.empty and parameter.kind is parameter.KEYWORD_ONLY
    }
    first = example.queries or ("text",)
    make: Any = type(example)
    panel: AnyPanel = make("Bare", *first, **required, **more)
    return panel


def planned(
    panel: AnyPanel, number: int = 1, grid: Grid = HERE, steps: Iterable[Step] = ()
) -> PlannedPanel[Any]:
    """The panel as the plan would have it, but for scope."""
    kind = kind_of(panel)
    targets = (
        Target(
            letter,
            promql(query.expr.node),
            query.expr.node,
            kind.legend(panel, query),
            kind.instant(panel),
            kind.format,
        )
        for letter, query in zip(letters(), panel.queries, strict=False)
    )
    return PlannedPanel(number, kind, panel, grid, tuple(targets), tuple(steps))
