"""Tasks of the export worker: a table as CSV, kept in Redis for a while instead of in a store for
objects.
"""

from __future__ import annotations

import csv
import io

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from pybase import tasks
from pybase.core.connections import connected
from pybase.database import session
from pybase.models import Record, Table

app = tasks.celery()
_AGAIN = {"autoretry_for": (OperationalError,), "retry_backoff": True, "max_retries": 3}
_MOST = 500  # records of one export
_KEPT = 600  # seconds


def _export(table_id: int) -> int:
    """Hands the table on to be stored. Returns the number of its records."""
    with session() as database:
        asked = select(Record).where(Record.table_id == table_id).order_by(Record.id).limit(_MOST)
        rows = [{"id": record.id, **record.fields} for record in database.scalars(asked)]
    text = io.StringIO()
    columns = dict.fromkeys(name for row in rows for name in row)
    writer = csv.DictWriter(text, list(columns))
    writer.writeheader()
    writer.writerows(rows)
    tasks.follow_up(tasks.EXPORT, "upload_export_to_storage", table_id, text.getvalue())
    return len(rows)


@app.task(name="export_data", **_AGAIN)
def export_data(table_id: int) -> int:
    """A table that a user asked for."""
    return _export(table_id)


@app.task(name="export_data_background", **_AGAIN)
def export_data_background(table_id: int) -> int:
    """A table that is large, for which nobody waits."""
    return _export(table_id)


@app.task(name="export_data_scheduled", **_AGAIN)
def export_data_scheduled() -> int:
    """The newest table, now and then."""
    with session() as database:
        newest = database.scalar(select(Table.id).order_by(Table.id.desc()).limit(1))
    if newest is None:
        return 0
    tasks.follow_up(tasks.EXPORT, "export_data", newest)
    tasks.follow_up(tasks.EXPORT, "export_data_background", newest)
    return newest


@app.task(name="upload_export_to_storage")
def upload_export_to_storage(table_id: int, text: str) -> int:
    """Keeps the file. Returns its size."""
    with connected() as client:
        client.set(f"pybase:export:{table_id}", text, ex=_KEPT)
    return len(text)
