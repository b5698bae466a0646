"""One fact about something wrong, offline or live."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pbmon.source import Source

Level = Literal["error", "warning", "note"]
"""error: something does not work as it says. warning: it works, and will cost its readers time.
note: it works, and somebody may have meant it so; no run fails over it.
"""


@dataclass(frozen=True)
class Finding:
    """check: id of the check (`alert-has-panel`), also the name of its page in docs/checks/.

    source: the author's line where one is known, else the rendered file. problem: the fact and its
    consequence. help: what exists, or what to do.
    """

    check: str
    source: Source
    problem: str
    help: str = ""
    level: Level = "error"

    def __str__(self) -> str:
        text = f"{self.source}: {self.problem} ({self.check})"
        return text + (f"\n  help: {self.help}" if self.help else "")


def id_of(check: Callable[..., object]) -> str:
    """What findings of the check are called: `alert_has_action` makes `alert-has-action`."""
    return check.__name__.replace("_", "-")
