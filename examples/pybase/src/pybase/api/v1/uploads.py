"""CAD and PDF files, from which the extraction worker takes data."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, UploadFile, status
from pydantic import BaseModel, Field
from sqlalchemy import select

from pybase import tasks
from pybase.api.v1.access import require_table, tables_of
from pybase.auth import UserId
from pybase.database import session
from pybase.models import Upload

router = APIRouter(tags=["uploads"])
LIMIT = 1 << 20  # bytes

Kind = Literal["auto", "pdf", "dxf", "ifc", "step", "werk24"]


class State(BaseModel):
    """How far an upload is. status: waiting, success or failure."""

    id: int
    status: str
    result: dict[str, Any] | None = None
    error: str = ""


class Bulk(BaseModel):
    """Uploads to extract again."""

    uploads: Annotated[list[int], Field(min_length=1, max_length=2000)]


@router.post("/tables/{table_id}/uploads", status_code=status.HTTP_202_ACCEPTED)
def upload(table_id: int, file: UploadFile, user_id: UserId, kind: Kind = "auto") -> State:
    """Takes a file of at most a megabyte and queues its extraction."""
    content = file.file.read(LIMIT + 1)
    if len(content) > LIMIT:
        raise HTTPException(status.HTTP_413_CONTENT_TOO_LARGE, f"a file has at most {LIMIT} bytes")
    with session() as database:
        require_table(database, table_id, user_id)
        kept = Upload(table_id=table_id, name=(file.filename or "")[:200], content=content)
        database.add(kept)
    tasks.extract("extract_file_auto" if kind == "auto" else f"extract_{kind}", kept.id)
    return State(id=kept.id, status=kept.status)


@router.get("/uploads/{upload_id}")
def state(upload_id: int, user_id: UserId) -> State:
    """What has become of an upload."""
    asked = select(Upload).where(Upload.id == upload_id, Upload.table_id.in_(tables_of(user_id)))
    with session() as database:
        found = database.scalar(asked)
    if found is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "there is no such upload")
    return State(id=found.id, status=found.status, result=found.result, error=found.error)


@router.post("/uploads/extract", status_code=status.HTTP_202_ACCEPTED)
def extract_again(wanted: Bulk, user_id: UserId) -> dict[str, int]:
    """Queues one task that queues the extraction of all these uploads."""
    asked = select(Upload.id).where(
        Upload.id.in_(set(wanted.uploads)), Upload.table_id.in_(tables_of(user_id))
    )
    with session() as database:
        mine = list(database.scalars(asked.order_by(Upload.id)))
    tasks.celery().send_task("extract_bulk", [mine], queue=tasks.EXTRACTION)
    return {"queued": len(mine)}
