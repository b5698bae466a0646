"""`pbmon stack`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pbmon.cli.options import DEFINITIONS, ENV, Definitions, Env
from pbmon.cli.printing import counted, print_table, progress, say
from pbmon.errors import UsageError

if TYPE_CHECKING:
    from pbmon.stack.state import Stack

Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder", help="Folder that holds the stack while it is up; else one for temporary files."
    ),
]


def up(
    definitions: Definitions = DEFINITIONS,
    env: Env = ENV,
    app: Annotated[
        Path, typer.Option("--app", help="Folder of the app, with a stack.toml.")
    ] = Path("examples/pybase"),
    folder: Folder = None,
    binaries: Annotated[
        Path | None,
        typer.Option(
            "--binaries",
            envvar="PBMON_BINARIES",
            help="Folder to look for programs in before PATH.",
        ),
    ] = None,
) -> None:
    """Start databases, exporters, app, Prometheus and Alertmanager, or what has ended of them."""
    _require_processes()
    from pbmon.catalog.catalog import load
    from pbmon.plan.plan import resolve
    from pbmon.stack import lifecycle, state
    from pbmon.stack.app_file import read

    place = folder or state.default_folder(definitions)
    with state.claimed(place) as existing:
        stack = existing if existing.complete else None
        if stack is None:
            with progress("reading definitions"):
                plan = resolve(load(definitions, env))
            stack = lifecycle.up(existing, plan, definitions, read(app), binaries, _build, say)
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


def down(definitions: Definitions = DEFINITIONS, folder: Folder = None) -> None:
    """End what `up` started and delete its folder."""
    _require_processes()
    from pbmon.stack import lifecycle, state

    place = folder or state.default_folder(definitions)
    if state.read(place) is None:
        say(f"no stack is up in {place}")
        return
    with state.claimed(place) as stack:
        ended = lifecycle.down(stack)
    say(f"{counted(ended, 'part')} ended, {place} deleted")


def status(
    definitions: Definitions = DEFINITIONS,
    folder: Folder = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """Show what runs, where, and what Prometheus sees of it."""
    _require_processes()
    from pbmon.stack import lifecycle, state

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


def _require_processes() -> None:
    if sys.platform == "win32":
        raise UsageError(
            "a stack of processes runs on Linux and macOS only",
            "docker-compose.yml runs the same parts everywhere",
        )


def _build(definitions: Path, env: str, out: Path) -> None:
    from pbmon.catalog.catalog import load
    from pbmon.output.write import write
    from pbmon.plan.plan import resolve
    from pbmon.render.artifacts import render

    with progress("rendering"):
        write(render(resolve(load(definitions, env))), out, environment=env)


def _ended(stack: Stack) -> list[str]:
    from pbmon.stack import lifecycle

    running = lifecycle.running(stack)
    return [part.name for part in stack.parts if part.name not in running]


def _print(stack: Stack, targets: dict[str, str]) -> None:
    from pbmon.stack import lifecycle

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
