"""Regular expressions as Prometheus reads them.

Prometheus has RE2: its syntax is not Python's (no lookahead, `[[:alpha:]]`), and it matches in a
time that grows with the text, where Python's `re` may take years for `(a+)+$`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import re2

_QUIET = re2.Options()
_QUIET.log_errors = False


@lru_cache(maxsize=1024)
def compiled(pattern: str, *, whole: bool = True) -> Any:
    """The pattern, with Python's methods (`fullmatch`). whole: a dot also stands for the end of a
    line, as in matchers.

    ValueError with the reason for what RE2 does not read.
    """
    try:
        return re2.compile(f"(?s:{pattern})" if whole else pattern, _QUIET)
    except re2.error as error:
        reason = error.args[0] if error.args else error
        shown = reason.decode(errors="replace") if isinstance(reason, bytes) else reason
        raise ValueError(shown) from None
