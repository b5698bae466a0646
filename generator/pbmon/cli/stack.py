"""`pbmon stack`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import typer

from pbmon.catalog.catalog import load
from pbmon.cli.printing import counted, print_table, progress, say
from pbmon.errors import UsageError
from pbmon.output.write import write
from pbmon.plan.plan import resolve
from pbmon.render.artifacts import render

if sys.platform == "win32":
    raise UsageError(
        "a stack of processes runs on Linux and macOS only",
        "docker-compose.yml runs the same parts everywhere",
    )

from pbmon.stack import lifecycle, state
from pbmon.stack.app_file import read
from pbmon.stack.state import Stack


def up(definitions: Path, env: str, app: Path, folder: Path | None, binaries: Path | None) -> None:
    """Start everything, or what has ended of it; exit 1 when a target is not up in the end."""
    place = folder or state.default_folder(definitions)
    with state.claimed(place) as found:
        stack = found if found.complete else None
        if stack is None:
            with progress("reading definitions"):
                plan = resolve(load(definitions, env))
            stack = lifecycle.up(found, plan, definitions, read(app), binaries, _build, say)
        elif ended := _ended(stack):
            say(f"ended since it was started: {', '.join(ended)}")
            stack = lifecycle.restart(stack, say)
        else:
            say("all of it is up already")
    with progress("waiting for Prometheus's first scrapes"):
        targets = lifecycle.await_targets(stack)
    _print(stack, targets)
    say(f"\n`pbmon stack down` ends it and deletes {place}")
    if set(targets.values()) != {"up"}:
        raise typer.Exit(1)


def down(definitions: Path, folder: Path | None) -> None:
    """End everything that `up` started and delete its folder."""
    place = folder or state.default_folder(definitions)
    if state.read(place) is None:
        say(f"no stack is up in {place}")
        return
    with state.claimed(place) as stack:
        ended = lifecycle.down(stack)
    say(f"{counted(ended, 'part')} ended, {place} deleted")


def status(definitions: Path, folder: Path | None, as_json: bool) -> None:
    """Show each part and what Prometheus sees of it; exit 1 unless everything runs and every target
    is up.
    """
    place = folder or state.default_folder(definitions)
    stack = state.read(place)
    if stack is None:
        say("null" if as_json else f"no stack is up in {place}")
        raise typer.Exit(1)
    targets = lifecycle.seen_targets(stack)
    if as_json:
        running = lifecycle.running(stack)
        parts = {
            part.name: {
                "address": part.address,
                "pid": part.process.pid,
                "runs": part.name in running,
                "log": str(stack.log(part.name)),
            }
            for part in stack.parts
        }
        say(json.dumps({"folder": str(place), "parts": parts, "targets": targets}, indent=2))
    else:
        _print(stack, targets)
    if _ended(stack) or set(targets.values()) != {"up"}:
        raise typer.Exit(1)


def _build(definitions: Path, env: str, out: Path) -> None:
    with progress("rendering"):
        write(render(resolve(load(definitions, env))), out)


def _ended(stack: Stack) -> list[str]:
    running = lifecycle.running(stack)
    return [part.name for part in stack.parts if part.name not in running]


def _print(stack: Stack, targets: dict[str, str]) -> None:
    running = lifecycle.running(stack)
    rows = [
        (
            part.name,
            "runs" if part.name in running else "ended",
            f"{part.address}",
            str(part.process.pid),
            str(stack.log(part.name)),
        )
        for part in stack.parts
    ]
    print_table(("part", "state", "address", "pid", "log"), rows)
    say("")
    print_table(("scrape job", "target"), sorted(targets.items()))
