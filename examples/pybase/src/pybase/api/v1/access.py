"""What a user may see: what stands in their own workspaces. Everything else is answered as if it
did not exist.
"""

from __future__ import annotations

from typing import Any

from fastapi import HTTPException, status
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from pybase.models import Base, Table, Workspace


def tables_of(user_id: int) -> Select[Any]:
    """Ids of all tables of the user."""
    return (
        select(Table.id)
        .join(Base, Table.base_id == Base.id)
        .join(Workspace)
        .where(Workspace.owner_id == user_id)
    )


def require_workspace(database: Session, workspace_id: int, user_id: int) -> None:
    """404 unless the workspace is the user's."""
    _require(
        database,
        select(Workspace.id).where(Workspace.id == workspace_id, Workspace.owner_id == user_id),
        "workspace",
    )


def require_base(database: Session, base_id: int, user_id: int) -> None:
    """404 unless the base is the user's."""
    _require(
        database,
        select(Base.id).join(Workspace).where(Base.id == base_id, Workspace.owner_id == user_id),
        "base",
    )


def require_table(database: Session, table_id: int, user_id: int) -> None:
    """404 unless the table is the user's."""
    _require(database, tables_of(user_id).where(Table.id == table_id), "table")


def _require(database: Session, found: Select[Any], what: str) -> None:
    if database.scalar(found) is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"there is no such {what}")
