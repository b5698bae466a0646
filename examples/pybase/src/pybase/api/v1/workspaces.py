"""Workspaces, the bases in them and the tables in those."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, status
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from pybase.api.v1.access import require_base, require_workspace, tables_of
from pybase.auth import UserId
from pybase.database import session
from pybase.models import Base, Table, Workspace

router = APIRouter(tags=["workspaces"])


class Named(BaseModel):
    """What a new workspace, base or table is called."""

    name: Annotated[str, Field(min_length=1, max_length=200)]


class Item(Named):
    """A workspace, base or table."""

    model_config = ConfigDict(from_attributes=True)

    id: int


@router.post("/workspaces", status_code=status.HTTP_201_CREATED)
def add_workspace(wanted: Named, user_id: UserId) -> Item:
    """A new workspace of one's own."""
    with session() as database:
        workspace = Workspace(name=wanted.name, owner_id=user_id)
        database.add(workspace)
    return Item.model_validate(workspace)


@router.get("/workspaces")
def list_workspaces(user_id: UserId) -> list[Item]:
    """One's workspaces."""
    with session() as database:
        found = database.scalars(
            select(Workspace).where(Workspace.owner_id == user_id).order_by(Workspace.id).limit(200)
        )
        return [Item.model_validate(workspace) for workspace in found]


@router.post("/workspaces/{workspace_id}/bases", status_code=status.HTTP_201_CREATED)
def add_base(workspace_id: int, wanted: Named, user_id: UserId) -> Item:
    """A new base in a workspace."""
    with session() as database:
        require_workspace(database, workspace_id, user_id)
        base = Base(name=wanted.name, workspace_id=workspace_id)
        database.add(base)
    return Item.model_validate(base)


@router.post("/bases/{base_id}/tables", status_code=status.HTTP_201_CREATED)
def add_table(base_id: int, wanted: Named, user_id: UserId) -> Item:
    """A new table in a base."""
    with session() as database:
        require_base(database, base_id, user_id)
        table = Table(name=wanted.name, base_id=base_id)
        database.add(table)
    return Item.model_validate(table)


@router.get("/tables")
def list_tables(user_id: UserId) -> list[Item]:
    """All of one's tables, at most 200."""
    with session() as database:
        found = database.scalars(
            select(Table).where(Table.id.in_(tables_of(user_id))).order_by(Table.id).limit(200)
        )
        return [Item.model_validate(table) for table in found]
