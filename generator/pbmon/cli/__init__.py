"""The command line: parse, call, print, exit code. 0 fine, 1 findings or differences, 2 wrong usage
or definitions.
"""

from __future__ import annotations

from pbmon.cli.app import main

__all__ = ["main"]
