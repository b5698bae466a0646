"""pbmon: monitoring from one set of definitions. This is the authoring API; see docs/authoring.md.

Names load when they are first used, so that `pbmon --help` does not pay for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pbmon.durations import AUTO as AUTO
    from pbmon.expr.functions import constant as constant
    from pbmon.expr.functions import either as either
    from pbmon.expr.functions import join_info as join_info
    from pbmon.expr.functions import pi as pi
    from pbmon.expr.functions import promql as promql
    from pbmon.expr.functions import ratio as ratio
    from pbmon.expr.functions import time as time
    from pbmon.expr.histograms import histogram_quantile as histogram_quantile
    from pbmon.expr.vector import Vector as Vector
    from pbmon.labels import Label as Label
    from pbmon.labels import instance as instance
    from pbmon.labels import job as job
    from pbmon.labels import le as le
    from pbmon.labels import pid as pid
    from pbmon.model.acceptance import Accepted as Accepted
    from pbmon.model.builtin import alertname as alertname
    from pbmon.model.builtin import alerts as alerts
    from pbmon.model.builtin import alerts_for_state as alerts_for_state
    from pbmon.model.builtin import alertstate as alertstate
    from pbmon.model.builtin import process_start_time as process_start_time
    from pbmon.model.builtin import scrape_duration as scrape_duration
    from pbmon.model.builtin import scrape_samples as scrape_samples
    from pbmon.model.builtin import severity as severity
    from pbmon.model.builtin import up as up
    from pbmon.model.dashboards import Dashboard as Dashboard
    from pbmon.model.dashboards import Row as Row
    from pbmon.model.distributions import Histogram as Histogram
    from pbmon.model.distributions import Summary as Summary
    from pbmon.model.instrumentation.cache import CacheInstrumentation as CacheInstrumentation
    from pbmon.model.instrumentation.celery import CeleryInstrumentation as CeleryInstrumentation
    from pbmon.model.instrumentation.database import (
        DatabaseInstrumentation as DatabaseInstrumentation,
    )
    from pbmon.model.instrumentation.page import MetricsEndpoint as MetricsEndpoint
    from pbmon.model.instrumentation.requests import HttpInstrumentation as HttpInstrumentation
    from pbmon.model.metrics import Counter as Counter
    from pbmon.model.metrics import Gauge as Gauge
    from pbmon.model.overrides import Line as Line
    from pbmon.model.overrides import Override as Override
    from pbmon.model.project import Project as Project
    from pbmon.model.project import Receiver as Receiver
    from pbmon.model.query import Query as Query
    from pbmon.model.rule_test import RuleTest as RuleTest
    from pbmon.model.rules import Alert as Alert
    from pbmon.model.rules import Record as Record
    from pbmon.model.rules import RuleGroup as RuleGroup
    from pbmon.model.service import Exporter as Exporter
    from pbmon.model.service import Job as Job
    from pbmon.model.service import Service as Service
    from pbmon.model.slo import Slo as Slo
    from pbmon.model.variables import CustomVariable as CustomVariable
    from pbmon.model.variables import QueryVariable as QueryVariable
    from pbmon.model.variables import TextVariable as TextVariable
    from pbmon.panels.barchart import BarChart as BarChart
    from pbmon.panels.bargauge import BarGauge as BarGauge
    from pbmon.panels.gauge import GaugePanel as GaugePanel
    from pbmon.panels.heatmap import Heatmap as Heatmap
    from pbmon.panels.histogram import HistogramPanel as HistogramPanel
    from pbmon.panels.piechart import PieChart as PieChart
    from pbmon.panels.stat import Stat as Stat
    from pbmon.panels.state_timeline import StateTimeline as StateTimeline
    from pbmon.panels.status_history import StatusHistory as StatusHistory
    from pbmon.panels.table import Table as Table
    from pbmon.panels.text import Text as Text
    from pbmon.panels.timeseries import Panel as Panel

_HOME = {
    "pbmon.durations": ("AUTO",),
    "pbmon.expr.functions": ("constant", "either", "join_info", "pi", "promql", "ratio", "time"),
    "pbmon.expr.histograms": ("histogram_quantile",),
    "pbmon.expr.vector": ("Vector",),
    "pbmon.labels": ("Label", "instance", "job", "le", "pid"),
    "pbmon.model.acceptance": ("Accepted",),
    "pbmon.model.builtin": (
        "alertname", "alerts", "alerts_for_state", "alertstate", "process_start_time",
        "scrape_duration", "scrape_samples", "severity", "up",
    ),
    "pbmon.model.dashboards": ("Dashboard", "Row"),
    "pbmon.model.instrumentation.cache": ("CacheInstrumentation",),
    "pbmon.model.instrumentation.celery": ("CeleryInstrumentation",),
    "pbmon.model.instrumentation.database": ("DatabaseInstrumentation",),
    "pbmon.model.instrumentation.page": ("MetricsEndpoint",),
    "pbmon.model.instrumentation.requests": ("HttpInstrumentation",),
    "pbmon.model.distributions": ("Histogram", "Summary"),
    "pbmon.model.metrics": ("Counter", "Gauge"),
    "pbmon.model.overrides": ("Line", "Override"),
    "pbmon.model.query": ("Query",),
    "pbmon.model.rule_test": ("RuleTest",),
    "pbmon.model.rules": ("Alert", "Record", "RuleGroup"),
    "pbmon.model.project": ("Project", "Receiver"),
    "pbmon.model.service": ("Exporter", "Job", "Service"),
    "pbmon.model.slo": ("Slo",),
    "pbmon.model.variables": ("CustomVariable", "QueryVariable", "TextVariable"),
    "pbmon.panels.barchart": ("BarChart",),
    "pbmon.panels.bargauge": ("BarGauge",),
    "pbmon.panels.gauge": ("GaugePanel",),
    "pbmon.panels.heatmap": ("Heatmap",),
    "pbmon.panels.histogram": ("HistogramPanel",),
    "pbmon.panels.piechart": ("PieChart",),
    "pbmon.panels.stat": ("Stat",),
    "pbmon.panels.state_timeline": ("StateTimeline",),
    "pbmon.panels.status_history": ("StatusHistory",),
    "pbmon.panels.table": ("Table",),
    "pbmon.panels.text": ("Text",),
    "pbmon.panels.timeseries": ("Panel",),
}  # fmt: skip
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "AUTO",
    "Accepted",
    "Alert",
    "BarChart",
    "BarGauge",
    "CacheInstrumentation",
    "CeleryInstrumentation",
    "Counter",
    "CustomVariable",
    "Dashboard",
    "DatabaseInstrumentation",
    "Exporter",
    "Gauge",
    "GaugePanel",
    "Heatmap",
    "Histogram",
    "HistogramPanel",
    "HttpInstrumentation",
    "Job",
    "Label",
    "Line",
    "MetricsEndpoint",
    "Override",
    "Panel",
    "PieChart",
    "Project",
    "Query",
    "QueryVariable",
    "Receiver",
    "Record",
    "Row",
    "RuleGroup",
    "RuleTest",
    "Service",
    "Slo",
    "Stat",
    "StateTimeline",
    "StatusHistory",
    "Summary",
    "Table",
    "Text",
    "TextVariable",
    "Vector",
    "alertname",
    "alerts",
    "alerts_for_state",
    "alertstate",
    "constant",
    "either",
    "histogram_quantile",
    "instance",
    "job",
    "join_info",
    "le",
    "pi",
    "pid",
    "process_start_time",
    "promql",
    "ratio",
    "scrape_duration",
    "scrape_samples",
    "severity",
    "time",
    "up",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"pbmon has no {name!r}")
    value = getattr(import_module(module), name)
    globals()[name] = value
    return value
