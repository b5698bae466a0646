"""Tasks of the maintenance worker: away with what nobody needs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import OperationalError

from pybase import tasks
from pybase.core.connections import connected
from pybase.database import session
from pybase.models import Upload

app = tasks.celery()
_AGAIN = {"autoretry_for": (OperationalError,), "retry_backoff": True, "max_retries": 3}
_OLD = timedelta(days=30)


@app.task(name="purge_old_trash", **_AGAIN)
def purge_old_trash() -> int:
    """Uploads of long ago. Returns how many there were."""
    with session() as database:
        old = delete(Upload).where(Upload.created < datetime.now(UTC) - _OLD)
        gone: Any = database.execute(old)
        return int(gone.rowcount)


@app.task(name="cleanup_expired_cache")
def cleanup_expired_cache() -> int:
    """Finished tasks that no API takes any more. Returns how many entries are left."""
    with connected() as client:
        client.ltrim(tasks.FINISHED, -tasks.MOST_FINISHED, -1)
        return int(client.llen(tasks.FINISHED))
