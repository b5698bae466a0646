"""Tasks of the extraction worker: one a format, one that finds the format out, one for
many files.
"""

from __future__ import annotations

import json
import time
from typing import Any

from celery import Task
from sqlalchemy.exc import OperationalError

from pybase import tasks
from pybase.core.connections import connected
from pybase.database import session
from pybase.extraction import READERS, ExtractionError
from pybase.models import Upload
from workers import bad_day

app = tasks.celery()
_AGAIN = {"autoretry_for": (OperationalError,), "retry_backoff": True, "max_retries": 3}


def _extract(task: Task, upload_id: int) -> dict[str, Any]:
    """Reads the upload and keeps what is in it, or why nothing is. An upload that is gone by now is
    nobody's loss.
    """
    started = time.monotonic()
    with session() as database:
        upload = database.get(Upload, upload_id)
    if upload is None:
        return {}
    try:
        bad_day.happen(task, "extraction")
        result = READERS[task.name](upload.content)
    except (bad_day.Breakdown, ExtractionError, ValueError, LookupError) as error:
        _finish(task, upload_id, "failure", time.monotonic() - started, error=str(error))
        raise
    _finish(task, upload_id, "success", time.monotonic() - started, result=result)
    return result


def _finish(
    task: Task,
    upload_id: int,
    status: str,
    seconds: float,
    *,
    result: dict[str, Any] | None = None,
    error: str = "",
) -> None:
    with session() as database:
        upload = database.get(Upload, upload_id)
        if upload is None:
            return
        upload.status, upload.result, upload.error = status, result, error
        table_id = upload.table_id
    event = {
        "task_type": task.name,
        "status": status,
        "seconds": seconds,
        "upload_id": upload_id,
        "table_id": table_id,
    }
    text = json.dumps(event)
    with connected() as client, client.pipeline() as told:
        told.rpush(tasks.FINISHED, text).ltrim(tasks.FINISHED, -tasks.MOST_FINISHED, -1).publish(
            tasks.EVENTS, text
        ).execute()


@app.task(bind=True, name="extract_pdf", **_AGAIN)
def extract_pdf(self: Task, upload_id: int) -> dict[str, Any]:
    """Text of a PDF file."""
    return _extract(self, upload_id)


@app.task(bind=True, name="extract_dxf", **_AGAIN)
def extract_dxf(self: Task, upload_id: int) -> dict[str, Any]:
    """Entities of a DXF drawing."""
    return _extract(self, upload_id)


@app.task(bind=True, name="extract_ifc", **_AGAIN)
def extract_ifc(self: Task, upload_id: int) -> dict[str, Any]:
    """Elements of a building model."""
    return _extract(self, upload_id)


@app.task(bind=True, name="extract_step", **_AGAIN)
def extract_step(self: Task, upload_id: int) -> dict[str, Any]:
    """Products of a STEP model."""
    return _extract(self, upload_id)


@app.task(bind=True, name="extract_werk24", **_AGAIN)
def extract_werk24(self: Task, upload_id: int) -> dict[str, Any]:
    """Callouts of a technical drawing."""
    return _extract(self, upload_id)


@app.task(bind=True, name="extract_file_auto", **_AGAIN)
def extract_file_auto(self: Task, upload_id: int) -> dict[str, Any]:
    """Whatever the file turns out to be."""
    return _extract(self, upload_id)


@app.task(name="extract_bulk")
def extract_bulk(upload_ids: list[int]) -> int:
    """Queues the extraction of each upload."""
    for upload_id in upload_ids:
        tasks.extract("extract_file_auto", upload_id)
    return len(upload_ids)
