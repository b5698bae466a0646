"""Makes up texts that a regular expression matches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from pbmon.patterns import compiled

_MOST = 12
"""Texts made for a pattern, or for one of its parts."""

_CHARACTERS = "ax15b0_-/.:AZ9*+,;=@#%&()[]{}\\|?!'\"~^$<> \n\té"
"""Tried for a class of characters, in this order."""

_CLASS = re.compile(r"\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]", re.DOTALL)
_ESCAPE = re.compile(
    r"\\(?:[pP](?:\{\^?\w+\}|.)|x\{[0-9a-fA-F]+\}|x[0-9a-fA-F]{2}|Q.*?(?:\\E|\Z)|.)", re.DOTALL
)
_REPEATED = re.compile(r"([*+?]|\{(\d+)(,?)(\d*)\})\??")
_GROUP = re.compile(r"\((?:\?(?:P?<\w+>|[imsU-]*:|([imsU-]+)\)))?")
_EMPTY = frozenset({r"\b", r"\B", r"\A", r"\z"})


def examples(pattern: str) -> list[str]:
    """A few texts that the whole pattern matches, an ordinary one first; none where none is
    found.
    """
    try:
        made = _Reader(pattern).texts()
    except ValueError:
        return []
    fits = compiled(pattern).fullmatch
    return [text for text in dict.fromkeys(made) if fits(text)]


class _Reader:
    """Reads a pattern from left to right and makes texts of each part."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def texts(self) -> list[str]:
        """Texts of alternatives, up to a closing bracket or the end."""
        branches = [self._sequence()]
        while self._next() == "|":
            self.at += 1
            branches.append(self._sequence())
        longest = max(map(len, branches))
        mixed = (branch[row] for row in range(longest) for branch in branches if row < len(branch))
        return list(islice(dict.fromkeys(mixed), max(_MOST, len(branches))))

    def _sequence(self) -> list[str]:
        parts: list[Sequence[str]] = []
        while self._next() not in {"", "|", ")"}:
            parts.append(self._repeated(self._part()))
        return list(_joined(parts))

    def _next(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def _taken(self, expected: re.Pattern[str]) -> re.Match[str]:
        match = expected.match(self.pattern, self.at)
        if match is None:
            raise ValueError(self.pattern)
        self.at = match.end()
        return match

    def _part(self) -> Sequence[str]:
        match self._next():
            case "(":
                if self._taken(_GROUP)[1]:  # flags alone
                    return [""]
                texts = self.texts()
                self.at += 1
                return texts
            case "[":
                return _of_class(self._taken(_CLASS)[0])
            case "\\":
                escape = self._taken(_ESCAPE)[0]
                if escape.startswith(r"\Q"):
                    return [escape[2:].removesuffix(r"\E")]
                return [""] if escape in _EMPTY else _of_class(escape)
            case "^" | "$":
                self.at += 1
                return [""]
            case ".":
                self.at += 1
                return _of_class(".")
            case character:
                self.at += 1
                return [character]

    def _repeated(self, texts: Sequence[str]) -> Sequence[str]:
        match = _REPEATED.match(self.pattern, self.at)
        if match is None:
            return texts
        self.at = match.end()
        least, most = {"*": (0, 3), "+": (1, 3), "?": (0, 1)}.get(match[1], (0, 0))
        if match[2]:
            least = int(match[2])
            most = int(match[4]) if match[4] else least + (3 if match[3] else 0)
        counts = dict.fromkeys((max(1, least), least, min(most, least + 2)))
        return [text * count for count in counts if count <= most or not count for text in texts][
            :_MOST
        ]


def _joined(parts: Sequence[Sequence[str]]) -> Iterator[str]:
    """As many texts as the part with the most has, each part taking turns."""
    for row in range(min(_MOST, max(map(len, parts), default=1))):
        yield "".join(part[row % len(part)] for part in parts if part)


def _of_class(text: str) -> list[str]:
    fits = compiled(text).fullmatch
    return [character for character in _CHARACTERS if fits(character)][:4]
