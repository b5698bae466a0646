"""Sessions on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from pybase import faults
from pybase.core.settings import settings
from pybase.models import Model


@cache
def engine() -> Engine:
    """The one engine of this process; connects when it is first used."""
    mine = settings()
    url = make_url(mine.database_url)
    if mine.database_password:
        url = url.set(password=mine.database_password)
    if not url.drivername.startswith("postgresql"):
        return create_engine(url)
    return create_engine(
        url,
        pool_size=mine.pool_size,
        max_overflow=0,
        pool_timeout=5,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 3, "application_name": "pybase"},
    )


@contextmanager
def session() -> Iterator[Session]:
    """A transaction: committed at the end, rolled back by an exception. Slow where the fault
    `db_delay` is on.
    """
    with Session(engine(), expire_on_commit=False) as opened, opened.begin():
        if delay := faults.current().db_delay:
            opened.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": delay})
        yield opened


def create_tables() -> None:
    """Makes the tables that are missing. Two processes may try at once: the second
    finds them made.
    """
    try:
        Model.metadata.create_all(engine())
    except (IntegrityError, OperationalError, ProgrammingError):
        Model.metadata.create_all(engine())
