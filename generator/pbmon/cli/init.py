"""`pbmon init`."""

from __future__ import annotations

from pathlib import Path

from pbmon.cli.printing import say
from pbmon.output.scaffold import scaffold


def run(folder: Path) -> None:
    """Make the project and say what to do with it."""
    for path in scaffold(folder):
        say(f"made {path.as_posix()}")
    say(f"\ncd {folder.as_posix()}\npbmon build\npbmon validate")
