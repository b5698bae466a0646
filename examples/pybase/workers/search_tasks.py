"""Tasks of the search worker: they keep the index as the records are."""

from __future__ import annotations

from celery import Task
from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError

from pybase import search, tasks
from pybase.database import session
from pybase.models import Record, Term
from workers import bad_day

app = tasks.celery()
_AGAIN = {"autoretry_for": (OperationalError,), "retry_backoff": True, "max_retries": 3}
_PIECE = 500  # records of one transaction


def _index_one(task: Task, record_id: int) -> int:
    bad_day.happen(task, "search")
    with session() as database:
        # Two tasks for one record would write the same terms.
        record = database.scalar(select(Record).where(Record.id == record_id).with_for_update())
        return search.index(database, [record]) if record else 0


@app.task(bind=True, name="index_record", **_AGAIN)
def index_record(self: Task, record_id: int) -> int:
    """A new record. Returns the number of its words, 0 for one that is gone."""
    return _index_one(self, record_id)


@app.task(bind=True, name="update_index", **_AGAIN)
def update_index(self: Task, record_id: int) -> int:
    """A record that changed."""
    return _index_one(self, record_id)


@app.task(bind=True, name="index_table", **_AGAIN)
def index_table(self: Task, table_id: int) -> int:
    """All records of a table."""
    bad_day.happen(self, "search")
    return _index_all(Record.table_id == table_id)


@app.task(bind=True, name="refresh_search_indexes", **_AGAIN)
def refresh_search_indexes(self: Task) -> int:
    """All records, and away with the words of records that are gone."""
    bad_day.happen(self, "search")
    with session() as database:
        database.execute(delete(Term).where(Term.record_id.not_in(select(Record.id))))
    return _index_all(Record.id > 0)


def _index_all(chosen: object) -> int:
    count, last = 0, 0
    while True:
        with session() as database:
            asked = select(Record).where(chosen, Record.id > last).order_by(Record.id).limit(_PIECE)  # type: ignore[arg-type]
            records = list(database.scalars(asked.with_for_update()))
            if not records:
                return count
            count += search.index(database, records)
            last = records[-1].id
