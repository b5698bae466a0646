"""What Alertmanager holds, written down as it comes and goes."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread

Key = tuple[str, str]
"""Scrape job and name of an alert."""

_PAUSE = 1.0


@dataclass
class Seen:
    """An alert in Alertmanager. first, last: seconds since the log was begun. states: `active`,
    `suppressed`.
    """

    first: float
    last: float
    states: set[str] = field(default_factory=set)


class AlertLog:
    """Looked at every second from a thread of its own, so that what fires for a moment
    is seen too.
    """

    def __init__(self, look: Callable[[], dict[Key, str]]) -> None:
        self._look = look
        self._ended = Event()
        self._begun = time.monotonic()
        self.now: frozenset[Key] = frozenset()
        self.seen: dict[Key, Seen] = {}

    @contextmanager
    def written(self) -> Iterator[AlertLog]:
        """Written meanwhile."""
        thread = Thread(target=self._write, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._ended.set()
            thread.join(30)

    def since(self) -> float:
        """Seconds since the log was begun."""
        return time.monotonic() - self._begun

    def await_seen(self, wanted: Collection[Key], seconds: float) -> None:
        """Until each of them has been there, or so long."""
        self._await(lambda: self.seen.keys() >= set(wanted), seconds)

    def await_gone(self, wanted: Collection[Key], seconds: float) -> None:
        """Until none of them is there any more, or so long."""
        self._await(lambda: self.now.isdisjoint(wanted), seconds)

    def _await(self, fulfilled: Callable[[], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        while not fulfilled() and time.monotonic() < end:
            time.sleep(_PAUSE)

    def _write(self) -> None:
        while not self._ended.wait(_PAUSE):
            found = self._look()
            for alert, state in found.items():
                entry = self.seen.setdefault(alert, Seen(self.since(), 0))
                entry.last = self.since()
                entry.states.add(state)
            self.now = frozenset(found)
