"""HTTP to the servers that are named on the command line: bounded in time and size, and careful
with secrets.

Servers are asked directly: neither proxies nor .netrc of the environment are used. Redirects are
not followed, so that no token reaches a host it was not given for. Errors of httpx never reach a
message, since they may quote what was sent.
"""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import unquote, urlencode

import httpx

from pbmon.errors import UsageError
from pbmon.live.servers import failures, limits
from pbmon.live.servers.address import Address, public_url
from pbmon.live.servers.limits import JSON, Budget

ATTEMPTS = 3
PAUSE = 0.3
"""Seconds before the second attempt; twice that before the third."""
BUSY = frozenset({429, 502, 503, 504})
"""Statuses that mean `later` (https://www.rfc-editor.org/rfc/rfc9110#section-15.6.4), so they are
asked again.
"""
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
    body: bytes | bytearray = field(repr=False)  # the event loop asks for the repr of its results


class Client:
    """One server. what: its name in messages. authorization: the header's value, sent to this
    server only.

    A user and password in the URL become the header; messages show the URL without them. timeout:
    seconds for one answer as a whole, from looking up the name to the last byte, attempts included.
    Raises UsageError for text that is no URL.
    """

    def __init__(
        self,
        what: str,
        url: str,
        *,
        authorization: str = "",
        tls: ssl.SSLContext | None = None,
        timeout: float = 30.0,
        attempts: int = ATTEMPTS,
    ) -> None:
        address = Address(what, url)
        try:
            httpx.URL(address.base)
        except httpx.InvalidURL:
            raise UsageError(
                f"{address.public_url!r} is no address of {what}", "as http://localhost:9090"
            ) from None
        self.what = what
        self.public_url = address.public_url
        self._base = address.base
        self._tls = tls
        self._timeout = timeout
        self._attempts = attempts
        # identity: a compressed answer of a few bytes can be of any size
        self._headers = {"User-Agent": "pbmon", "Accept-Encoding": "identity"}
        if address.user is not None and not authorization:
            authorization = basic(f"{unquote(address.user)}:{unquote(address.password)}")
        if authorization:
            self._headers["Authorization"] = authorization
        self._connection: _Connection | None = None

    def __str__(self) -> str:
        return f"{self.what} at {self.public_url}"

    def ask(self, path: str, form: Form | None = None, accept: str = "application/json") -> Answer:
        """The answer to a GET, or to a POST where there is a form. Only for questions that change
        nothing: they may be repeated.

        Raises Unreachable after some failures or one timeout; UsageError for a refusal (401, 403),
        a redirect, a certificate that is not trusted, a server without TLS, or an answer above
        `limits.BYTES`.
        """
        if self._connection is None:
            self._connection = _Connection(self._base, self._tls)
        return self._connection.runner.run(
            self._in_time(self._connection.http, path, form, {**self._headers, "Accept": accept})
        )

    def json(self, path: str, form: Form | None = None, budget: Budget | None = None) -> Any:
        """The answer read as JSON, whatever its status. budget: shared by answers that stay in
        memory together.

        Raises Unreachable for anything but JSON, UsageError for too many values, else as `ask`.
        """
        return self.parsed(self.ask(path, form), budget)

    def parsed(self, answer: Answer, budget: Budget | None = None) -> Any:
        """The body of an answer of this server, read as `json` does; NaN and Infinity are not
        JSON.
        """
        (budget or Budget()).charge(self, answer.body, JSON)
        try:
            return json.loads(answer.body.decode("utf-8"), parse_constant=_no_number)
        except (ValueError, RecursionError):
            kind = answer.type or "nothing that says what it is"
            raise self.nonsense(f"status {answer.status} and {kind} instead of JSON") from None

    def nonsense(self, instead: str) -> Unreachable:
        """The error for an answer that this kind of server does not give."""
        return Unreachable(
            f"{self} answers with {instead}", f"see whether that is the address of {self.what}"
        )

    def close(self) -> None:
        """End the connection; the next question makes a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    async def _in_time(
        self, http: httpx.AsyncClient, path: str, form: Form | None, headers: dict[str, str]
    ) -> Answer:
        failure = f"gives no answer within {self._timeout:g} s"
        help = "see whether it is overloaded, or give it longer: --timeout 2m"
        try:
            async with asyncio.timeout(self._timeout):
                for attempt in range(self._attempts):
                    await asyncio.sleep(PAUSE * attempt)
                    try:
                        answer = await self._once(http, path, form, headers)
                    except httpx.HTTPError as error:
                        failure = self._failed(error)
                    else:
                        if answer.status not in BUSY or answer.type == "application/json":
                            return self._allowed(answer)
                        failure = f"answers with status {answer.status}"
                    help = "see whether it runs and is reachable from here; --wait 2m waits for it"
        except TimeoutError:
            pass
        raise Unreachable(f"{self} {failure}", help) from None

    async def _once(
        self, http: httpx.AsyncClient, path: str, form: Form | None, headers: dict[str, str]
    ) -> Answer:
        content = None if form is None else urlencode(form).encode()
        if content is not None:
            headers = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
        method = "GET" if content is None else "POST"
        body = bytearray()
        url = self._base + path
        async with http.stream(method, url, content=content, headers=headers) as answer:
            async for chunk in answer.aiter_raw():
                body += chunk
                if len(body) > limits.BYTES:
                    raise UsageError(
                        f"{self} answers with more than {limits.BYTES >> 20} MiB",
                        "narrow what it holds, or ask another",
                    )
        if 300 <= answer.status_code < 400:
            body = bytearray(answer.headers.get("Location", "").encode())
        type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Answer(answer.status_code, type, body)

    def _failed(self, error: httpx.HTTPError) -> str:
        """What went wrong, after "the server". Raises UsageError where another attempt would fail
        as well.
        """
        if (refused := failures.tls_error(error)) is not None:
            problem, help = failures.distrust(refused, self.public_url)
            raise UsageError(f"{self} {problem}", help) from None
        return failures.failure(error)

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
            location = public_url(answer.body.decode("utf-8", "replace")) or "nowhere"
            raise UsageError(
                f"{self} redirects to {location}, which is not followed",
                "name that address instead, if it is the right one",
            )
        return answer


class _Connection:
    """httpx and its event loop: only a loop can end a question at its deadline in any phase."""

    def __init__(self, base: str, tls: ssl.SSLContext | None) -> None:
        secure = base.lower().startswith("https:")
        self.http = httpx.AsyncClient(
            # without TLS no authorities are read, which takes longer than the question
            verify=(tls or ssl.create_default_context())
            if secure
            else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            timeout=None,  # noqa: S113 - the deadline is for the whole answer
            follow_redirects=False,
            trust_env=False,
            limits=httpx.Limits(max_connections=1),
        )
        self.runner = asyncio.Runner()
        self.close = weakref.finalize(self, _end, self.runner, self.http)


def _end(runner: asyncio.Runner, http: httpx.AsyncClient) -> None:
    """Closes a connection. For a client that nobody closed this may run inside the loop of another
    client; then its sockets close with their owner.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        runner.run(http.aclose())
        runner.close()


def basic(user_and_password: str) -> str:
    """`Authorization` for `user:password` (https://www.rfc-editor.org/rfc/rfc7617)."""
    return "Basic " + base64.b64encode(user_and_password.encode()).decode()


def bearer(token: str) -> str:
    """`Authorization` for a token (https://www.rfc-editor.org/rfc/rfc6750)."""
    return f"Bearer {token}"


def _no_number(constant: str) -> NoReturn:
    raise ValueError(constant)
