"""Reads JSON that servers answer. Where its shape is not the documented one, the message blames the
server and nothing crashes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from math import isfinite
from types import NoneType

from pbmon import durations
from pbmon.live.servers.client import Client

_EXCERPT = 40
"""Characters of a wrong text that a message shows."""


class Mismatch(ValueError):
    """A part of an answer is not what it should be; the text names its place and both."""


@contextmanager
def reading(client: Client) -> Iterator[None]:
    """Surrounds the code that takes an answer of this server apart. Raises Unreachable where parts
    are missing or of another kind.
    """
    try:
        yield
    except Mismatch as error:
        raise client.nonsense(f"JSON of another kind: {error}") from None
    # text that is no time, text that cannot be encoded, or nesting without end
    except (ValueError, OverflowError, RecursionError):
        raise client.nonsense("JSON of another kind") from None


class Part:
    """Part of an answer, and its place for messages (`data.groups[0]`). Every method raises
    Mismatch where it is something else.
    """

    __slots__ = ("_place", "value")

    def __init__(self, value: object, place: str = "") -> None:
        self.value = value
        self._place = place

    def __getitem__(self, key: str) -> Part:
        """What an object must have."""
        part = self.get(key)
        if part.value is None:
            raise Mismatch(f"{part._place} is missing")
        return part

    def get(self, key: str, default: object = None) -> Part:
        """What an object may have; null is the same as nothing."""
        value = self.object().get(key)
        return Part(
            default if value is None else value, f"{self._place}.{key}" if self._place else key
        )

    def object(self) -> dict[str, object]:
        """An object with texts as keys; its values are not checked."""
        if isinstance(self.value, dict) and all(type(key) is str for key in self.value):
            return self.value
        raise self._is_not("an object")

    def each(self) -> Iterator[Part]:
        """The parts of a list, one after another: a list may be long, and a part is larger than
        what it stands for.
        """
        if not isinstance(self.value, list):
            raise self._is_not("a list")
        return (Part(value, f"{self._place}[{number}]") for number, value in enumerate(self.value))

    def text(self) -> str:
        """A text."""
        if isinstance(self.value, str):
            return self.value
        raise self._is_not("a text")

    def texts(self) -> list[str]:
        """A list of texts."""
        return [part.text() for part in self.each()]

    def labels(self) -> dict[str, str]:
        """An object that holds nothing but texts."""
        texts = self.object()
        for key, value in texts.items():
            if type(value) is not str:
                raise self.get(key)._is_not("a text")
        return texts  # type: ignore[return-value]

    def number(self) -> float:
        """A finite number."""
        if isinstance(self.value, int | float) and not isinstance(self.value, bool):
            try:
                number = float(self.value)
            except OverflowError:
                number = float("inf")
            if isfinite(number):
                return number
        raise self._is_not("a finite number")

    def duration(self) -> float:
        """Seconds of a duration as Prometheus writes it."""
        return self._read(durations.seconds, "a duration")

    def moment(self) -> float:
        """Seconds since 1970 of a time in ISO 8601."""
        return self._read(lambda text: datetime.fromisoformat(text).timestamp(), "a time")

    def sample(self) -> float:
        """The value of `[time, "value"]`, which may be NaN or infinite."""
        pair = self.value
        if not isinstance(pair, list) or len(pair) != 2:
            raise self._is_not("a time and a value")
        return Part(pair[1], self._place)._read(float, "a number in a text")

    def time(self) -> float:
        """The time of `[time, "value"]`, seconds since 1970."""
        self.sample()
        assert isinstance(self.value, list)
        return Part(self.value[0], self._place).number()

    def _read(self, read: Callable[[str], float], expected: str) -> float:
        text = self.text()
        try:
            return read(text)
        except (ValueError, OverflowError):
            raise self._is_not(expected) from None

    def _is_not(self, expected: str) -> Mismatch:
        return Mismatch(f"{self._place or 'all of it'} is {_excerpt(self.value)}, not {expected}")


def _excerpt(value: object) -> str:
    """The value in a few words. The content of a list or an object is left out: it may have any
    depth.
    """
    if isinstance(value, str):
        return repr(value[:_EXCERPT]) + ("…" if len(value) > _EXCERPT else "")
    if isinstance(value, int | float):
        return str(value)[:_EXCERPT].lower()
    return {dict: "an object", list: "a list", NoneType: "null"}.get(
        type(value), f"a {type(value).__name__}"
    )
