"""What a stack is made of: the servers behind the exporters in the plan, the exporters, the app's
processes, Prometheus.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from pbmon.errors import UsageError
from pbmon.model.service import Exporter
from pbmon.plan.plan import Plan
from pbmon.plan.rules import ScrapeJob
from pbmon.stack import postgres
from pbmon.stack.app_file import AppFile, Process, filled
from pbmon.stack.ports import port_of
from pbmon.stack.state import Part, Stack

PROMETHEUS, ALERTMANAGER, REDIS = "prometheus", "alertmanager", "redis"
_SERVERS, _ALL, _LAST = 0, 1, 2  # stages
_PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "postgres_exporter": ("postgres_exporter", "postgres", "initdb", "psql"),
    "redis_exporter": ("redis_exporter", "redis-server"),
    "node_exporter": ("node_exporter",),
    "prometheus": (),
}
"""Programs by the name of an exporter in the definitions."""


def exporters(plan: Plan, app: AppFile) -> dict[str, tuple[ScrapeJob, Exporter]]:
    """Scrape job and exporter, by the exporter's name. Raises UsageError for a job that is neither
    a process of the app nor a known exporter.
    """
    services = {service.name: service for service in plan.catalog.services}
    by_name = {}
    for job in plan.jobs:
        exporter = services[job.service].exporter
        if job.name in app.processes:
            continue
        if exporter is None or exporter.name not in _PROGRAMS:
            raise UsageError(
                f"scrape job {job.name} has no process in {app.folder}/stack.toml, so its target"
                " would be down",
                f"add [processes.{job.name}]; pbmon itself knows how to run {', '.join(_PROGRAMS)}",
            )
        by_name[exporter.name] = job, exporter
    return by_name


def programs(exporter_jobs: Mapping[str, object]) -> list[str]:
    """Names of the programs that these exporters and every stack need."""
    return sorted(
        {
            PROMETHEUS,
            ALERTMANAGER,
            *(program for name in exporter_jobs for program in _PROGRAMS[name]),
        }
    )


def names(exporter_jobs: Mapping[str, tuple[ScrapeJob, Exporter]], app: AppFile) -> list[str]:
    """Everything that needs an address: jobs, processes, and the servers that are not scraped
    themselves.
    """
    servers = [name for name in (postgres.NAME, REDIS) if f"{name}_exporter" in exporter_jobs]
    jobs = [job.name for job, _ in exporter_jobs.values()]
    return list(
        dict.fromkeys(
            [
                PROMETHEUS,
                ALERTMANAGER,
                *(f"server {name}" for name in servers),
                *jobs,
                *app.processes,
            ]
        )
    )


def all_parts(
    stack: Stack,
    paths: Mapping[str, Path],
    app: AppFile,
    exporter_jobs: Mapping[str, tuple[ScrapeJob, Exporter]],
    addresses: Mapping[str, str],
) -> list[Part]:
    """Every part, in the order of their start. addresses: by the names of `names`."""
    parts = [
        *_servers(stack, paths, app, addresses),
        *_exporters(stack, paths, app, exporter_jobs, addresses),
        *(
            _process(stack, app, name, process, addresses)
            for name, process in app.processes.items()
        ),
        *_monitoring(stack, paths, addresses),
    ]
    return sorted(parts, key=lambda part: part.stage)


def _servers(
    stack: Stack, paths: Mapping[str, Path], app: AppFile, addresses: Mapping[str, str]
) -> Iterator[Part]:
    if "postgres" in paths:
        yield postgres.part(stack, paths, addresses[f"server {postgres.NAME}"], app)
    if "redis-server" in paths:
        address = addresses[f"server {REDIS}"]
        # Keys without an expiry are tasks that wait; only the cache may be thrown out.
        limits = ["--maxmemory", app.maxmemory, "--maxmemory-policy", "volatile-lru"]
        listen = [
            "--bind",
            "127.0.0.1",
            "--port",
            port_of(address),
            "--save",
            "",
            "--dir",
            str(stack.folder),
        ]
        yield Part(
            REDIS,
            _SERVERS,
            [str(paths["redis-server"]), *listen, *limits],
            str(stack.folder),
            address,
        )


def _exporters(
    stack: Stack,
    paths: Mapping[str, Path],
    app: AppFile,
    exporter_jobs: Mapping[str, tuple[ScrapeJob, Exporter]],
    addresses: Mapping[str, str],
) -> Iterator[Part]:
    for name, (job, exporter) in exporter_jobs.items():
        if name == PROMETHEUS:
            continue
        address, environment, options = addresses[job.name], {}, list(exporter.flags)
        if name == "postgres_exporter":
            environment = {
                "DATA_SOURCE_URI": (
                    f"{addresses[f'server {postgres.NAME}']}/{app.database}?sslmode=disable"
                ),
                "DATA_SOURCE_USER": "monitor",
                "DATA_SOURCE_PASS_FILE": str(stack.secrets / "monitor"),
            }
        elif name == "redis_exporter":
            options.append(f"--redis.addr=redis://{addresses[f'server {REDIS}']}")
        command = [str(paths[name]), f"--web.listen-address={address}", *options]
        yield Part(name, _ALL, command, str(stack.folder), address, job.path, environment)


def _process(
    stack: Stack, app: AppFile, name: str, process: Process, addresses: Mapping[str, str]
) -> Part:
    values = {
        "python": sys.executable,
        "port": port_of(addresses[name]),
        "secrets": str(stack.secrets),
    }
    values |= {
        key.removeprefix("server "): address
        for key, address in addresses.items()
        if key.startswith("server ")
    }
    environment = {
        key: filled(value, values)
        for key, value in {**app.environment, **process.environment}.items()
    }
    # temporary files of the app are deleted with the stack
    environment["TMPDIR"] = str(stack.folder / "tmp")
    command = [filled(word, values) for word in process.command]
    return Part(name, _ALL, command, str(stack.app), addresses[name], process.ready, environment)


def _monitoring(
    stack: Stack, paths: Mapping[str, Path], addresses: Mapping[str, str]
) -> Iterator[Part]:
    for name, stage, options in (
        (
            ALERTMANAGER,
            _ALL,
            ("--config.file=alertmanager.yml", "--cluster.listen-address=", "--storage.path="),
        ),
        (
            PROMETHEUS,
            _LAST,
            (
                "--config.file=prometheus.yml",
                "--storage.tsdb.retention.time=1y",  # as far back as any rule looks
                "--storage.tsdb.retention.size=1GB",
                "--storage.tsdb.path=",
            ),
        ),
    ):
        *rest, storage = options
        command = [
            str(paths[name]),
            f"--web.listen-address={addresses[name]}",
            *rest,
            f"{storage}{stack.folder / name}",
        ]
        yield Part(
            name, stage, command, str(stack.build / "monitoring"), addresses[name], "/-/ready"
        )
