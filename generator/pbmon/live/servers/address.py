"""The address of a server, checked, and a form of it without secrets for messages."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pbmon.errors import UsageError


class Address:
    """A URL taken apart. base: without user, password and a slash at the end. public_url: what a
    message may show. user: None without one.

    Raises UsageError for text that is no URL.
    """

    def __init__(self, what: str, url: str) -> None:
        help = "as http://localhost:9090, or https://example.org/path"
        try:
            parts = urlsplit(url)
            parts.port  # noqa: B018 - reading it checks it
            (parts.hostname or "").encode("idna")  # as the resolver does
        except ValueError:
            raise UsageError(f"the address of {what} cannot be read", help) from None
        if (
            parts.scheme not in {"http", "https"}
            or not parts.hostname
            or parts.query
            or parts.fragment
            or "@" in parts.path
        ):
            help += (
                "; a password's / ? # @ are written %2F %3F %23 %40"
                if parts.hostname and "@" in url
                else ""
            )
            raise UsageError(f"{public_url(url)!r} is no address of {what}", help)
        if not url.isascii() or not url.isprintable() or " " in url:
            raise UsageError(f"the address of {what} has characters that no URL has", help)
        host = parts.netloc.rpartition("@")[2]
        self.base = f"{parts.scheme}://{host}{parts.path.rstrip('/')}"
        self.public_url = public_url(url)
        self.user = parts.username
        self.password = parts.password or ""


def public_url(url: str) -> str:
    """The URL without user, password, query and fragment: what a message may show.

    A password may hold any character, and the scheme may be forgotten; so nothing before the last
    `@` is shown but http(s)://.
    """
    before, at, rest = url.rpartition("@")
    scheme = re.match("https?://", before, re.IGNORECASE)
    beyond = scheme is not None and re.search("[/?#]", before[scheme.end() :])
    start = (scheme[0] if scheme and not beyond else "…@") if at else ""
    return start + re.split("[?#]", rest)[0].rstrip("/")
