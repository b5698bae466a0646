"""The shop, running: with everything as it is defined, and with every fault at once."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import Any, NoReturn

import pytest
from live import servers
from live.servers import Project
from pbmon.live.servers.client import Client

FAULTY = Path(__file__).with_name("faulty.txt")


@dataclass(frozen=True)
class Shop:
    """A running shop: the plan, and the servers that watch it."""

    project: Project
    prometheus: Client
    address: str
    alertmanager: Client | None = None


@pytest.fixture(scope="session", params=["system", "newer"])
def program(request: pytest.FixtureRequest) -> Path:
    """Each Prometheus at hand: the system's beside its promtool, then a newer one."""
    if request.param == "newer":
        return Path(request.getfixturevalue("prometheus"))
    return _beside(request.getfixturevalue("promtool"), "prometheus")


@pytest.fixture(scope="session")
def alertmanager_command(request: pytest.FixtureRequest) -> list[str]:
    """PBMON_ALERTMANAGER_NEWER, else the one beside amtool.

    Debian's reads its templates from /usr/share; unpacked elsewhere, it is run where its own share/
    is seen there.
    """
    named = shutil.which(os.environ.get("PBMON_ALERTMANAGER_NEWER", ""))
    program = (
        Path(named)
        if named
        else _beside(request.getfixturevalue("amtool"), "prometheus-alertmanager")
    )
    share = program.resolve().parent.parent / "share"
    templates = "prometheus/alertmanager/default.tmpl"
    if Path("/usr/share", templates).exists() or not (share / templates).exists():
        return [str(program)]
    alone = ["unshare", "--map-root-user", "--mount"]
    if subprocess.run([*alone, "true"], check=False, capture_output=True).returncode:
        _missing(
            f"a place for Alertmanager's templates ({' '.join(alone)} is not allowed)",
            "install Debian's prometheus-alertmanager",
        )
    return [
        *alone,
        "sh",
        "-c",
        'mount --bind "$0" /usr/share && exec "$@"',
        str(share),
        str(program),
    ]


@pytest.fixture(scope="session")
def healthy(
    program: Path,
    alertmanager_command: list[str],
    tmp_path_factory: pytest.TempPathFactory,
    faulty: Shop,  # started first: both need some seconds until there are rates
) -> Iterator[Shop]:
    """The shop as it is defined, with customers, watched by Prometheus and Alertmanager."""
    folder = tmp_path_factory.mktemp("healthy")
    with ExitStack() as stack:
        module, registry = servers.metrics_of(
            servers.project(folder / "code", shop="a:1", prometheus="b:1").rendered
        )
        stack.callback(_customers(module))
        address = stack.enter_context(servers.exporter(registry))
        ports = servers.free_port(), servers.free_port()
        project = servers.project(
            folder,
            shop=address,
            prometheus=f"127.0.0.1:{ports[0]}",
            alertmanager=f"127.0.0.1:{ports[1]}",
        )
        monitoring = folder / "build/monitoring"
        alertmanager = servers.alertmanager(
            alertmanager_command, ports[1], monitoring / "alertmanager.yml", folder / "am"
        )
        prometheus = servers.prometheus(
            program, ports[0], monitoring / "prometheus.yml", folder / "data"
        )
        yield Shop(
            project, stack.enter_context(prometheus), address, stack.enter_context(alertmanager)
        )


@pytest.fixture(scope="session")
def faulty(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The shop with every fault at once: another exposition, a dead target, edited rules."""
    folder = tmp_path_factory.mktemp("faulty")
    text = FAULTY.read_text()
    with ExitStack() as stack:
        url = stack.enter_context(
            servers.http(
                lambda handler: servers.answer(handler, text, kind="text/plain; version=0.0.4")
            )
        )
        port, address = servers.free_port(), url.removeprefix("http://")
        project = servers.project(
            folder, shop=f"{address}, 127.0.0.1:1", prometheus=f"127.0.0.1:{port}"
        )
        monitoring = folder / "build/monitoring"
        _edit(monitoring / "alerts/shop.yml", "> 0.5", "> 0.05")
        _edit(monitoring / "alerts/shop.yml", "Customers leave.", "Nothing.")
        _edit(
            monitoring / "recording/shop.yml",
            "job:shop_requests:rate1m",
            "job:shop_requests:rate5m",
        )
        _edit(monitoring / "prometheus.yml", "component: web", "component: shop")
        prometheus = servers.prometheus(
            program, port, monitoring / "prometheus.yml", folder / "data"
        )
        yield Shop(project, stack.enter_context(prometheus), address)


def _customers(module: Any) -> Any:
    """Orders, requests and baskets until the returned function is called."""
    closed = Event()
    module.shop_baskets.set(200)
    module.shop_staff.set(3)

    def buy() -> None:
        for number in count():
            module.shop_requests_total.labels("GET", "/basket").inc()
            module.shop_latency_seconds.labels("GET").observe(0.2)
            module.shop_orders_total.labels("paid" if number % 3 else "failed").inc()
            if closed.wait(0.1):
                return

    thread = Thread(target=buy)
    thread.start()

    def close() -> None:
        closed.set()
        thread.join()

    return close


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, f"{path.name} has {old!r} {text.count(old)} times"
    path.write_text(text.replace(old, new))


def _beside(program: Path, name: str) -> Path:
    found = program.resolve().with_name(name)
    if not os.access(found, os.X_OK):
        _missing(name, f"Debian installs it beside {program.name}")
    return found


def _missing(what: str, help: str) -> NoReturn:
    reason = f"{what} is not there: {help}"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; with CI=true nothing is skipped")
    pytest.skip(reason)
