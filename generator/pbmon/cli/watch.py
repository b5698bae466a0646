"""`pbmon watch`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pbmon.cli.options import DEFINITIONS, ENV, Definitions, Env, Out, Promtool, output_folder
from pbmon.cli.printing import say
from pbmon.cli.saved import POLL, Files, files_of, settled
from pbmon.cli.watched import Round, State, begin, prepare

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess


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
    files = settled(definitions, {})
    while True:
        files = _run(order, files, state)
        while files == (now := files_of(definitions)):
            pass
        files = settled(definitions, now)


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
        files = settled(order.definitions, files_now)


def _until_ended(reader: Connection, definitions: Path, files: Files, state: State) -> Files:
    """Takes what the round finds, until it ends or a file changes. Returns the files then."""
    while True:
        try:
            while reader.poll(POLL):
                stage, findings = reader.recv()
                state[stage] = findings
        except EOFError:
            return files
        if (now := files_of(definitions)) != files:
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
