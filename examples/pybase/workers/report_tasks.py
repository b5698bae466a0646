"""Tasks of the two workers for reports: how many records each base has, by the week or as a user
wants it. A report is a text in Redis, and its delivery a line in the log.
"""

from __future__ import annotations

import logging

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from pybase import tasks
from pybase.core.connections import connected
from pybase.database import session
from pybase.models import Base, Record, Table

app = tasks.celery()
_logger = logging.getLogger(__name__)
_AGAIN = {"autoretry_for": (OperationalError,), "retry_backoff": True, "max_retries": 3}
_KEPT = 600  # seconds
_SCHEDULED, _CUSTOM = "pybase:report", "pybase:custom-report"


def _newest_base() -> int | None:
    with session() as database:
        return database.scalar(select(Base.id).order_by(Base.id.desc()).limit(1))


def _section(base_id: int) -> str:
    """A line for each table of the base."""
    with session() as database:
        asked = (
            select(Table.name, func.count(Record.id))
            .outerjoin(Record, Record.table_id == Table.id)
            .where(Table.base_id == base_id)
            .group_by(Table.id, Table.name)
        )
        return "\n".join(f"{name}: {count} records" for name, count in database.execute(asked))


def _keep(prefix: str, base_id: int, text: str) -> None:
    with connected() as client:
        client.set(f"{prefix}:{base_id}", text, ex=_KEPT)


def _forget(prefix: str, most: int = 100) -> int:
    """Reports beyond so many. Returns how many there were."""
    with connected() as client:
        surplus = list(client.scan_iter(f"{prefix}:*"))[most:]
        return int(client.delete(*surplus)) if surplus else 0


@app.task(name="check_scheduled_reports", **_AGAIN)
def check_scheduled_reports() -> None:
    """Starts the reports that are due."""
    base_id = _newest_base()
    if base_id is not None:
        tasks.follow_up(tasks.REPORT_GENERATOR, "generate_scheduled_report", base_id)


@app.task(name="generate_scheduled_report", **_AGAIN)
def generate_scheduled_report(base_id: int) -> None:
    """The report of a base."""
    tasks.follow_up(tasks.REPORT_GENERATOR, "generate_report_pdf", base_id, _section(base_id))


@app.task(name="generate_report_pdf")
def generate_report_pdf(base_id: int, text: str) -> None:
    """The report as it is sent."""
    _keep(_SCHEDULED, base_id, text)
    tasks.follow_up(tasks.REPORT_GENERATOR, "deliver_report_email", base_id)


@app.task(name="deliver_report_email")
def deliver_report_email(base_id: int) -> None:
    """Sends the report."""
    _logger.info("The report of base %s is on its way", base_id)


@app.task(name="cleanup_old_reports")
def cleanup_old_reports() -> int:
    """Away with reports that are too many."""
    return _forget(_SCHEDULED)


@app.task(name="check_scheduled_custom_reports", **_AGAIN)
def check_scheduled_custom_reports() -> None:
    """Starts the reports of users that are due."""
    base_id = _newest_base()
    if base_id is not None:
        tasks.follow_up(tasks.REPORT, "generate_custom_report", base_id)


@app.task(name="generate_custom_report")
def generate_custom_report(base_id: int) -> None:
    """A report as a user wants it: its sections are tasks of their own."""
    tasks.follow_up(tasks.REPORT, "render_report_section", base_id)


@app.task(name="render_report_section", **_AGAIN)
def render_report_section(base_id: int) -> None:
    """One section of a report."""
    _keep(_CUSTOM, base_id, _section(base_id))
    tasks.follow_up(tasks.REPORT, "deliver_report_via_email", base_id)


@app.task(name="deliver_report_via_email")
def deliver_report_via_email(base_id: int) -> None:
    """Sends the report of a user."""
    _logger.info("The custom report of base %s is on its way", base_id)


@app.task(name="cleanup_old_custom_reports")
def cleanup_old_custom_reports() -> int:
    """Away with reports of users that are too many."""
    return _forget(_CUSTOM)
