"""Which rendered files git ignores: a clone of the repository would not have them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_SECONDS = 20


@dataclass(frozen=True)
class Ignored:
    """number: of files that are ignored. rule: the line that ignores the first of them, as
    `.gitignore:3 (build/)`.
    """

    number: int
    rule: str


def ignored(out: Path, paths: Iterable[str]) -> Ignored | None:
    """Which of the paths below the folder git ignores; None where it ignores none, and without git
    or a repository.

    A file that git tracks is not ignored, whatever .gitignore says.
    """
    git = shutil.which("git")
    folder = out.absolute()
    above = next((place for place in (folder, *folder.parents) if place.is_dir()), None)
    if git is None or above is None:
        return None
    asked = "".join(f"{folder / path}\0" for path in paths)
    try:
        # fsmonitor is a program that a repository may name, and git would run
        done = subprocess.run(
            [git, "-c", "core.fsmonitor=false", "check-ignore", "--verbose", "--stdin", "-z"],
            cwd=above,
            input=os.fsencode(asked),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    # source, line, pattern and path of each; a pattern with `!` says that the path is not ignored
    words = os.fsdecode(done.stdout).split("\0")[:-1] if done.returncode == 0 else []
    matches = list(zip(words[::4], words[1::4], words[2::4], strict=False))
    rules = [f"{file}:{line} ({rule})" for file, line, rule in matches if not rule.startswith("!")]
    return Ignored(len(rules), rules[0]) if rules else None
