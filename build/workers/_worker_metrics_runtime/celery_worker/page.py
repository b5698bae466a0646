# Copied by pbmon. Do not edit: the next `pbmon build` writes it anew.
"""The page that Prometheus scrapes."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import Metric, make_wsgi_app
from prometheus_client.exposition import ThreadingWSGIServer

from ..encoding import encodable_metric

_logger = logging.getLogger(__name__)


class Page:
    """What the server asks, as it asks a registry.

    It is none, since one that names no metric beforehand, which would collect them,
    cannot be asked for one metric before prometheus_client 0.25.
    """

    def __init__(self, collect: Callable[[], Iterable[Metric]]) -> None:
        self._collect = collect

    def collect(self) -> Iterable[Metric]:
        """Every metric, with texts that UTF-8 can write."""
        return list(map(encodable_metric, self._collect()))

    def restricted_registry(self, names: Iterable[str]) -> Page:
        """Only the metrics with samples of these names: /metrics?name[]=..."""
        wanted = frozenset(names)

        def collect() -> list[Metric]:
            metrics = []
            for metric in self._collect():
                samples = [each for each in metric.samples if each.name in wanted]
                if samples:
                    metric.samples = samples
                    metrics.append(metric)
            return metrics

        return Page(collect)


def serve(
    collect: Callable[[], Iterable[Metric]], default_host: str, default_port: int
) -> Any:
    """A server of the page, in a thread; None where it cannot be, which is logged."""
    host = os.environ.get("PROMETHEUS_METRICS_HOST") or default_host
    port = os.environ.get("PROMETHEUS_METRICS_PORT") or str(default_port)
    try:
        server = _server(host, int(port), Page(collect))
    except (OSError, OverflowError, ValueError) as error:
        _logger.error(
            "No metrics are served on %s port %s: %s. PROMETHEUS_METRICS_HOST and "
            "PROMETHEUS_METRICS_PORT say where.",
            host,
            port,
            error,
        )
        return None
    _logger.info("Metrics are served on http://%s:%s/metrics", host, port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class _Handler(WSGIRequestHandler):
    """Keeps requests out of the worker's log."""

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _server(host: str, port: int, page: Page) -> WSGIServer:
    """As start_http_server() makes it, which hands none out before version 0.20."""
    family, _, _, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]

    class Server(ThreadingWSGIServer):
        address_family = family

    app: Callable[[Page], Any] = make_wsgi_app
    return make_server(
        str(address[0]), port, app(page), server_class=Server, handler_class=_Handler
    )
