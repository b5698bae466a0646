"""Lines of parts of a JSON text. Nothing is looked for until somebody asks."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from functools import cached_property
from itertools import accumulate

_SPACE = re.compile(r"[\s,]*")
_COLON = re.compile(r"\s*:\s*")


class JsonLines:
    """first: the line in which the text begins, which may stand within another file."""

    def __init__(self, text: str, first: int = 1) -> None:
        self._text = text
        self._first = first
        self._decoder = json.JSONDecoder(strict=False)
        self._positions: dict[tuple[str | int, ...], dict[str | int, int]] = {}

    def line(self, place: tuple[str | int, ...]) -> int:
        """The line of a part; of what is not there, the line of the part around it."""
        position = self._skip(0)
        for depth, step in enumerate(place):
            inside = self._inside(place[:depth], position)
            if step not in inside:
                break
            position = inside[step]
        return self._first + bisect_left(self._ends, position)

    @cached_property
    def _ends(self) -> list[int]:
        """Where lines end."""
        lengths = (len(line) for line in self._text.split("\n"))
        return [end - 1 for end in accumulate(length + 1 for length in lengths)]

    def _inside(self, place: tuple[str | int, ...], position: int) -> dict[str | int, int]:
        """Where each part of an object or a list begins."""
        if place not in self._positions:
            self._positions[place] = self._scanned(position)
        return self._positions[place]

    def _scanned(self, position: int) -> dict[str | int, int]:
        inside: dict[str | int, int] = {}
        opening = self._text[position : position + 1]
        if opening not in ("{", "["):
            return inside
        position, number = self._skip(position + 1), 0
        while self._text[position : position + 1] not in ("}", "]", ""):
            key: str | int = number
            if opening == "{":
                key, position = self._decoder.raw_decode(self._text, position)
                colon = _COLON.match(self._text, position)
                position = colon.end() if colon else position
            inside[key] = position
            _, position = self._decoder.raw_decode(self._text, position)
            position, number = self._skip(position), number + 1
        return inside

    def _skip(self, position: int) -> int:
        match = _SPACE.match(self._text, position)
        return match.end() if match else position
