"""Whether the programs found nothing in these very files before."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from pbmon.cache import digest_of
from pbmon.checks.case import Case
from pbmon.plan.paths import RULE_TESTS

_READ = frozenset({".py", ".tmpl", ".yaml", ".yml"})
"""Endings of files that promtool and amtool read, or what pbmon makes for them is made from."""


def digest(case: Case) -> bytes:
    """Of the programs and of every file that they read."""
    texts = (
        part
        for artifact in case.artifacts
        if PurePosixPath(artifact.path).suffix in _READ
        and not artifact.path.startswith(f"{RULE_TESTS}/")
        for part in (artifact.path, artifact.text)
    )
    return digest_of("programs", _program(case.promtool), _program(case.amtool), *texts)


def _program(file: Path | None) -> str:
    """Another file is another program; to ask each for its version would start it."""
    if file is None:
        return ""
    stat = file.stat()
    return f"{file.resolve()} {stat.st_size} {stat.st_mtime_ns} {stat.st_ino}"
