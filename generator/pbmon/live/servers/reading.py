"""Reading the answers of others: a shape that is not the documented one is the server's fault, not
a crash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from math import isfinite
from types import NoneType

from pbmon import durations
from pbmon.live.servers.client import Client

_SHOWN = 40
"""Characters of a wrong text that a message shows."""


class Mismatch(ValueError):
    """What part of an answer is, where, and what it should be."""


@contextmanager
def reading(client: Client) -> Iterator[None]:
    """While an answer of this server is taken apart. Raises Unreachable where parts are missing or
    of another kind.
    """
    try:
        yield
    except Mismatch as error:
        raise client.nonsense(f"JSON of another kind: {error}") from None
    # a time that is none, a text that cannot be sent back, nested without end
    except (
        ValueError,
        OverflowError,
        RecursionError,
    ):
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
        found = self.get(key)
        if found.value is None:
            raise Mismatch(f"{found._place} is missing")
        return found

    def get(self, key: str, default: object = None) -> Part:
        """What an object may have; null is the same as nothing."""
        found = self.object().get(key)
        return Part(
            default if found is None else found, f"{self._place}.{key}" if self._place else key
        )

    def object(self) -> dict[str, object]:
        """An object; what it holds is not looked at, but that its keys are texts."""
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
        found = self.object()
        for key, value in found.items():
            if type(value) is not str:
                raise self.get(key)._is_not("a text")
        return found  # type: ignore[return-value]

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

    def _read(self, read: Callable[[str], float], wanted: str) -> float:
        text = self.text()
        try:
            return read(text)
        except (ValueError, OverflowError):
            raise self._is_not(wanted) from None

    def _is_not(self, wanted: str) -> Mismatch:
        return Mismatch(f"{self._place or 'all of it'} is {_shown(self.value)}, not {wanted}")


def _shown(value: object) -> str:
    """What it is, in a few words; a list or an object may be of any depth, so its content is not
    shown.
    """
    if isinstance(value, str):
        return repr(value[:_SHOWN]) + ("…" if len(value) > _SHOWN else "")
    if isinstance(value, int | float):
        return str(value)[:_SHOWN].lower()
    return {dict: "an object", list: "a list", NoneType: "null"}.get(
        type(value), f"a {type(value).__name__}"
    )
