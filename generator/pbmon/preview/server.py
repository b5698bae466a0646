"""Serves the page on this machine alone; a situation is computed when somebody looks at it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Lock
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from pbmon.errors import UsageError
from pbmon.preview.html import page
from pbmon.preview.view import View, view_of

HOST = "127.0.0.1"
Json = dict[str, Any]
_SIGN_OF_LIFE = 15.0
"""Seconds after which a page that waits for news hears that the server is still there."""


class Subject(Protocol):
    """What the page is about. Each method raises KeyError for what is not there."""

    @property
    def title(self) -> str: ...

    def contents(self) -> Json: ...

    def shown(self, view: View) -> Json: ...

    def budgets(self, scenario: str) -> Json: ...


@dataclass
class Server:
    """The page and its data. port: 0 for any that is free. OSError where it is taken.

    before: what the subject is compared with, None for nothing. watching: whether it changes.
    """

    subject: Subject
    port: int = 0
    before: Subject | None = None
    watching: bool = False
    _lock: Lock = field(default_factory=Lock)
    _news: Condition = field(default_factory=Condition)
    _version: int = 0
    _problem: str = ""

    @cached_property
    def listening(self) -> ThreadingHTTPServer:
        """The socket, open from now on."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.answer(self)

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: the terminal is for what pbmon says."""

        server = ThreadingHTTPServer((HOST, self.port), Handler)
        server.daemon_threads = True
        return server

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://{HOST}:{self.listening.server_address[1]}/"

    def show(self, subject: Subject) -> None:
        """Shows another subject from now on, and tells the pages that are open."""
        with self._news:
            self.subject, self._problem = subject, ""
            self._version += 1
            self._news.notify_all()

    def fail(self, problem: str) -> None:
        """Tells the open pages why they show what was there before."""
        with self._news:
            self._problem = problem
            self._version += 1
            self._news.notify_all()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answers a request. One that names another host comes from a page of others, whose name
        leads to this machine: it gets nothing.
        """
        port = self.listening.server_address[1]
        if request.headers.get("Host") not in {f"{HOST}:{port}", f"localhost:{port}"}:
            return _send(request, 403, "text/plain", "this server answers for 127.0.0.1 alone\n")
        parts = urlsplit(request.path)
        path = unquote(parts.path)
        if path == "/":
            return _send(request, 200, "text/html", self._page)
        if path == "/news" and self.watching:
            return self._tell(request)
        try:
            with self._lock:
                text = json.dumps(self._data(path, parts.query))
        except KeyError:
            return _send(request, 404, "text/plain", f"there is no {path}\n")
        except ValueError as error:
            return _send(request, 400, "text/plain", f"{error}\n")
        except UsageError as error:
            return _send(request, 502, "text/plain", f"{error}\n")
        return _send(request, 200, "application/json", text)

    @cached_property
    def _page(self) -> str:
        return page(self.subject.title)

    def _data(self, path: str, query: str) -> Json:
        asked = parse_qs(query)
        subject = self.before if asked.get("of") == ["before"] else self.subject
        if subject is None:
            raise KeyError(path)
        match path:
            case "/data/contents.json":
                return subject.contents() | {"watching": self.watching, "version": self._version}
            case "/data/shown.json":
                return subject.shown(view_of(query))
            case "/data/budgets.json":
                return subject.budgets(asked.get("while", [""])[0])
            case _:
                raise KeyError(path)

    def _newer_than(self, version: int) -> tuple[int, str]:
        """The version and its problem, once it is another one or some time has passed."""
        with self._news:
            self._news.wait_for(lambda: self._version != version, _SIGN_OF_LIFE)
            return self._version, self._problem

    def _tell(self, request: BaseHTTPRequestHandler) -> None:
        """Server-sent events: the version that is shown, and the problem with a newer one.

        https://html.spec.whatwg.org/multipage/server-sent-events.html
        """
        _begin(request, 200, "text/event-stream")
        request.send_header("Connection", "close")
        request.end_headers()
        request.close_connection = True
        last = -1
        try:
            while True:
                version, problem = self._newer_than(last)
                news = json.dumps({"version": version, "problem": problem})
                text = ": still here" if version == last else f"data: {news}"
                last = version
                request.wfile.write(f"{text}\n\n".encode())
                request.wfile.flush()
        except OSError:  # the page is closed
            return


def _begin(request: BaseHTTPRequestHandler, status: int, kind: str) -> None:
    request.send_response(status)
    request.send_header("Content-Type", f"{kind}; charset=utf-8")
    request.send_header("Cache-Control", "no-store")
    request.send_header("X-Content-Type-Options", "nosniff")
    request.send_header("X-Frame-Options", "DENY")


def _send(request: BaseHTTPRequestHandler, status: int, kind: str, text: str) -> None:
    body = text.encode()
    _begin(request, status, kind)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
