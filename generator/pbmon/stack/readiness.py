"""Whether a part can be used: asked over HTTP, or by a connection."""

from __future__ import annotations

import http.client
import json
import socket
from typing import Any

_TIMEOUT = 3.0  # seconds for one answer


def answers(address: str, page: str) -> bool:
    """Whether the part accepts connections and, if a page is named, answers 200 there."""
    if page:
        return _get(address, page) is not None
    try:
        socket.create_connection(_split(address), _TIMEOUT).close()
    except OSError:
        return False
    return True


def targets(prometheus: str) -> dict[str, str]:
    """By scrape job: `up`, or why not. Empty while Prometheus does not answer."""
    body = _get(prometheus, "/api/v1/targets?state=active")
    try:
        found: list[dict[str, Any]] = json.loads(body)["data"]["activeTargets"] if body else []
        return {target["labels"]["job"]: _health(target) for target in found}
    except (ValueError, LookupError, TypeError):
        return {}


def _health(target: dict[str, Any]) -> str:
    return "up" if target["health"] == "up" else target["lastError"] or "not scraped yet"


def _get(address: str, page: str) -> bytes | None:
    """The body of a 200, else None."""
    connection = http.client.HTTPConnection(*_split(address), timeout=_TIMEOUT)
    try:
        connection.request("GET", page)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return body if answer.status == http.client.OK else None


def _split(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host, int(port)
