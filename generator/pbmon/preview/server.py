"""Serves the page on this machine alone; a situation is computed when somebody looks at it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any
from urllib.parse import unquote, urlsplit

from pbmon.preview.html import page
from pbmon.preview.situations import Situations

HOST = "127.0.0.1"


@dataclass
class Server:
    """The page and its data. port: 0 for any that is free. OSError where it is taken."""

    situations: Situations
    port: int = 0
    _lock: Lock = field(default_factory=Lock)

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

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answers a request. One that names another host comes from a page of others, whose name
        leads to this machine: it gets nothing.
        """
        port = self.listening.server_address[1]
        if request.headers.get("Host") not in {f"{HOST}:{port}", f"localhost:{port}"}:
            return _send(request, 403, "text/plain", "this server answers for 127.0.0.1 alone\n")
        path = unquote(urlsplit(request.path).path)
        if path == "/":
            return _send(request, 200, "text/html", self._page)
        name = path.removeprefix("/data/").removesuffix(".json")
        try:
            with self._lock:
                text = json.dumps(self._data(name))
        except KeyError:
            return _send(request, 404, "text/plain", f"there is no {path}\n")
        return _send(request, 200, "application/json", text)

    @cached_property
    def _page(self) -> str:
        return page(self.situations.plan.catalog.project.title)

    def _data(self, name: str) -> Any:
        if name == "contents":
            return self.situations.contents(self.situations.names)
        if name.startswith("scenario "):
            return self.situations.scenario(name.removeprefix("scenario "))
        raise KeyError(name)


def _send(request: BaseHTTPRequestHandler, status: int, kind: str, text: str) -> None:
    body = text.encode()
    request.send_response(status)
    request.send_header("Content-Type", f"{kind}; charset=utf-8")
    request.send_header("Content-Length", str(len(body)))
    request.send_header("Cache-Control", "no-store")
    request.send_header("X-Content-Type-Options", "nosniff")
    request.send_header("X-Frame-Options", "DENY")
    request.end_headers()
    request.wfile.write(body)
