"""Work in several processes, which share what this one has read."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkContext, ForkProcess
from multiprocessing.sharedctypes import Synchronized

Work = Callable[[int], str]
"""One piece of work by its number."""


def cores() -> int:
    """As many as this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def can_share() -> bool:
    """Whether a process can be copied as it is: on Linux, and where no other thread may hold a
    lock in that moment.
    """
    return sys.platform == "linux" and threading.active_count() == 1


def in_processes(work: Work, count: int, workers: int) -> Iterator[tuple[int, str]]:
    """(number, text) of each piece of work, in the order in which they end; those left out that
    failed. However this ends, no process is left.
    """
    context = get_context("fork")
    assert isinstance(context, ForkContext)
    following: Synchronized[int] = context.Value("i", 0)
    processes: list[ForkProcess] = []
    readers: list[Connection] = []
    gc.freeze()  # what is shared stays so: the collector would write into it
    try:
        for _ in range(workers):
            reader, writer = context.Pipe(duplex=False)
            readers.append(reader)
            process = context.Process(
                target=_work, args=(work, count, following, readers, writer), daemon=True
            )
            process.start()
            processes.append(process)
            writer.close()
        yield from _answers(readers)
    finally:
        gc.unfreeze()
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()


def _answers(readers: list[Connection]) -> Iterator[tuple[int, str]]:
    running = list(readers)
    while running:
        for reader in wait(running):
            assert isinstance(reader, Connection)
            try:
                yield reader.recv()
            except EOFError:
                running.remove(reader)


def _work(
    work: Work,
    count: int,
    following: Synchronized[int],
    readers: list[Connection],
    writer: Connection,
) -> None:
    """In a worker: take the next piece until there is none."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the parent, which ends this
    for reader in readers:  # else nobody would see that the parent has gone
        reader.close()
    while True:
        with following.get_lock():
            number = following.value
            following.value += 1
        if number >= count:
            return
        with suppress(Exception):  # the parent tries it again, and shows what is wrong
            text = work(number)
            try:
                writer.send((number, text))
            except OSError:
                return
