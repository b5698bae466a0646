"""`stack.toml` in the app's folder: how the app runs, and what it needs from the servers."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pbmon.errors import UsageError

NAME = "stack.toml"
_KEYS: Mapping[str, Mapping[str, type]] = {
    "postgres": {"database": str, "init": str, "max_connections": int},
    "redis": {"maxmemory": str},
    "processes": {"command": list, "environment": dict, "ready": str},
}


@dataclass(frozen=True)
class Process:
    """A process of the app. Its name is that of the scrape job that watches it. command and
    environment may hold `{names}`.
    """

    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    ready: str = ""


@dataclass(frozen=True)
class AppFile:
    """The file as read.

    database: the one that the exporter connects to. init: a file of SQL that creates it, which psql
    runs once as superuser; its path is relative to the app's folder, empty for none. maxmemory: as
    Redis writes it. environment: for every process.
    """

    folder: Path
    processes: dict[str, Process]
    database: str = "postgres"
    init: str = ""
    max_connections: int = 100
    maxmemory: str = "64mb"
    environment: dict[str, str] = field(default_factory=dict)


def read(folder: Path) -> AppFile:
    """The file in the app's folder. Raises UsageError for a missing file, and for an unknown or
    wrong key, which it names.
    """
    path = folder / NAME
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise UsageError(
            f"{path} is missing, so pbmon does not know how the app runs",
            "name the app's folder: --app FOLDER",
        ) from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}", "it is TOML in UTF-8") from None
    _check_keys(
        path, "", data, {"postgres": dict, "redis": dict, "environment": dict, "processes": dict}
    )
    for table in ("postgres", "redis"):
        _check_keys(path, f"{table}.", data.get(table, {}), _KEYS[table])
    for name, process in data.get("processes", {}).items():
        _check_keys(path, f"processes.{name}.", process, _KEYS["processes"])
        if not process.get("command"):
            raise UsageError(
                f"{path}: processes.{name} has no command, so it cannot be started",
                'command = ["python", "app.py"]',
            )
    return AppFile(
        folder,
        {name: Process(**process) for name, process in data.get("processes", {}).items()},
        **data.get("postgres", {}),
        **data.get("redis", {}),
        environment=data.get("environment", {}),
    )


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with each `{name}` replaced. Raises UsageError for a name that does not exist."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise UsageError(
                f"{NAME} uses {{{match[1]}}}, which does not exist",
                f"there is: {', '.join(sorted(values))}",
            )
        return values[match[1]]

    return re.sub(r"\{(\w+)\}", value, text)


def assemble(app: AppFile, build: Path, into: Path) -> None:
    """The app's tree with the rendered tree over it, as when build/ is installed."""
    shutil.copytree(app.folder, into, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    shutil.copytree(build, into, dirs_exist_ok=True)


def _check_keys(path: Path, where: str, table: Any, known: Mapping[str, type]) -> None:
    if not isinstance(table, dict):
        raise UsageError(f"{path}: {where.rstrip('.')} is no table", f"[{where.rstrip('.')}]")
    for key, value in table.items():
        if key not in known:
            raise UsageError(
                f"{path}: key {where}{key} does not exist, so it changes nothing",
                f"there is: {', '.join(known)}",
            )
        values = (
            value.values()
            if known[key] is dict and key == "environment" and isinstance(value, dict)
            else ()
        )
        texts = value if isinstance(value, list) else values
        if not isinstance(value, known[key]) or not all(isinstance(text, str) for text in texts):
            raise UsageError(
                f"{path}: {where}{key} is {value!r}, which is of another kind",
                f"it is a {known[key].__name__}",
            )
