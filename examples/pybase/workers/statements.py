"""Times the workers' SQL statements."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Engine, event

from workers.worker_metrics import worker_db_duration


def observe(engine: Engine) -> None:
    """Every select, insert, update and delete of this engine is timed from now on."""
    event.listen(engine, "before_cursor_execute", _before)
    event.listen(engine, "after_cursor_execute", _after)


def _before(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:  # noqa: ARG001
    context.began = time.perf_counter()


def _after(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:  # noqa: ARG001
    seconds = time.perf_counter() - context.began
    match statement.split(maxsplit=1)[0].lower():
        case "select" | "insert" | "update" | "delete" as operation:
            worker_db_duration.labels(operation).observe(seconds)
