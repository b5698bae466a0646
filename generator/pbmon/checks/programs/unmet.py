"""What promtool prints of tests whose expectations are not met."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_MOST = 300
"""Characters of what promtool got."""

_LABELS = re.compile(r"Labels:(\{.*?\})(?= Annotations:|$)")
_TEXTS = re.compile(r"Annotations:(\{.*?\})(?= \d+: |\s*\]|$)")


class Unmet(NamedTuple):
    """name: of the test; empty for one of a record, which promtool does not name. when: what was
    asked and at which time. expected, got: what it was to see and what promtool saw, in one line.
    """

    name: str
    when: str
    expected: str
    got: str

    @property
    def instead(self) -> str:
        """What fires in place of what is expected, in words."""
        fires, wanted = (_LABELS.findall(text) for text in (self.got, self.expected))
        if not fires:
            return "nothing fires"
        if fires == wanted:
            texts = _shortened(", ".join(_TEXTS.findall(self.got)))
            return f"it fires with other texts: {texts}"
        return f"this fires: {_shortened(', '.join(fires))}"

    @property
    def time(self) -> str:
        """As promtool writes it: `20m`."""
        return self.when.partition("time: ")[2].partition(",")[0]


def unmet(output: str) -> Iterator[Unmet]:
    """Every expectation that promtool says is not met."""
    name, when = "", ""
    said: dict[str, list[str]] = {}
    part: list[str] | None = None
    for line in [*map(str.strip, output.splitlines()), "FAILED:"]:
        begins = line.startswith(("name:", "alertname:", "expr:", "FAILED:"))
        if begins and "got" in said:
            yield Unmet(name, when, *(_one_line(said.get(key, [])) for key in ("exp", "got")))
            said, part = {}, None
        if line.startswith("name:"):
            name = line.partition("name:")[2].strip().rstrip(",")
        elif begins:
            when = line.rstrip(",")
            name = name if line.startswith("alertname:") else ""
        elif line.startswith(("exp:", "got:")):
            part = said.setdefault(line[:3], [])
            part.append(line[4:])
        elif part is not None:
            part.append(line)


def _one_line(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())


def _shortened(text: str) -> str:
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"
