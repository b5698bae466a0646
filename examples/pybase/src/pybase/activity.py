"""Who has been here lately."""

from __future__ import annotations

import time
from threading import Lock

WINDOW = 300  # seconds


class Active:
    """Users with a request or an open WebSocket in the last five minutes."""

    def __init__(self) -> None:
        self._last: dict[int, float] = {}
        self._lock = Lock()

    def saw(self, user_id: int) -> None:
        """The user is here now."""
        with self._lock:
            self._last[user_id] = time.monotonic()

    def count(self) -> int:
        """How many there are; forgets the others."""
        since = time.monotonic() - WINDOW
        with self._lock:
            self._last = {user: seen for user, seen in self._last.items() if seen >= since}
            return len(self._last)


active = Active()
