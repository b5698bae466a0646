"""A shell for tests, in the test's own process, and a terminal."""

from __future__ import annotations

import io
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from pbmon.cli import main
from pbmon.output.scaffold import scaffold

GENERATOR = Path(main.__code__.co_filename).parent.parent.parent
COMMAND = [
    sys.executable,
    "-c",
    "import sys; sys.argv[0] = 'pbmon'; from pbmon.cli import main; main()",
]
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": str(GENERATOR),
    "TERM": "xterm",
    "NO_COLOR": "",
    "PYTHONIOENCODING": "utf-8",
}
unix = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has neither pseudo-terminals nor these signals"
)


class Shell:
    """Runs commands in this process, in a folder of its own, without a terminal.

    environment: variables while `pbmon` runs; no program is on PATH. output: of the last command,
    both streams.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.patch = monkeypatch
        self.patch.chdir(folder)
        # whether the disk has it is not the question here
        self.patch.setattr(os, "fsync", lambda _: None)
        self.environment = {
            "PATH": "",
            "COLUMNS": "100",
            "PBMON_PROMTOOL": "",
            "PBMON_AMTOOL": "",
            "NO_COLOR": "",
            "CI": "",  # where nothing is remembered
        }
        self.output = ""

    def __call__(self, line: str) -> int:
        """Runs one line, keeps what it prints, and gives its exit code."""
        words = shlex.split(line)
        with self.patch.context() as patch:
            own = [words.pop(0).split("=", 1)] if "=" in words[0] else []
            for name, value in (*self.environment.items(), *own):
                patch.setenv(name, value)
            command, *arguments = words
            self.output, code = "", 0
            if command == "pbmon":
                code = self._pbmon(arguments, patch)
            else:
                getattr(self, command)(*arguments)
        return code

    def _pbmon(self, arguments: list[str], patch: pytest.MonkeyPatch) -> int:
        patch.setattr(sys, "argv", ["pbmon", *arguments])
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main()
        marked = "".join(f"! {line}".rstrip() + "\n" for line in err.getvalue().splitlines())
        self.output = (out.getvalue() + marked).replace(
            "\\", "/" if sys.platform == "win32" else "\\"
        )
        return int(ended.value.code or 0)

    def new(self) -> None:
        scaffold(Path("shop"))
        self.cd("shop")

    def cd(self, folder: str) -> None:
        self.patch.chdir(folder)

    def append(self, file: str, text: str) -> None:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        with Path(file).open("ab") as opened:
            opened.write(text.encode() + b"\n")

    def edit(self, file: str, old: str, new: str) -> None:
        text = Path(file).read_text("utf-8")
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {file}"
        Path(file).write_text(text.replace(old, new), "utf-8", newline="\n")

    def rm(self, file: str) -> None:
        Path(file).unlink()


def on_a_terminal(arguments: list[str], environment: dict[str, str], typed: str = "") -> str:
    """Everything that a terminal gets to see."""
    import pty  # not on Windows

    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        [*COMMAND, *arguments], env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    os.write(ours, typed.encode())
    said = b"".join(_until_closed(ours))
    os.close(ours)
    running.wait(timeout=60)
    return said.decode()


def _until_closed(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # Linux's way to say that the other end is closed
            return
        if not part:
            return
        yield part
