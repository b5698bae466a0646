"""Settings from the environment. A secret comes from a file, so that no list of
processes shows it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """database_url: of SQLAlchemy, without password. redis: `redis://host:port`; db 0 cache, 1
    broker, 2 results.

    pool_size: connections of one process. faults_token: empty where the fault switches do not
    exist.
    """

    database_url: str
    database_password: str
    redis: str
    pool_size: int
    faults_token: str


@cache
def settings() -> Settings:
    """What PYBASE_DATABASE_URL, PYBASE_DATABASE_PASSWORD_FILE, PYBASE_REDIS_URL and
    PYBASE_FAULTS_TOKEN_FILE say.
    """
    return Settings(
        database_url=os.environ.get(
            "PYBASE_DATABASE_URL", "postgresql+psycopg://pybase@127.0.0.1:5432/pybase"
        ),
        database_password=_secret("PYBASE_DATABASE_PASSWORD_FILE"),
        redis=os.environ.get("PYBASE_REDIS_URL", "redis://127.0.0.1:6379").rstrip("/"),
        pool_size=int(os.environ.get("PYBASE_POOL_SIZE", "10")),
        faults_token=_secret("PYBASE_FAULTS_TOKEN_FILE"),
    )


def _secret(variable: str) -> str:
    path = os.environ.get(variable)
    return Path(path).read_text("utf-8").strip() if path else ""
