"""The programs of others that pbmon calls: finding promtool and amtool, and running them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pbmon.errors import UsageError
from pbmon.finding import Finding
from pbmon.source import Source

TIMEOUT = 60
"""Seconds a program may take. promtool reads a thousand rules in about 0.2 s, so a minute means
that it hangs.
"""

GOGC = "200"
"""How far Go's heap may grow, in percent, before its garbage is collected; Go's default is 100
(https://go.dev/doc/gc-guide). promtool makes a database for every test and drops it. Beyond 200 the
kernel takes as long to hand out memory as the collector saves.
"""

INSTALL = """Prometheus brings promtool; install it, or name one with --promtool or PBMON_PROMTOOL
    Debian, Ubuntu:  sudo apt-get install --no-install-recommends prometheus
    macOS:           brew install prometheus
    Windows:         scoop install prometheus
    Docker:          a file `promtool` on PATH with the command
                     exec docker run --rm -i --user "$(id -u)" -v "$PWD:$PWD" -w "$PWD" \\
                         --entrypoint promtool prom/prometheus "$@"
"""


@dataclass(frozen=True)
class Output:
    """What a program said. code: its exit code, None after a timeout. text: stdout and stderr in
    the order written.
    """

    code: int | None
    text: str


def find_promtool(explicit: Path | None = None) -> Path:
    """The promtool to use, as an absolute path: `explicit`, else $PBMON_PROMTOOL, else the first on
    PATH.

    Raises UsageError, with the commands that install it, where there is none or it is not
    executable.
    """
    program = _find("promtool", explicit, "PBMON_PROMTOOL")
    if program is None:
        raise UsageError(
            "promtool is not on PATH, so rules and configuration stay unchecked", INSTALL.rstrip()
        )
    return program


def find_amtool(explicit: Path | None = None) -> Path | None:
    """The amtool to use, as an absolute path: `explicit`, else $PBMON_AMTOOL, else the first on
    PATH, else None.

    Debian ships it in the package prometheus-alertmanager, Homebrew in alertmanager.
    Raises UsageError where `explicit` or $PBMON_AMTOOL names something that is not executable.
    """
    return _find("amtool", explicit, "PBMON_AMTOOL")


def _find(name: str, explicit: Path | None, variable: str) -> Path | None:
    request = str(explicit) if explicit is not None else os.environ.get(variable, "")
    local = explicit is not None and explicit.is_file()  # `./promtool` is a Path without its dot
    program = shutil.which(Path(request).absolute() if local else request or name)
    if program is not None:
        return Path(program).absolute()  # the checks run it from another folder
    if not request:
        return None
    origin = f"--{name}" if explicit is not None else variable
    raise UsageError(
        f"{origin} names {request}, which is not a program that can be run",
        INSTALL.rstrip() if name == "promtool" else f"name an executable {name}, or unset {origin}",
    )


def version(program: Path) -> tuple[int, int, int]:
    """(major, minor, patch) of promtool or amtool.

    Raises UsageError where `program` prints no version.
    """
    output = run(program, ["--version"])
    numbers = re.search(r"version (\d+)\.(\d+)\.(\d+)", output.text)
    if output.code != 0 or numbers is None:
        raise UsageError(
            f"{program} --version tells no version, so it is not promtool or amtool", brief(output)
        )
    return int(numbers[1]), int(numbers[2]), int(numbers[3])


def run(
    program: Path,
    arguments: Sequence[str],
    *,
    folder: Path | None = None,
    stdin: str = "",
    seconds: float | None = None,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> Output:
    """Runs the program in `folder` until it ends or so many seconds pass (TIMEOUT where it is not
    given). settings: variables of its environment, where the caller's has no others. Raises
    UsageError where it cannot be started.
    """
    try:
        process = subprocess.run(
            [str(program), *arguments],
            cwd=folder,
            input=stdin,
            stdout=subprocess.PIPE,
            # promtool says which file on the one, and what is wrong on the other
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            env={"GOGC": GOGC, **settings, **os.environ},
            timeout=seconds or TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Output(None, "")
    except OSError as error:
        problem = f"{program} cannot be run: {error.strerror or error}"
        raise UsageError(problem, "name another one, or install it again") from None
    return Output(process.returncode, process.stdout)


def unexplained(check: str, name: str, output: Output) -> Finding:
    """The finding for an output that names no fault in a file: a crash, a hang, another program."""
    return Finding(
        check,
        Source(name, 0),
        f"{name} gives no verdict, so what it was to check stays unchecked: {brief(output)}",
        f"`{name} --version` must answer; a file named {name} may be another program",
    )


def brief(output: Output) -> str:
    """The output in one short line."""
    if output.code is None:
        return "no answer in time"
    text = " ".join(output.text.split())
    text = text if len(text) <= 300 else text[:300] + "..."
    return f"exit code {output.code}" + (f", {text}" if text else ", no output")
