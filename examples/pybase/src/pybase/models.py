"""What is kept in PostgreSQL. Uploads are small and stay in their table, so API and workers need no
shared disk.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Model(DeclarativeBase):
    """All tables."""


class User(Model):
    """Somebody with an account."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    password: Mapped[str] = mapped_column(String(200))


class Token(Model):
    """A login. digest: SHA-256 of the token; the token itself is known to its owner only."""

    __tablename__ = "tokens"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))


class Workspace(Model):
    """Where a user keeps bases."""

    __tablename__ = "workspaces"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    owner_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)


class Base(Model):
    """A set of tables that belong together."""

    __tablename__ = "bases"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    workspace_id: Mapped[int] = mapped_column(ForeignKey(Workspace.id), index=True)


class Table(Model):
    """A table of a base."""

    __tablename__ = "tables"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    base_id: Mapped[int] = mapped_column(ForeignKey(Base.id), index=True)


class Record(Model):
    """A row of a table: whatever fields it has."""

    __tablename__ = "records"
    id: Mapped[int] = mapped_column(primary_key=True)
    table_id: Mapped[int] = mapped_column(ForeignKey(Table.id), index=True)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)


class Upload(Model):
    """A file and what was extracted from it. status: waiting, success or failure."""

    __tablename__ = "uploads"
    id: Mapped[int] = mapped_column(primary_key=True)
    table_id: Mapped[int] = mapped_column(ForeignKey(Table.id), index=True)
    name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[str] = mapped_column(String(10), default="waiting")
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    error: Mapped[str] = mapped_column(Text, default="")
    created: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), default=lambda: datetime.now(UTC)
    )


class Term(Model):
    """The search index: which record holds which word."""

    __tablename__ = "search_terms"
    term: Mapped[str] = mapped_column(String(60), primary_key=True)
    record_id: Mapped[int] = mapped_column(
        ForeignKey(Record.id, ondelete="CASCADE"), primary_key=True, index=True
    )
