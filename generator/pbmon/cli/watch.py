"""`pbmon watch`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pbmon.cli.options import DEFINITIONS, ENV, Definitions, Env, Out, Promtool, output_folder
from pbmon.cli.printing import say
from pbmon.cli.watched import Round, State, begin, prepare

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

POLL = 0.1
"""Seconds between two looks at the definitions."""

SHARE = 10
"""A look takes at most one part in so many of the time: of thousands of files there are fewer."""

Files = dict[str, tuple[int, int, int]]
"""Time of the last change, size and number of each file, by path."""


def watch(
    definitions: Definitions = DEFINITIONS,
    out: Out = None,
    env: Env = ENV,
    promtool: Promtool = None,
) -> None:
    """Build, validate and prove whenever a definition is saved, and print what is new.

    Ends with Ctrl-C.
    """
    from pbmon.checks.programs.binaries import find_amtool, find_promtool
    from pbmon.errors import UsageError

    if not definitions.is_dir():
        raise UsageError(f"{definitions} is no folder, so nothing can be watched", "--definitions")
    order = Round(definitions, output_folder(out, env), env, find_promtool(promtool), find_amtool())
    prepare()
    say(f"watching {definitions}; Ctrl-C ends it", sys.stderr)
    state: State = {}
    files = _settled(definitions, {})
    while True:
        files = _run(order, files, state)
        while files == (now := _files(definitions)):
            pass
        files = _settled(definitions, now)


def _run(order: Round, files: Files, state: State) -> Files:
    """One round, begun again where a file changes meanwhile. Returns the files that it read."""
    while True:
        process, reader = _begun(order, state)
        try:
            files_now = _until_ended(reader, order.definitions, files, state)
        finally:
            _end(process)
            reader.close()
        if files_now == files:
            return files
        files = _settled(order.definitions, files_now)


def _until_ended(reader: Connection, definitions: Path, files: Files, state: State) -> Files:
    """Takes what the round finds, until it ends or a file changes. Returns the files then."""
    while True:
        try:
            while reader.poll(POLL):
                stage, findings = reader.recv()
                state[stage] = findings
        except EOFError:
            return files
        if (now := _files(definitions)) != files:
            return now


def _begun(order: Round, state: State) -> tuple[BaseProcess, Connection]:
    """A process for one round: definitions are imported anew, and what pbmon itself imports is
    there, where a process can be copied.
    """
    import multiprocessing

    multiprocessing.set_start_method("fork" if sys.platform == "linux" else "spawn", force=True)
    reader, writer = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=begin, args=(order, state, writer))
    process.start()
    writer.close()
    return process, reader


def _end(process: BaseProcess) -> None:
    """It ends the programs that it runs, and removes its temporary files."""
    process.terminate()
    process.join(10)
    if process.is_alive():
        process.kill()
        process.join()


def _settled(definitions: Path, files: Files) -> Files:
    """The files, once two looks at them are equal: an editor may still write."""
    while files != (now := _files(definitions)):
        files = now
    return files


def _files(definitions: Path) -> Files:
    """Every file of the definitions, after a pause."""
    begin = time.monotonic()
    files = dict(_stamps(definitions))
    time.sleep(max(POLL, SHARE * (time.monotonic() - begin)))
    return files


def _stamps(folder: Path) -> Iterator[tuple[str, tuple[int, int, int]]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:  # gone in this moment
        return
    for entry in entries:
        if entry.name == "__pycache__" or entry.name.startswith("."):
            continue
        try:
            if entry.is_dir():
                yield from _stamps(Path(entry.path))
            else:
                stat = entry.stat()
                yield entry.path, (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        except OSError:
            continue
