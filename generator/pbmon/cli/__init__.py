"""The command line: parse, call, print, exit code.

Each module is one command: its options, and what it does. `options.py` holds the options that
several share, `app.py` lists the commands, `ending.py` says how a run ends. A command imports what
it needs when it runs, so that `--help` stays fast.
"""

from __future__ import annotations


def main() -> None:
    """Run the command line and end the process; `ending.py` lists the exit codes.

    Everything else is imported here, so that an interrupt during the imports ends quietly too.
    """
    code = 130  # as a shell says it of what Ctrl-C ended
    try:
        from pbmon.cli.ending import exit_code

        code = exit_code()
    except KeyboardInterrupt:
        pass
    raise SystemExit(code)


__all__ = ["main"]
