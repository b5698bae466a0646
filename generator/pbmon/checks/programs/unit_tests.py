"""promtool's verdict on many files of unit tests, from few processes.

A process takes as long to start as some tests run, so files share one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil
from os import cpu_count
from pathlib import Path
from threading import Event
from typing import Literal

from pbmon.cache import Cache, digest_of
from pbmon.checks.programs.binaries import Output, run
from pbmon.checks.programs.promtool import features
from pbmon.checks.programs.tree import laid_out

PATIENCE = 300
"""Seconds that promtool may take for the files of one call; most take less than one."""

SHARED = 50
"""Files that one process gets at most."""

Verdict = Literal["passes", "fails", "none"]
"""none: promtool crashed, hung, or said something else."""

_VERDICTS: Mapping[str, Verdict] = {"  SUCCESS": "passes", "  FAILED:": "fails"}


@dataclass(frozen=True)
class UnitTest:
    """A file of unit tests. path: of the file. texts: of it and of the rule files that it names,
    by path.
    """

    path: str
    texts: Mapping[str, str]

    @property
    def length(self) -> int:
        """Characters of all texts."""
        return sum(map(len, self.texts.values()))


@dataclass(frozen=True)
class Answer:
    """What promtool says of one file. output: of a process for this file alone, where it gives no
    verdict; else what it printed about the file.
    """

    verdict: Verdict
    output: Output


PASSED = Answer("passes", Output(0, ""))


def answers(promtool: Path, tests: Sequence[UnitTest], cache: Cache | None = None) -> list[Answer]:
    """What promtool says of each file, in their order. As many processes as cores run at once.

    cache: knows the files that passed, by their content and that of promtool's version. Raises
    UsageError where promtool cannot be started.
    """
    cache = cache or Cache()
    found: dict[int, Answer] = {}
    digests: list[bytes] = []
    if cache.is_open and tests:
        says = run(promtool, ["--version"]).text
        digests = [_digest(says, test) for test in tests]
        known = cache.read("promtool", digests)
        found = {n: PASSED for n, digest in enumerate(digests) if known.get(digest) == "passes"}
    missing = [number for number in range(len(tests)) if number not in found]
    for some in _answers(promtool, [tests[number] for number in missing]):
        new = {missing[number]: answer for number, answer in some.items()}
        found |= new
        if digests:
            passed = [number for number, answer in new.items() if answer.verdict == "passes"]
            cache.write({digests[number]: "passes" for number in passed})
    return [found[number] for number in range(len(tests))]


def _digest(version: str, test: UnitTest) -> bytes:
    pairs = (part for pair in sorted(test.texts.items()) for part in pair)
    return digest_of("promtool", version, test.path, *pairs)


def _answers(promtool: Path, tests: Sequence[UnitTest]) -> Iterator[dict[int, Answer]]:
    """By the number of the file, process by process: what is known is not lost by an end."""
    cores = cpu_count() or 1
    shares = min(len(tests), max(cores, ceil(len(tests) / SHARED)))
    # the longest files take longest: each process gets its share of them
    by_length = sorted(range(len(tests)), key=lambda number: -tests[number].length)
    batches = [by_length[share::shares] for share in range(shares)]
    # One core each: the collector of garbage would else take turns with the other processes'.
    settings = {"GOMAXPROCS": str(max(1, cores // max(1, shares)))}
    ended = Event()
    with ThreadPoolExecutor(cores) as workers:
        run_batch = [
            workers.submit(_batch, promtool, [tests[number] for number in batch], settings, ended)
            for batch in batches
        ]
        try:
            for batch, running in zip(batches, run_batch, strict=True):
                yield dict(zip(batch, running.result(), strict=True))
        finally:  # after Ctrl-C nothing begins any more
            ended.set()
            for running in run_batch:
                running.cancel()


def _batch(
    promtool: Path, tests: Sequence[UnitTest], settings: Mapping[str, str], ended: Event
) -> list[Answer]:
    """Where one process gives no verdict on all of them, each file gets one of its own."""
    texts = {
        f"{number}/{path}": text
        for number, test in enumerate(tests)
        for path, text in test.texts.items()
    }
    paths = [f"{number}/{test.path}" for number, test in enumerate(tests)]
    flags = features(texts.values())
    with laid_out(texts) as folder:
        output = run(
            promtool,
            [*flags, "test", "rules", *paths],
            folder=folder,
            seconds=PATIENCE,
            settings=settings,
        )
    verdicts = list(_verdicts(output))
    failed = any(answer.verdict == "fails" for answer in verdicts)
    if len(verdicts) == len(tests) and output.code == int(failed):
        return verdicts
    if len(tests) == 1 or ended.is_set():
        return [Answer("none", output) for _ in tests]
    return [answer for test in tests for answer in _batch(promtool, [test], settings, ended)]


def _verdicts(output: Output) -> Iterator[Answer]:
    """The verdict on each file, in the order of the files. Version 3 says no file's name."""
    verdict: Verdict = "none"
    lines: list[str] = []
    for line in output.text.splitlines():
        if new := _VERDICTS.get(line.rstrip()):
            if verdict != "none":
                yield Answer(verdict, Output(output.code, "\n".join(lines)))
            verdict, lines = new, []
        elif not line.startswith("Unit Testing:"):
            lines.append(line)
    if verdict != "none":
        yield Answer(verdict, Output(output.code, "\n".join(lines)))
