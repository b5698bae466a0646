"""The random projects of `projects`, loaded and planned: the same ones every time.

Hypothesis draws by the source of `collect`: an edit of it makes other projects.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from drawn import by_profile
from hypothesis import HealthCheck, given, settings
from pbmon.catalog.catalog import load
from pbmon.plan.plan import Plan, resolve
from projects import projects


def made_projects(folder: Path, examples: int) -> Iterator[tuple[dict[str, str], Plan]]:
    """Texts of the definitions by path, and the plan. One that pbmon refuses is an error here, with
    its message.

    examples: drawn in the profile `ci` (`by_profile`); a few of them are equal and made once.
    """
    examples = by_profile(examples)
    drawn: dict[str, dict[str, str]] = {}

    @settings(
        max_examples=examples,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )
    @given(projects())
    def collect(files: dict[str, str]) -> None:
        drawn[repr(files)] = files

    collect()
    for number, files in enumerate(drawn.values()):
        write(folder / str(number) / "definitions", files)
        yield files, resolve(load(folder / str(number) / "definitions"))


def write(folder: Path, files: dict[str, str]) -> None:
    """The files in the folder, byte for byte."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode())
