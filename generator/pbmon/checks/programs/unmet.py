"""What promtool prints of tests whose expectations are not met."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_MOST = 300
"""Characters of what promtool got."""


class Unmet(NamedTuple):
    """name: of the test; empty for one of a record, which promtool does not name. when: what was
    asked and at which time. got: what promtool saw, in one line.
    """

    name: str
    when: str
    got: str

    @property
    def time(self) -> str:
        """As promtool writes it: `20m`."""
        return self.when.partition("time: ")[2].partition(",")[0]


def unmet(output: str) -> Iterator[Unmet]:
    """Every expectation that promtool says is not met."""
    name, when = "", ""
    got: list[str] | None = None
    for line in [*map(str.strip, output.splitlines()), "FAILED:"]:
        begins = line.startswith(("name:", "alertname:", "expr:", "FAILED:"))
        if begins and got is not None:
            text = " ".join(" ".join(got).split())
            yield Unmet(name, when, text if len(text) <= _MOST else f"{text[:_MOST]}…")
            got = None
        if line.startswith("name:"):
            name = line.partition("name:")[2].strip().rstrip(",")
        elif begins:
            when = line.rstrip(",")
            name = name if line.startswith("alertname:") else ""
        elif line.startswith("got:"):
            got = [line.removeprefix("got:")]
        elif got is not None:
            got.append(line)
