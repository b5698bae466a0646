"""Records of a table, and search over all of them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Response, status
from pydantic import BaseModel, Field
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pybase import cache, search, tasks
from pybase.api.v1.access import require_table, tables_of
from pybase.auth import UserId
from pybase.database import session
from pybase.live import live
from pybase.models import Record, Term

router = APIRouter(tags=["records"])
_CACHED = 30  # seconds
_PAGE = 100


class Fields(BaseModel):
    """The fields of a record: whatever the table's users put there."""

    fields: Annotated[dict[str, Any], Field(max_length=100)]


class Found(Fields):
    """A record."""

    id: int


@router.get("/tables/{table_id}/records")
def list_records(table_id: int, user_id: UserId) -> list[Found]:
    """The latest hundred records; may be half a minute old, except after one's own write."""
    with session() as database:
        require_table(database, table_id, user_id)
        known = cache.shared().get(_key(table_id))
        if known is None:
            latest = database.scalars(
                select(Record)
                .where(Record.table_id == table_id)
                .order_by(Record.id.desc())
                .limit(_PAGE)
            )
            known = [{"id": record.id, "fields": record.fields} for record in latest]
            cache.shared().set(_key(table_id), known, _CACHED)
    return [Found.model_validate(record) for record in known]


@router.post("/tables/{table_id}/records", status_code=status.HTTP_201_CREATED)
def add_record(table_id: int, wanted: Fields, user_id: UserId) -> Found:
    """A new record; search finds it soon."""
    with session() as database:
        require_table(database, table_id, user_id)
        record = Record(table_id=table_id, fields=wanted.fields)
        database.add(record)
    _changed(table_id, record.id)
    tasks.index("index_record", record.id)
    return Found(id=record.id, fields=record.fields)


@router.patch("/records/{record_id}")
def change_record(record_id: int, wanted: Fields, user_id: UserId) -> Found:
    """Replaces the given fields and leaves the others."""
    with session() as database:
        record = _own(database, record_id, user_id)
        record.fields = {**record.fields, **wanted.fields}
    _changed(record.table_id, record_id)
    tasks.index("update_index", record_id)
    return Found(id=record_id, fields=record.fields)


@router.delete("/records/{record_id}", status_code=status.HTTP_204_NO_CONTENT)
def remove_record(record_id: int, user_id: UserId) -> Response:
    """The record is gone, from search too."""
    with session() as database:
        record = _own(database, record_id, user_id)
        database.execute(delete(Term).where(Term.record_id == record_id))
        database.delete(record)
    _changed(record.table_id, record_id)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.get("/search")
def find(user_id: UserId, q: Annotated[str, Query(min_length=2, max_length=200)]) -> list[Found]:
    """Records that hold every word."""
    with session() as database:
        mine = list(database.scalars(tables_of(user_id)))
        return [
            Found(id=record.id, fields=record.fields) for record in search.find(database, q, mine)
        ]


@router.post("/tables/{table_id}/reindex", status_code=status.HTTP_202_ACCEPTED)
def reindex(table_id: int, user_id: UserId) -> dict[str, str]:
    """Builds the table's part of the index anew."""
    with session() as database:
        require_table(database, table_id, user_id)
    tasks.index("index_table", table_id)
    return {"status": "queued"}


@router.post("/search/refresh", status_code=status.HTTP_202_ACCEPTED)
def refresh_search(user_id: UserId) -> dict[str, str]:  # noqa: ARG001 - whoever is signed in may
    """Builds the whole index anew."""
    tasks.index("refresh_search_indexes")
    return {"status": "queued"}


def _own(database: Session, record_id: int, user_id: int) -> Record:
    """Locked, as the search worker locks it: whoever takes the terms first would wait for the other
    for ever.
    """
    asked = select(Record).where(Record.id == record_id, Record.table_id.in_(tables_of(user_id)))
    found = database.scalar(asked.with_for_update())
    if found is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "there is no such record")
    return found


def _changed(table_id: int, record_id: int) -> None:
    cache.shared().delete(_key(table_id))
    live.tell(table_id, {"record": record_id})


def _key(table_id: int) -> str:
    return f"records:{table_id}"
