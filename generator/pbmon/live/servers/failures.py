"""Why there is no answer, in the words of the operating system.

Errors of httpx are not quoted: they may hold what was sent or received.
"""

from __future__ import annotations

import os
import socket
import ssl

import httpx

_NO_TLS = frozenset(
    {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"}
)
"""What OpenSSL says, by its version, of an answer that is not TLS."""
_BROKEN_OFF = ssl.SSLEOFError | ssl.SSLZeroReturnError


def failure(error: httpx.HTTPError) -> str:
    """A failure that may pass, worded to follow "the server"."""
    causes = _causes(error)
    for cause in reversed(causes):
        if isinstance(cause, _BROKEN_OFF):
            return "breaks the TLS connection off"
        if isinstance(cause, socket.gaierror):
            return f"cannot be reached: {cause.strerror}"
        if isinstance(cause, OSError) and cause.errno:
            return f"cannot be reached: {os.strerror(cause.errno)}"
    if isinstance(error, httpx.ConnectError):
        return "breaks the connection off"
    return "breaks off, or answers with something else instead of HTTP"


def tls_error(error: httpx.HTTPError) -> ssl.SSLError | None:
    """The TLS error below it; None for one that may pass with another attempt."""
    causes = _causes(error)
    if any(isinstance(cause, _BROKEN_OFF) for cause in causes):
        return None
    return next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None)


def distrust(error: ssl.SSLError, public_url: str) -> tuple[str, str]:
    """Problem, worded to follow "the server", and help. public_url: its address."""
    why = error.reason or "no reason given"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"cannot prove who it is: {why}", "name the certificate of its authority: --ca FILE"
    if why in _NO_TLS:
        return (
            "does not speak TLS, so https:// does not reach it",
            f"http://{public_url.partition('://')[2]} may be meant",
        )
    return (
        f"agrees to no TLS connection: {why}",
        "see which TLS versions and certificates it asks for",
    )


def _causes(error: BaseException | None) -> list[BaseException]:
    """The error and all below it."""
    if error is None:
        return []
    group = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    below = _causes(error.__cause__ or error.__context__)
    return [error, *(cause for each in group for cause in _causes(each)), *below]
