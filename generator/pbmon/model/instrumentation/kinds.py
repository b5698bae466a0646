"""The kinds of instrumentation, listed once."""

from __future__ import annotations

from pbmon.model.instrumentation.cache import CacheInstrumentation
from pbmon.model.instrumentation.celery import CeleryInstrumentation
from pbmon.model.instrumentation.database import DatabaseInstrumentation
from pbmon.model.instrumentation.page import MetricsEndpoint
from pbmon.model.instrumentation.requests import HttpInstrumentation

InstrumentationKind = (
    HttpInstrumentation
    | MetricsEndpoint
    | DatabaseInstrumentation
    | CacheInstrumentation
    | CeleryInstrumentation
)
"""A kind that stands here and has no bindings in render/instrumentation.py is named by mypy."""
