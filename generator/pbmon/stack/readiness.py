"""Whether a part is ready, tested over HTTP or by a connection."""

from __future__ import annotations

import socket
from contextlib import closing

from pbmon.errors import UsageError
from pbmon.live.servers.client import Client
from pbmon.live.servers.prometheus import Prometheus

_TIMEOUT = 3.0  # seconds for one answer


def answers(address: str, page: str) -> bool:
    """Whether the part accepts connections and, if a page is named, answers 200 there."""
    if page:
        with closing(_client("the part", address)) as client:
            try:
                return client.ask(page, accept="*/*").status == 200
            except UsageError:
                return False
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), _TIMEOUT).close()
    except OSError:
        return False
    return True


def targets(prometheus: str) -> dict[str, str]:
    """By scrape job: `up`, or why not. Empty while Prometheus does not answer."""
    with closing(_client("Prometheus", prometheus)) as client:
        try:
            active = Prometheus(client).targets()
        except UsageError:
            return {}
    return {
        target.job: "up" if target.health == "up" else target.error or "not scraped yet"
        for target in active
    }


def _client(what: str, address: str) -> Client:
    """A client that asks once; callers that wait for a part ask again."""
    return Client(what, f"http://{address}", timeout=_TIMEOUT, attempts=1)
