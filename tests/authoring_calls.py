"""A right call of everything that the authoring API offers: constructors, functions and methods."""

from __future__ import annotations

from typing import Any

from pbmon import (
    Alert,
    Counter,
    Exporter,
    Gauge,
    Histogram,
    Job,
    Label,
    Panel,
    Row,
    instance,
    job,
    le,
    up,
)
from pbmon.arguments_texts import OPERATORS
from pbmon.expr.aggregations import Aggregations, Counted
from pbmon.expr.elementwise import Functions
from pbmon.expr.histograms import AnyHistogram
from pbmon.expr.label_functions import LabelFunctions
from pbmon.expr.over_time import OverTime, Sampled
from pbmon.expr.partners import Matched
from pbmon.expr.selection import AnyCounter, AnyGauge
from pbmon.expr.vector import Vector

room = Label("room", "Room.", values=("hall", "kitchen"))
either = Label("operation", "Op.", values=("get", "set", "delete"), other="other")
result = Label("status", "Result.", values=("hit", "miss", "ok", "error"))
status = Label("status", "Status.", max_values=30, other="other")
code = Label("status", "Status.", values=("200",), other="other")
method = Label("method", "Method.", values=("GET",), other="other")
endpoint = Label("endpoint", "Route.", max_values=30, other="other")
task = Label("task_type", "Task.", max_values=30, other="other")
reason = Label("reason", "Reason.", max_values=30, other="other")
error = Label("error_type", "Error.", max_values=30, other="other")
queue = Label("queue_name", "Queue.", max_values=30, other="other")
worker = Label("worker_type", "Worker.", max_values=30, other="other")
visits = Counter("visits_total", "Visits.", labels=[room])
lamps = Gauge("lamps", "Lamps.", labels=[room])
doors = Gauge("doors", "Doors.", labels=[room])
active = Gauge("active", "Active.")
stay = Histogram("stay_seconds", "Stay.", labels=[room], buckets=[1, 5])
op_seconds = Histogram("op_seconds", "Op.", labels=[either], buckets=[1])
few = Alert("Few", lamps < 1, severity="info", summary="s", impact="i", action="a")

Call = tuple[tuple[Any, ...], dict[str, Any]]
CALLS: dict[str, Call] = {
    "Accepted": (("metric-is-used", "kept for the audit"), {}),
    "Alert": (("A", lamps < 1), {"severity": "info", "summary": "s", "impact": "i", "action": "a"}),
    "BarChart": (("P", lamps.sum(by=[room])), {"by": room}),
    "BarGauge": (("P", lamps), {}),
    "HistogramPanel": (("P", lamps), {}),
    "PieChart": (("P", lamps), {}),
    "StatusHistory": (("P", lamps), {}),
    "CacheInstrumentation": (
        (),
        {
            "path": "a/cache.py",
            "operations": Counter(
                "ops_total",
                "O.",
                labels=[Label("operation", "Op.", values=("get", "set", "delete")), result],
            ),
            "duration": Histogram(
                "ops_seconds",
                "O.",
                labels=[Label("operation", "Op.", values=("get", "set", "delete"))],
                buckets=[1],
            ),
        },
    ),
    "CeleryInstrumentation": (
        (),
        {
            "tasks": Counter("tasks_total", "T.", labels=[task, status]),
            "duration": Histogram("task_seconds", "T.", labels=[task], buckets=[1]),
            "retries": Counter("retries_total", "T.", labels=[task, reason]),
            "failures": Counter("failures_total", "T.", labels=[task, error]),
            "active": Gauge("tasks", "T.", labels=[task]),
            "processes": Gauge("processes", "T."),
            "queue_size": Gauge("queued", "T.", labels=[queue]),
            "memory": Gauge("memory_bytes", "T.", labels=[worker]),
        },
    ),
    "Counter": (("visits_total", "V."), {}),
    "Dashboard": (("D",), {"uid": "d", "file": "d", "rows": [Row("R", Panel("P", lamps))]}),
    "DatabaseInstrumentation": (
        (),
        {
            "path": "a/db.py",
            "duration": Histogram(
                "sql_seconds",
                "S.",
                labels=[Label("operation", "Op.", values=("select", "other"))],
                buckets=[1],
            ),
        },
    ),
    "Exporter": (("e", "1"), {}),
    "Gauge": (("lamps", "L."), {}),
    "GaugePanel": (("P", lamps), {}),
    "Heatmap": (("P", stay.bucket_counts.rate("5m").sum(by=[le])), {}),
    "Histogram": (("a_seconds", "A."), {"buckets": [1, 2]}),
    "HttpInstrumentation": (
        (),
        {
            "path": "a/http.py",
            "requests": Counter("requests_total", "R.", labels=[method, endpoint, code]),
            "latency": Histogram("r_seconds", "R.", labels=[method, endpoint], buckets=[1]),
        },
    ),
    "Job": (("j", ["j:80"]), {}),
    "Label": (("l", "L."), {"values": ("a",)}),
    "Line": (("a",), {"dashed": True}),
    "CustomVariable": (("size", ["small"]), {}),
    "QueryVariable": (("room", lamps, room), {}),
    "TextVariable": (("search",), {}),
    "MetricsEndpoint": ((), {"path": "a/page.py", "settings": "a/settings.py"}),
    "Override": (("a",), {"decimals": 1}),
    "Panel": (("P", lamps), {}),
    "Project": ((), {"name": "p", "title": "P", "runbook_url": "https://example.com"}),
    "Query": ((lamps,), {}),
    "Receiver": ((), {"name": "r", "severities": ["info"]}),
    "Record": (("instance_job_room:lamps:x", lamps), {}),
    "Row": (("R", Panel("P", lamps)), {}),
    "RuleGroup": (("g", "G."), {}),
    "RuleTest": ((few,), {"given": {"lamps": "1"}, "fires_at": "1m"}),
    "Service": (("s",), {"jobs": [Job("j", ["j:80"])]}),
    "Slo": (("s",), {"good": up, "objective": "99"}),
    "Stat": (("P", lamps), {}),
    "StateTimeline": (("P", lamps), {}),
    "Summary": (("s", "S."), {"observed": Exporter("e", "1")}),
    "Table": (("P", lamps), {}),
    "Text": (("T", "text"), {}),
    "constant": ((1,), {}),
    "either": ((lamps, doors), {}),
    "histogram_quantile": ((0.5, stay.bucket_counts.rate("5m")), {}),
    "join_info": ((lamps, up), {"on": [job], "include": []}),
    "pi": ((), {}),
    "promql": (("lamps",), {"labels": [instance, job, room], "uses": [lamps]}),
    "ratio": ((visits, visits, "5m"), {}),
    "time": ((), {}),
}
"""A right call of everything that `pbmon` offers to be called."""

METHODS: dict[tuple[type, str], tuple[Any, Call]] = {
    (AnyCounter, "where"): (visits, ((room.is_("hall"),), {})),
    (AnyCounter, "at"): (visits, (("end",), {})),
    **{
        (AnyCounter, name): (visits, (("5m",), {}))
        for name in ("offset", "rate", "irate", "increase")
    },
    (AnyGauge, "where"): (lamps, ((room.is_("hall"),), {})),
    (AnyGauge, "at"): (lamps, ((5,), {})),
    (AnyGauge, "offset"): (lamps, (("5m",), {})),
    (AnyHistogram, "where"): (stay, ((room.is_("hall"),), {})),
    (AnyHistogram, "at_most"): (stay, ((1,), {})),
    (AnyHistogram, "quantile"): (stay, ((0.5, "5m"), {})),
    (AnyHistogram, "mean"): (stay, (("5m",), {})),
    **{(Counted, name): (visits, ((), {"by": [room]})) for name in ("count", "grouped")},
    **{
        (Aggregations, name): (lamps, ((), {"by": [room]}))
        for name in ("sum", "avg", "min", "max", "stddev", "stdvar")
    },
    (Aggregations, "quantile"): (lamps, ((0.5,), {"by": [room]})),
    **{(Aggregations, name): (lamps, ((3,), {})) for name in ("topk", "bottomk", "limitk")},
    **{
        (Sampled, name): (visits, (("5m",), {}))
        for name in (
            "count_over_time",
            "present_over_time",
            "absent_over_time",
            "changes",
            "resets",
        )
    },
    **{
        (OverTime, name): (lamps, (("5m",), {}))
        for name in (
            *(f"{how}_over_time" for how in ("avg", "max", "min", "sum", "last")),
            *(f"{how}_over_time" for how in ("stddev", "stdvar", "mad")),
            *("delta", "idelta", "deriv"),
        )
    },
    (OverTime, "quantile_over_time"): (lamps, ((0.5, "5m"), {})),
    (OverTime, "predict_linear"): (lamps, (("5m", 60), {})),
    (OverTime, "holt_winters"): (lamps, (("5m", 0.5, 0.5), {})),
    (OverTime, "double_exponential_smoothing"): (lamps, (("5m", 0.5, 0.5), {})),
    (Functions, "clamp"): (lamps, ((0, 1), {})),
    **{(Functions, name): (lamps, ((2,), {})) for name in ("clamp_min", "clamp_max", "round")},
    **{
        (Vector, name): (lamps, ((doors,), {}))
        for name in ("equals", "differs", "and_", "or_", "unless", "atan2")
    },
    **{(Vector, name): (lamps, ((room,), {})) for name in ("on", "ignoring")},
    (LabelFunctions, "count_values"): (lamps, ((room,), {})),
    (Vector, "default"): (lamps.sum(), ((0,), {})),
    (LabelFunctions, "label_replace"): (lamps, ((job, "$1", room), {})),
    (LabelFunctions, "label_join"): (lamps, ((job, "-", room), {})),
    **{(Vector, name): (lamps, ((2,), {})) for name in OPERATORS},
    (Matched, "group_right"): (lamps.on(room), ((), {})),
    (Matched, "group_left"): (lamps.on(room), ((), {})),
    (Label, "is_"): (room, (("hall",), {})),
    (Label, "is_not"): (room, (("hall",), {})),
    (Label, "is_in"): (room, (("hall",), {})),
    (Label, "matches"): (room, (("h.*",), {})),
    (Label, "not_matches"): (room, (("h.*",), {})),
}
"""A right call of every method with arguments, on an object."""
