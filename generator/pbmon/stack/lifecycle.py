"""Starts a stack, restarts its parts, and ends it."""

from __future__ import annotations

import secrets
import signal
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from pbmon.errors import UsageError
from pbmon.plan.plan import Plan
from pbmon.stack import environment, parts, ports, postgres, processes, programs, state
from pbmon.stack.app_file import AppFile, assemble
from pbmon.stack.readiness import answers, targets
from pbmon.stack.state import Part, Stack

READY = 45.0  # seconds a part may take until it can be used
# seconds until Prometheus has scraped every target: its interval, and what Celery takes to start
TARGETS = 60.0
_PAUSE = 0.1
_SECRETS = ("admin", "app", "monitor", "faults")
_LOG_LINES = 15

Build = Callable[[Path, str, Path], None]
"""Renders (definitions, environment, folder to write to)."""

Say = Callable[[str], None]
"""Prints one line for people."""


def up(
    stack: Stack,
    plan: Plan,
    definitions: Path,
    app: AppFile,
    binaries: Path | None,
    build: Build,
    say: Say,
) -> Stack:
    """Makes and starts a whole stack. What an `up` that was killed has left is removed first.

    plan: of the definitions, in the chosen environment. Raises UsageError where something is
    missing or does not get ready; then nothing is left running.
    """
    exporter_jobs = parts.exporters(plan, app)
    paths = programs.find(parts.programs(exporter_jobs), binaries)
    addresses = ports.addresses(parts.names(exporter_jobs, app))
    down(stack)
    try:
        for name in ("project", "secrets", "logs", "tmp"):
            (stack.folder / name).mkdir(mode=0o700)
        for name in _SECRETS:
            (stack.secrets / name).touch(0o600)
            (stack.secrets / name).write_text(secrets.token_urlsafe(24), "utf-8")
        jobs = {job.name: addresses[job.name] for job in plan.jobs}
        servers = addresses[parts.ALERTMANAGER], addresses[parts.PROMETHEUS]
        copy = environment.overlay(
            definitions, plan.settings.environment, stack.folder / "project", jobs, *servers
        )
        build(copy, environment.NAME, stack.build)
        assemble(app, stack.build, stack.app)
        stack = replace(
            stack, parts=tuple(parts.all_parts(stack, paths, app, exporter_jobs, addresses))
        )
        stack.save()
        if "postgres" in paths:
            postgres.initialise(stack, paths)
        stack = _start(stack, say, lambda now: _populate(now, paths, app))
    except BaseException:
        down(state.read(stack.folder) or stack)
        raise
    stack = replace(stack, complete=True)
    stack.save()
    return stack


def restart(stack: Stack, say: Say) -> Stack:
    """Starts the parts that have ended, with the same settings. Raises UsageError for one that does
    not get ready.
    """
    return _start(stack, say, lambda _: None)


def _populate(stack: Stack, paths: Mapping[str, Path], app: AppFile) -> None:
    server = stack.part(postgres.NAME)
    if server:
        postgres.populate(stack, paths, app, server.address)


def _start(stack: Stack, say: Say, servers_run: Callable[[Stack], None]) -> Stack:
    """Starts what does not run, stage by stage. servers_run: called when stage 0 is ready."""
    for stage, members in groupby(stack.parts, key=lambda part: part.stage):
        now = processes.table()
        ended = [part for part in members if not processes.runs(part.process, now)]
        for part in ended:
            say(f"starting {part.name}")
            processes.stop([part.process], _signal(part))  # its children, if it left some
            started = processes.start(
                part.command,
                log=stack.log(part.name),
                folder=Path(part.folder),
                environment=part.environment,
                user=part.user,
            )
            stack = stack.with_process(part.name, started)
        _await_ready(stack, [part.name for part in ended])
        if stage == 0:
            servers_run(stack)
    return stack


def _await_ready(stack: Stack, names: Sequence[str]) -> None:
    end = time.monotonic() + READY
    waiting = [part for part in stack.parts if part.name in names]
    while waiting:
        running = processes.table()
        for part in waiting:
            if not processes.runs(part.process, running):
                raise UsageError(f"{part.name} ended as soon as it was started", _tail(stack, part))
            if time.monotonic() > end:
                raise UsageError(
                    f"{part.name} is not ready after {READY:g} seconds", _tail(stack, part)
                )
        waiting = [part for part in waiting if not answers(part.address, part.ready)]
        time.sleep(_PAUSE if waiting else 0)


def _tail(stack: Stack, part: Part) -> str:
    lines = stack.log(part.name).read_text("utf-8", "replace").splitlines()[-_LOG_LINES:]
    return "it said:\n    " + "\n    ".join(lines or ["nothing"])


def await_targets(stack: Stack) -> dict[str, str]:
    """The state of each scrape job, as soon as all are up, or after TARGETS seconds."""
    end = time.monotonic() + TARGETS
    while True:
        states = seen_targets(stack)
        if time.monotonic() > end or (states and set(states.values()) == {"up"}):
            return states
        time.sleep(5 * _PAUSE)


def seen_targets(stack: Stack) -> dict[str, str]:
    """By scrape job: `up`, or why not."""
    prometheus = stack.part(parts.PROMETHEUS)
    return targets(prometheus.address) if prometheus else {}


def running(stack: Stack) -> set[str]:
    """Names of the parts that run."""
    now = processes.table()
    return {part.name for part in stack.parts if processes.runs(part.process, now)}


def down(stack: Stack) -> int:
    """Ends every part, the last started first, and deletes what is in the folder. Returns how many
    ran.
    """
    count = len(running(stack))
    for _, members in groupby(reversed(stack.parts), key=lambda part: part.stage):
        stage = list(members)
        _stop(part for part in stage if _signal(part) != signal.SIGTERM)
        _stop(part for part in stage if _signal(part) == signal.SIGTERM)
    state.empty(stack)
    return count


def _stop(stage: Iterable[Part]) -> None:
    group = list(stage)
    if group:
        processes.stop([part.process for part in group], _signal(group[0]))


def _signal(part: Part) -> signal.Signals:
    """The signal that ends the part. On SIGTERM PostgreSQL would wait for its clients."""
    return signal.SIGINT if part.name == postgres.NAME else signal.SIGTERM
