"""Durations as Prometheus writes them: `30s`, `5m`, `1h30m`.

Format:
https://prometheus.io/docs/prometheus/latest/querying/basics/#float-literals-and-time-durations
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from pbmon.errors import DefinitionError
from pbmon.source import Source, here

AUTO: Final = "$__rate_interval"
"""Grafana's window for raw series: at least four scrape intervals, wider when the panel shows a
longer time.

https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/
"""

_UNITS = (
    ("y", 31_536_000_000),
    ("w", 604_800_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
)
_FORM = re.compile("".join(f"(?:([0-9]+){unit})?" for unit, _ in _UNITS))
_LONGEST = (2**63 - 1) // 1_000_000  # Prometheus counts nanoseconds in 64 bits
_HELP = "a duration is a number and a unit (ms, s, m, h, d, w, y), largest first: 30s, 5m, 1h30m"


@lru_cache(maxsize=1024)  # a plan has a few dozen, and asks for them hundreds of thousands of times
def milliseconds(text: str) -> int:
    """Length of a duration in milliseconds. Raises ValueError when Prometheus would not read it."""
    match = _FORM.fullmatch(text) if text else None
    if match is None:
        raise ValueError(text)
    length = sum(
        int(part) * size for part, (_, size) in zip(match.groups(), _UNITS, strict=True) if part
    )
    if length > _LONGEST:
        raise ValueError(text)
    return length


def seconds(text: str) -> float:
    """Length of a duration in seconds. Raises ValueError when Prometheus would not read it."""
    return milliseconds(text) / 1000


def shift(offset: str) -> float:
    """Seconds that an offset looks back; below 0 for one that looks ahead."""
    ahead = offset.startswith("-")
    return (-1 if ahead else 1) * seconds(offset.removeprefix("-")) if offset else 0.0


def is_variable(window: str) -> bool:
    """Whether Grafana fills in the window."""
    return window.startswith("$")


def text(duration_seconds: float) -> str:
    """The shortest way to write a duration given in seconds: 5400 gives `1h30m`."""
    rest, parts = round(duration_seconds * 1000), []
    for unit, size in _UNITS[2:]:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def checked(text: str, what: str, *, zero: bool = False, source: Source | None = None) -> str:
    """The duration as given, or a DefinitionError at the author's line naming `what` it was for."""
    try:
        length = milliseconds(text)
    except (ValueError, TypeError):
        raise DefinitionError(
            source or here(), f"{what} {text!r} is not a duration that Prometheus reads", _HELP
        ) from None
    if not length and not zero:
        raise DefinitionError(source or here(), f"{what} is {text!r}, an empty time range", _HELP)
    return text


def checked_window(text: str, what: str) -> str:
    """As `checked`, and AUTO is also accepted (only dashboards can use it; rules refuse it)."""
    return text if text == AUTO else checked(text, what)
