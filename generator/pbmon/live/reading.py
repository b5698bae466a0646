"""Reading the answers of others: a shape that is not the documented one is the server's fault, not a crash."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pbmon.live.client import Client


@contextmanager
def reading(client: Client) -> Iterator[None]:
    """While an answer of this server is taken apart. Raises Unreachable where parts are missing or of another kind."""
    try:
        yield
    except (KeyError, IndexError, TypeError, AttributeError, ValueError):
        raise client.nonsense("JSON of another kind") from None
