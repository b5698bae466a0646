"""Checks of what Grafana needs to load a file as one dashboard and to find it again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from pbmon.checks.case import Case
from pbmon.checks.dashboards.parts import Board
from pbmon.checks.dashboards.parts import text as text_at
from pbmon.finding import Finding
from pbmon.source import Source

SCHEMA_VERSION = 42
"""Of Grafana 12 and 13; 11 loads it too.
https://github.com/grafana/grafana/blob/main/apps/dashboard/pkg/migration/schemaversion/migrations.go
"""

UID = re.compile(r"[A-Za-z0-9_-]{1,40}")
"""https://grafana.com/docs/grafana/latest/developers/http_api/dashboard/#identifier-id-vs-unique-identifier-uid
"""


def dashboard_is_json(case: Case) -> Iterator[Finding]:
    """A dashboard file is one JSON object.

    Grafana logs an error for a broken file and goes on without it. The dashboard is missing or
    stays at its last version, and only that log line says so.

    To fix it: render the file again. A merge conflict left in it is the usual cause.
    """
    for file in case.artifacts:
        if not file.path.endswith(".json"):
            continue
        try:
            content = json.loads(file.text)
        except json.JSONDecodeError as error:
            line, problem = error.lineno, f"{error.msg} at column {error.colno}"
        else:
            line, problem = 1, "it holds no object"
            if isinstance(content, dict):
                continue
        yield Finding(
            "dashboard-is-json",
            Source(file.path, line),
            f"the dashboard is not JSON, so Grafana does not load it: {problem}",
            "render it again; a merge conflict may have been left in it",
        )


def dashboard_has_uid(board: Board) -> Iterator[Finding]:
    """Every dashboard has a uid of at most 40 letters, digits, dashes and underscores.

    Links, provisioning and Git find a dashboard by it. Without one Grafana makes one up on each
    installation, so every link to it breaks; a longer one, or one with other characters, is
    refused.

    To fix it: write a short, lasting one, `pybase-overview`.
    """
    uid = text_at(board.json, "uid")
    if not uid:
        yield Finding(
            "dashboard-has-uid",
            board.author(),
            "the dashboard has no uid, so Grafana makes one up and links to it break",
            "write a short one that never changes",
        )
    elif not UID.fullmatch(uid):
        yield Finding(
            "dashboard-has-uid",
            board.author(),
            f"uid '{uid[:60]}' is not one that Grafana takes, so the file is refused",
            "use at most 40 letters, digits, dashes and underscores",
        )


def dashboard_has_current_schema(board: Board) -> Iterator[Finding]:
    """Every dashboard says schemaVersion 42, the one it is written for.

    Grafana rewrites a dashboard of a lower version with the migrations of all versions between,
    which change settings that are already in today's form; one of a higher version it may refuse.

    To fix it: render the file again.
    """
    version = board.json.get("schemaVersion")
    if version != SCHEMA_VERSION:
        yield Finding(
            "dashboard-has-current-schema",
            board.author(),
            f"schemaVersion is {version!r}, so Grafana rewrites the dashboard on loading or"
            " refuses it",
            f"it is {SCHEMA_VERSION}",
        )
