"""Small files of others for the tests of `pbmon audit`, and what it says of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pbmon.audit.auditing import Report, audit
from pbmon.audit.exposed import Exposed
from pbmon.audit.exposures import exposed
from pbmon.cache import Cache
from pbmon.finding import Finding
from pbmon.live.servers.exposition import parse

DATASOURCE = {"type": "prometheus", "uid": "${source}"}


def rules(*rules: Mapping[str, Any], **group: Any) -> str:
    """A rule file of one group, as JSON, which is YAML."""
    return json.dumps({"groups": [{"name": "shop", **group, "rules": rules}]}, indent=1)


def alert(expr: str, **fields: Any) -> dict[str, Any]:
    return {"alert": "Watched", "expr": expr, **fields}


def panel(*queries: str, **fields: Any) -> dict[str, Any]:
    """A panel with these queries."""
    targets = [{"refId": "ABCDEF"[at], "expr": query} for at, query in enumerate(queries)]
    unit = {"defaults": {"unit": "short"}}
    return {
        "type": "timeseries",
        "title": "Orders",
        "datasource": DATASOURCE,
        "fieldConfig": unit,
        "targets": targets,
        **fields,
    }


def dashboard(*panels: Mapping[str, Any], variables: Any = (), **fields: Any) -> str:
    """A dashboard with these panels, each value on a line of its own."""
    source = {"name": "source", "type": "datasource", "query": "prometheus"}
    templating = {"list": [source, *variables]}
    board = {"title": "Shop", "schemaVersion": 39, "templating": templating, "panels": panels}
    return json.dumps({**board, **fields}, indent=1)


def look(
    folder: Path, files: Mapping[str, str], expositions: tuple[str, ...] = (), **known: Any
) -> Report:
    """What an audit of the files says. expositions: texts of what is exposed. known: of what is
    exposed, as a Prometheus says it.
    """
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    if known:
        return audit([folder], lambda _: Exposed(list(map(parse, expositions)), **known), Cache())
    metrics = []
    for number, text in enumerate(expositions):
        metrics.append(folder / f"{number}.txt")
        metrics[-1].write_text(text, "utf-8")
    return audit([folder], lambda found: exposed(found, metrics, [], None), Cache())


def of(report: Report, check: str) -> list[Finding]:
    """The findings of a check."""
    return [finding for finding in report.findings if finding.check == check]


def problems(report: Report, check: str) -> list[str]:
    """What they say."""
    return [finding.problem for finding in of(report, check)]
