"""The servers that live tests look at: real ones on free loopback ports, each stopped
at the end.
"""

from __future__ import annotations

import importlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any, TypeVar

import prometheus_client
from pbmon.catalog.catalog import load
from pbmon.live.checks import IDS
from pbmon.live.observation import Servers
from pbmon.live.servers.client import Client
from pbmon.live.verification import Report, verify
from pbmon.plan.plan import Plan, resolve
from pbmon.render.artifacts import render

DEFINITIONS = Path(__file__).parent / "definitions"
ENVIRONMENT = """\
scrape_interval: 1s
evaluation_interval: 1s
alertmanagers: [{alertmanager}]
targets:
  shop: [{shop}]
  prometheus: ["{prometheus}"]
"""
_T = TypeVar("_T")


@dataclass(frozen=True)
class Project:
    """The shop's plan and what it renders to; folder: where that lies."""

    plan: Plan
    rendered: Mapping[str, str]
    folder: Path

    def look(self, **servers: Any) -> Report:
        """One look at the servers."""
        return verify(self.plan, self.rendered, Servers(**servers), IDS)


def project(
    folder: Path, *, shop: str, prometheus: str, alertmanager: str = "localhost:9093"
) -> Project:
    """The shop with these addresses, rendered into folder/build."""
    definitions = folder / "definitions"
    shutil.copytree(DEFINITIONS, definitions)
    (definitions / "environments").mkdir()
    overlay = ENVIRONMENT.format(shop=shop, prometheus=prometheus, alertmanager=alertmanager)
    (definitions / "environments/test.yaml").write_text(overlay)
    plan = resolve(load(definitions, "test"))
    rendered = {artifact.path: artifact.text for artifact in render(plan)}
    for path, text in rendered.items():
        (folder / "build" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "build" / path).write_text(text)
    return Project(plan, rendered, folder)


def metrics_of(rendered: Mapping[str, str]) -> tuple[Any, prometheus_client.CollectorRegistry]:
    """The generated module's metrics in a registry of their own."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in rendered.items():
            if path.endswith(".py"):
                Path(folder, path).parent.mkdir(parents=True, exist_ok=True)
                Path(folder, path).write_text(text, "utf-8")
        sys.path.insert(0, folder)
        try:
            module = importlib.import_module("shop_metrics")
        finally:
            sys.path.remove(folder)
            # the next project's modules have the same names
            for name in [name for name in sys.modules if name.lstrip("_").startswith("shop_")]:
                del sys.modules[name]
    registry = prometheus_client.CollectorRegistry()
    return module.Metrics(registry), registry


@contextmanager
def exporter(registry: prometheus_client.CollectorRegistry) -> Iterator[str]:
    """`host:port` that exposes the registry."""
    server, thread = prometheus_client.start_http_server(0, "127.0.0.1", registry)
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


Reply = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def http(
    reply: Reply, tls: tuple[Path, Path] | None = None, host: str = "127.0.0.1"
) -> Iterator[str]:
    """`http://host:port` of a server that answers every request with `reply`. tls: its certificate
    and key.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            reply(self)

        def do_POST(self) -> None:
            self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            reply(self)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

    server = Server((host, 0), Handler)
    server.daemon_threads = True
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        name = f"[{host}]" if ":" in host else host
        yield f"{'https' if tls else 'http'}://{name}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def raw(reply: bytes, echo: bool = False) -> Iterator[str]:
    """`host:port` that answers whatever it is asked with these bytes, and ends the connection.
    echo: what it was asked follows.
    """

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            asked = self.request.recv(65536)
            self.request.sendall(reply + asked if echo else reply)

    server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def answer(
    handler: BaseHTTPRequestHandler,
    body: str,
    status: int = 200,
    kind: str = "application/json",
    **headers: str,
) -> None:
    """Send a whole answer."""
    content = body.encode()
    handler.send_response(status)
    for name, value in {
        "Content-Type": kind,
        "Content-Length": str(len(content)),
        **headers,
    }.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(content)


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running(command: list[str], log: Path) -> Iterator[None]:
    """A program while the block runs; its output goes to the log."""
    with (
        log.open("w") as output,
        subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT) as process,
    ):
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def prometheus(program: Path, port: int, config: Path, data: Path) -> Iterator[Client]:
    """A Prometheus with this configuration."""
    command = [
        str(program),
        f"--config.file={config}",
        f"--storage.tsdb.path={data}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with running(command, data.with_suffix(".log")):
        yield Client("Prometheus", f"http://127.0.0.1:{port}", timeout=10)


@contextmanager
def alertmanager(program: list[str], port: int, config: Path, data: Path) -> Iterator[Client]:
    """An Alertmanager with this configuration, alone."""
    command = [
        *program,
        f"--config.file={config}",
        f"--storage.path={data}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with running([*command, "--cluster.listen-address="], data.with_suffix(".log")):
        yield Client("Alertmanager", f"http://127.0.0.1:{port}", timeout=10)


def eventually(get: Callable[[], _T], wanted: Callable[[_T], bool], seconds: float = 25) -> _T:
    """What `get` gives once that is wanted, or at the end of the time. Errors of a server that is
    not up yet count as unwanted.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            got = get()
        except Exception:
            if time.monotonic() > end:
                raise
        else:
            if wanted(got) or time.monotonic() > end:
                return got
        time.sleep(0.3)


def fires(report: Report) -> bool:
    """Whether the shop's only alert fires; before the first scrape another one is pending."""
    return [note.partition(" since ")[0] for note in report.notes] == ["ManyBaskets is firing"]


def post_alert(alertmanager: Client, labels: Mapping[str, str]) -> None:
    """Make an alert, as Prometheus does."""
    import json
    from urllib.request import Request, urlopen

    body = json.dumps([{"labels": labels}]).encode()
    request = Request(
        f"{alertmanager.public_url}/api/v2/alerts", body, {"Content-Type": "application/json"}
    )

    def post() -> int:
        with urlopen(request, timeout=5) as response:
            return int(response.status)

    assert eventually(post, lambda status: status == 200) == 200


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that vouches for itself, and its key."""
    files = folder / "certificate.pem", folder / "key.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        [*command, *name, "-out", str(files[0]), "-keyout", str(files[1])],
        check=True,
        capture_output=True,
    )
    return files
