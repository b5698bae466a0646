"""How much of the servers' answers pbmon takes into memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbmon.errors import UsageError

if TYPE_CHECKING:
    from pbmon.live.servers.client import Client

BYTES = 128 * 2**20
"""Bytes of one answer. A job with 100,000 series answers with about 30 MB."""
VALUES = 10_000_000
"""Values of all answers that one look keeps. A series with eight labels counts as 20."""
JSON = b"[{,:"
"""Every value of JSON but the first stands behind one of these signs, so there are no more values
than signs. Signs inside texts count too: the figure may be too high, never too low.
"""
EXPOSITION = b"\n\n\n,="
"""The same for the labels of an exposition; a sample, which is a line, counts thrice for its size.
"""


class Budget:
    """How many values may still be read. Answers that stay in memory together share one budget.

    Values are counted before they are parsed: 100 MB of `[],` are 8 GB of Python objects.
    """

    def __init__(self, values: int = 0) -> None:
        self._left = values or VALUES

    def charge(self, client: Client, body: bytes | bytearray, signs: bytes) -> None:
        """Take the values of this answer. Raises UsageError where too little is left."""
        self._left -= sum(body.count(sign) for sign in signs)
        if self._left < 0:
            raise UsageError(
                f"{client} answers with more than {VALUES:,} values, which is more than is read",
                "narrow what it holds, or ask another",
            )
