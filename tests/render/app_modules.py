"""Metrics modules to render in tests, and how to import what was rendered."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

from pbmon import Counter, Gauge, Histogram, Label
from pbmon.model.metrics import Metric
from pbmon.plan.modules import AppModule
from pbmon.render.modules import render
from pbmon.render.runtime import METRICS, copies
from prometheus_client import CollectorRegistry

METHOD = Label("method", "HTTP method.", values=("GET", "POST"), other="OTHER")
ENDPOINT = Label("endpoint", "Route template.", max_values=5, other="<unmatched>")
STATUS = Label(
    "status", "HTTP status code.", values=("200", "404", "500"), max_values=2, other="more"
)
RESULT = Label("status", "How a task ended.", values=("success", "failure"))
QUEUE = Label("queue", "Queue.", values=("fast", "slow"))

API = AppModule(
    "api.py",
    "Metrics of the API.",
    (
        Counter(
            "http_requests_total",
            "Requests answered.",
            labels=[METHOD, ENDPOINT, STATUS],
            symbol="api_request_counter",
        ),
        Histogram(
            "http_request_duration_seconds", "Time to answer.", labels=[METHOD], buckets=[0.1, 1]
        ),
        Counter("jobs_total", "Jobs done.", labels=[RESULT]),
        Gauge("queue_size", "Jobs waiting.", labels=[QUEUE], multiprocess_mode="max"),
        Gauge("jobs_running", "Jobs under way.", labels=[QUEUE]),
        Gauge("connections", "Open connections."),
    ),
)
PLAIN = AppModule(
    "plain.py",
    "One gauge.",
    (Gauge("records", 'Records, "all" kinds.', multiprocess_mode="mostrecent"),),
)


def module_of(*metrics: Metric, docstring: str = "An example.") -> AppModule:
    """A module of these metrics."""
    return AppModule("app.py", docstring, metrics)


def text_of(module: AppModule) -> str:
    """The rendered source."""
    (artifact,) = render([module])
    return artifact.text


def write(module: AppModule, folder: Path) -> Path:
    """The rendered module in the folder, with the modules copied beside it."""
    for artifact in (*render([module]), *copies(module, METRICS)):
        path = folder / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(artifact.text, "utf-8")
    return folder / module.path


def loaded(path: Path, name: str = "app_metrics") -> Any:
    """The file as a module of that name, and what lies beside it; sys.modules gets none of them."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = set(sys.modules)
    sys.path.insert(0, str(path.parent))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(path.parent))
        for own in [own for own in sys.modules.keys() - before if "_runtime" in own]:
            del sys.modules[own]
    return module


def samples(registry: CollectorRegistry, name: str) -> dict[tuple[str, ...], float]:
    """Label values, in order of the labels' names, to what that series holds."""
    return {
        tuple(value for _, value in sorted(sample.labels.items())): sample.value
        for family in registry.collect()
        for sample in family.samples
        if sample.name == name
    }


def output_of(script: str, folder: Path, environment: dict[str, str]) -> str:
    """What the script prints when it runs in the folder."""
    call = [sys.executable, "-c", script]
    return subprocess.run(
        call, cwd=folder, env=environment, capture_output=True, text=True, check=True
    ).stdout
