"""Servers that a command asks, and the tokens, passwords and certificates for them, which it reads
from files.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pbmon.errors import UsageError
from pbmon.live.servers.client import Client, basic, bearer

KINDS = ("prometheus", "alertmanager", "grafana", "scrape")


@dataclass(frozen=True)
class Access:
    """How servers are asked. headers: `Authorization` by kind of server. timeout: seconds for one
    answer.
    """

    headers: Mapping[str, str]
    tls: ssl.SSLContext | None = None
    timeout: float = 30.0

    def client(self, kind: str, url: str) -> Client:
        """Of a server of this kind. UsageError for what is no address."""
        name = "the exposition" if kind == "scrape" else kind.capitalize()
        authorization = self.headers.get(kind, "")
        return Client(name, url, authorization=authorization, tls=self.tls, timeout=self.timeout)


def authorizations(
    addresses: Mapping[str, Sequence[str]], secret_files: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """The `Authorization` header by kind of server. A file without `SERVER=` is for the only
    server. No secret is sent to another one.
    """
    named = [kind for kind in KINDS if addresses.get(kind)]
    if not named:
        raise UsageError(
            "no server is named, so there is nothing to verify",
            "--prometheus http://localhost:9090, or --scrape URL",
        )
    headers: dict[str, str] = {}
    for option, files in secret_files.items():
        for argument in files:
            kind, equals, file = argument.partition("=")
            if not equals:
                kind, file = named[0], argument
            if (not equals and len(named) > 1) or kind not in named:
                listed = ", ".join(f"{name}=FILE" for name in named)
                raise UsageError(
                    f"--{option}-file does not say which server it is for",
                    f"--{option}-file with one of {listed}",
                )
            if kind in headers:
                raise UsageError(f"two secrets are given for {kind}, which takes one", "keep one")
            secret = _secret(Path(file), f"--{option}-file")
            headers[kind] = bearer(secret) if option == "token" else basic(secret)
    return headers


def _secret(path: Path, option: str) -> str:
    try:
        text = path.read_text("utf-8").strip()
    except (OSError, ValueError):
        raise UsageError(
            f"{option} names {path}, which cannot be read", "one line: the token, or user:password"
        ) from None
    if not text or not text.isprintable() or (option == "--token-file" and not text.isascii()):
        raise UsageError(
            f"{path} does not hold one line of text, so it is no secret to send",
            "one line: the token, or user:password",
        )
    return text


def trusting(ca: Path | None) -> ssl.SSLContext | None:
    """A context that trusts the certificates of --ca alone; None to trust those of the system."""
    try:
        return ssl.create_default_context(cafile=str(ca)) if ca else None
    except (OSError, ssl.SSLError):
        raise UsageError(
            f"--ca names {ca}, which holds no certificates", "a file in PEM format"
        ) from None
