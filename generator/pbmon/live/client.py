"""HTTP to the servers that are named on the command line: bounded in time and size, and careful
with secrets.

Servers are asked directly, never through a proxy. Redirects are not followed, so that no token
reaches a host it was not given for.
"""

from __future__ import annotations

import base64
import json
import re
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import BadStatusLine, HTTPConnection, HTTPException, HTTPSConnection
from threading import Event, Timer
from typing import Any, NoReturn
from urllib.parse import SplitResult, unquote, urlencode, urlsplit

from pbmon.errors import UsageError

ATTEMPTS = 3
PAUSE = 0.3
"""Seconds before the second attempt; twice that before the third."""
LIMIT = 256 * 2**20
"""Bytes of an answer. A job with 100,000 series answers with about 30 MB."""
BUSY = frozenset({429, 502, 503, 504})
"""Statuses that mean `later` (https://www.rfc-editor.org/rfc/rfc9110#section-15.6.4), so they are
asked again.
"""

_NO_TLS = frozenset(
    {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"}
)
"""What OpenSSL says, by its version, of an answer that is not TLS."""
_LINE = 80
"""Characters that a message shows of what is not HTTP."""

Form = Sequence[tuple[str, str]]


class Unreachable(UsageError):
    """The server gives no answer that can be used, perhaps not yet: `--wait` goes on, everything
    else ends with exit code 2.
    """


@dataclass(frozen=True)
class Answer:
    """An HTTP answer. type: its media type without parameters."""

    status: int
    type: str
    body: bytes


class Client:
    """One server. what: its name in messages. authorization: the header's value, sent to this
    server only.

    A user and password in the URL become the header; messages show the URL without them. timeout:
    seconds for one answer as a whole, from connecting to the last byte. Raises UsageError for a URL
    that is none.
    """

    def __init__(
        self,
        what: str,
        url: str,
        *,
        authorization: str = "",
        tls: ssl.SSLContext | None = None,
        timeout: float = 30.0,
    ) -> None:
        parts = _parts(what, url)
        self._parts = parts
        self._tls = tls
        self._timeout = timeout
        self._headers = {"User-Agent": "pbmon"}
        if parts.username is not None and not authorization:
            authorization = basic(f"{unquote(parts.username)}:{unquote(parts.password or '')}")
        if authorization:
            self._headers["Authorization"] = authorization
        self.what = what
        self.shown = _shown(url)
        self._connection: HTTPConnection | None = None

    def __str__(self) -> str:
        return f"{self.what} at {self.shown}"

    def ask(self, path: str, form: Form | None = None, accept: str = "application/json") -> Answer:
        """The answer to a GET, or to a POST where there is a form. Only for questions that change
        nothing: they may be repeated.

        Raises Unreachable after ATTEMPTS failures or one timeout; UsageError for a refusal (401,
        403), a redirect, a certificate that nobody vouches for, a server without TLS, or an answer
        above LIMIT.
        """
        failure = ""
        for attempt in range(ATTEMPTS):
            time.sleep(PAUSE * attempt)
            try:
                answer = self._once(path, form, accept)
            except TimeoutError:
                problem = f"{self} gives no answer within {self._timeout:g} s"
                raise Unreachable(
                    problem, "see whether it is overloaded, or give it longer: --timeout 2m"
                ) from None
            except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
                failure = "breaks the TLS connection off"
                continue
            except ssl.SSLError as error:
                raise self._distrusted(error) from None
            except (OSError, HTTPException) as error:
                failure = _failure(error)
                continue
            if answer.status not in BUSY or answer.type == "application/json":
                return self._allowed(answer)
            failure = f"answers with status {answer.status}"
        raise Unreachable(
            f"{self} {failure}",
            "see whether it runs and is reachable from here; --wait 2m waits for it",
        )

    def json(self, path: str, form: Form | None = None) -> Any:
        """The answer read as JSON, whatever its status. Raises Unreachable where it is none, else
        as `ask`.
        """
        return self.parsed(self.ask(path, form))

    def parsed(self, answer: Answer) -> Any:
        """The body of an answer of this server read as JSON. Raises Unreachable where it is none;
        NaN and Infinity are none.
        """
        try:
            return json.loads(answer.body, parse_constant=_no_number)
        except (ValueError, RecursionError):
            kind = answer.type or "nothing that says what it is"
            raise self.nonsense(f"status {answer.status} and {kind} instead of JSON") from None

    def nonsense(self, instead: str) -> Unreachable:
        """The error for an answer that this kind of server does not give."""
        return Unreachable(
            f"{self} answers with {instead}", f"see whether that is the address of {self.what}"
        )

    def _allowed(self, answer: Answer) -> Answer:
        if answer.status in {401, 403}:
            has = (
                "the secret given for it"
                if "Authorization" in self._headers
                else "a question without a token or password"
            )
            raise UsageError(
                f"{self} refuses {has} (status {answer.status})",
                "--token-file or --basic-auth-file names another",
            )
        if 300 <= answer.status < 400:
            raise UsageError(
                f"{self} sends on to {_shown(answer.body.decode('utf-8', 'replace')) or 'nowhere'},"
                " which is not followed",
                "name that address instead, if it is the right one",
            )
        return answer

    def _distrusted(self, error: ssl.SSLError) -> UsageError:
        why = error.reason or str(error)
        if isinstance(error, ssl.SSLCertVerificationError):
            return UsageError(
                f"{self} cannot prove who it is: {why}",
                "name the certificate of its authority: --ca FILE",
            )
        if why in _NO_TLS:
            address = self.shown.partition("://")[2]
            return UsageError(
                f"{self} does not speak TLS, so https:// does not reach it",
                f"http://{address} may be meant",
            )
        return UsageError(
            f"{self} agrees to no TLS connection: {why}",
            "see which TLS versions and certificates it asks for",
        )

    def _once(self, path: str, form: Form | None, accept: str) -> Answer:
        connection = self._connected()
        headers = {**self._headers, "Accept": accept}
        body = None
        if form is not None:
            body = urlencode(form).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            with _deadline(connection.sock, self._timeout):
                connection.request(
                    "GET" if body is None else "POST",
                    self._parts.path.rstrip("/") + path,
                    body,
                    headers,
                )
                response = connection.getresponse()
                content = response.read(LIMIT + 1)
                if len(content) > LIMIT:
                    raise UsageError(
                        f"{self} answers with more than {LIMIT >> 20} MiB",
                        "narrow what it holds, or ask another",
                    )
        except BaseException:
            self.close()
            raise
        if 300 <= response.status < 400:
            content = response.getheader("Location", "").encode()
        return Answer(
            response.status,
            response.headers.get_content_type() if response.headers["Content-Type"] else "",
            content,
        )

    def _connected(self) -> HTTPConnection:
        if self._connection is None or self._connection.sock is None:
            host, port = self._parts.hostname or "", self._parts.port
            if self._parts.scheme == "https":
                tls = self._tls or ssl.create_default_context()
                self._connection = HTTPSConnection(host, port, timeout=self._timeout, context=tls)
            else:
                self._connection = HTTPConnection(host, port, timeout=self._timeout)
            try:
                self._connection.connect()
            except BaseException:
                self.close()
                raise
        return self._connection

    def close(self) -> None:
        """End the connection; the next question makes a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def basic(user_and_password: str) -> str:
    """`Authorization` for `user:password` (https://www.rfc-editor.org/rfc/rfc7617)."""
    return "Basic " + base64.b64encode(user_and_password.encode()).decode()


def bearer(token: str) -> str:
    """`Authorization` for a token (https://www.rfc-editor.org/rfc/rfc6750)."""
    return f"Bearer {token}"


def _parts(what: str, url: str) -> SplitResult:
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
        raise UsageError(f"{_shown(url)!r} is no address of {what}", help)
    if not url.isascii() or not url.isprintable() or " " in url:
        raise UsageError(f"the address of {what} has characters that no URL has", help)
    return parts


def _shown(url: str) -> str:
    """The URL without user, password, query and fragment: what a message may show.

    A password may hold any character, and the scheme may be forgotten; so nothing before the last
    `@` is shown but http(s)://.
    """
    before, at, rest = url.rpartition("@")
    scheme = re.match("https?://", before, re.IGNORECASE)
    beyond = scheme is not None and re.search("[/?#]", before[scheme.end() :])
    start = (scheme[0] if scheme and not beyond else "…@") if at else ""
    return start + re.split("[?#]", rest)[0].rstrip("/")


def _failure(error: OSError | HTTPException) -> str:
    if isinstance(error, BadStatusLine) and not isinstance(error, ConnectionError):
        return f"answers with {str(error)[:_LINE]!r} instead of HTTP"
    return f"cannot be reached: {getattr(error, 'strerror', None) or error or type(error).__name__}"


def _no_number(constant: str) -> NoReturn:
    raise ValueError(constant)


@contextmanager
def _deadline(sock: socket.socket, seconds: float) -> Iterator[None]:
    """Cuts the connection after so many seconds and raises TimeoutError, also where a server sends
    byte after byte.
    """
    expired = Event()

    def cut() -> None:
        expired.set()
        with suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, HTTPException):
        if expired.is_set():
            raise TimeoutError from None
        raise
    finally:
        timer.cancel()
    if expired.is_set():
        raise TimeoutError
