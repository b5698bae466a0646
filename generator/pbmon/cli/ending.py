"""How a run ends: an exit code with one meaning, and no traceback where output cannot be read.

    0    fine
    1    findings or differences
    2    wrong usage or definitions
    70   a fault of pbmon itself (EX_SOFTWARE of sysexits.h)
    74   the output could not be written, for instance to a full disk (EX_IOERR)
    130  ended by Ctrl-C, as shells say it
    141  the reader of the output has gone, as in `pbmon list | head`; as shells say it of SIGPIPE

The last four say nothing about the definitions, so no script may take them for an answer.
"""

from __future__ import annotations

import gc
import os
import platform
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

DEFECT = 70
UNWRITTEN = 74
INTERRUPTED = 130
UNREAD = 141

ISSUES = "https://github.com/pbmon/pbmon/issues"
_FRAMES = 12
"""Calls that a report names; the last ones say most."""
_USER = re.compile(r"//[^/@\s]*@")
"""User and password in a URL."""


def exit_code() -> int:
    """Run the command line with the arguments of the process; return the exit code."""
    _open_closed_streams()
    gc.set_threshold(100_000, 50, 100)  # hardly anything is in a circle, and nothing runs for long
    # a name from the definitions may be beyond the encoding of a pipe
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout is sys.__stdout__:
        sys.stdout = _Output(
            sys.stdout.buffer,
            sys.stdout.encoding,
            sys.stdout.errors,
            line_buffering=sys.stdout.line_buffering,
        )
    return _flushed(_run_to_its_end())


class _Output(TextIOWrapper):
    """Standard output that remembers an error, so that it is not reported as a fault of pbmon.

    refusal: the system's error for the first text that it refused.
    """

    refusal: OSError | None = None

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError as error:
            self.refusal = error
            raise

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            self.refusal = error
            raise


def _run_to_its_end() -> int:
    from pbmon.errors import DefinitionError, DefinitionErrors, UsageError

    try:
        return _run()
    except (DefinitionError, DefinitionErrors, UsageError) as error:
        from pbmon.cli.printing import print_error

        _tell(print_error, error)
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return UNREAD
    except SystemExit as end:
        # Typer answers a closed pipe with 1, which is the code of findings
        if isinstance(end.__context__, BrokenPipeError):
            return UNREAD
        raise
    except Exception as error:
        if error is getattr(sys.stdout, "refusal", None):
            return _unwritten(error)
        _tell(report_defect, error)
        return DEFECT


def _run() -> int:
    import typer

    from pbmon.cli.app import app

    command = typer.main.get_command(app)
    try:
        return int(command.main(prog_name="pbmon", standalone_mode=False) or 0)
    except typer.Abort:  # Ctrl-C or the end of the input where a question is asked
        raise KeyboardInterrupt from None
    except typer.TyperException as error:
        # Typer's errors show the command's usage above their message
        show = getattr(error, "show", None)
        _tell(show) if show else _tell(print, error, file=sys.stderr)
        return int(error.exit_code)


def _open_closed_streams() -> None:
    """Opens /dev/null in place of standard streams that the caller has closed (`2>&-`).

    Otherwise the next opened file would get the number of the stream, and with it the output.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")


def _flushed(code: int) -> int:
    """The exit code, or another one if the last output cannot be written."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError as error:
            # Python flushes again at its end, and would complain there
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            if stream is sys.stdout and code not in (INTERRUPTED, UNREAD, UNWRITTEN):
                code = UNREAD if isinstance(error, BrokenPipeError) else _unwritten(error)
    return code


def _unwritten(error: Exception) -> int:
    reason = getattr(error, "strerror", None) or error
    _tell(print, f"what is printed cannot be written: {reason}", file=sys.stderr)
    return UNWRITTEN


def _tell(say: Callable[..., object], *arguments: object, **named: object) -> None:
    """Print to standard error; if nobody can read it, the exit code stays the same."""
    with suppress(OSError):
        say(*arguments, **named)


def report_defect(error: BaseException) -> None:
    """Print what a bug report needs, without passwords in URLs."""
    from pbmon.cli.app import version
    from pbmon.cli.printing import printable

    summary = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    lines = [
        f"pbmon stopped because of a bug in pbmon itself: {printable(_USER.sub('//', summary))}",
        f"  help: please report it at {ISSUES}, with these lines:",
        f"    pbmon {version() or '(not installed)'}, Python {platform.python_version()},"
        f" {platform.platform()}",
        f"    {printable(_USER.sub('//', ' '.join(['pbmon', *sys.argv[1:]])))}",
        *(f"    {frame}" for frame in _frames(traceback.extract_tb(error.__traceback__))),
    ]
    print("\n".join(lines), file=sys.stderr)


def _frames(stack: Sequence[traceback.FrameSummary]) -> list[str]:
    """File, line and function of the last calls, without this machine's folders."""
    root = Path(__file__).parents[2]
    return [
        f"{_short_path(Path(frame.filename), root)}:{frame.lineno} in {frame.name}"
        for frame in stack[-_FRAMES:]
    ]


def _short_path(file: Path, root: Path) -> str:
    if file.is_relative_to(root):
        return file.relative_to(root).as_posix()
    return "/".join(file.parts[-2:])
