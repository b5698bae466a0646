"""Whether the API lives, and whether it can work."""

from __future__ import annotations

import redis
from fastapi import APIRouter, HTTPException, status
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from pybase.core.connections import connected
from pybase.database import engine

router = APIRouter(tags=["health"])


@router.get("/health")
def alive() -> dict[str, str]:
    """Always ok while the process answers."""
    return {"status": "ok"}


@router.get("/ready")
def ready() -> dict[str, str]:
    """ok while PostgreSQL and Redis answer, else 503."""
    try:
        with engine().connect() as connection:
            connection.execute(text("SELECT 1"))
        with connected() as client:
            client.ping()
    except (SQLAlchemyError, redis.RedisError) as error:
        raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, type(error).__name__) from None
    return {"status": "ok"}
