"""How much a search tries, and how it ends without a result."""

from __future__ import annotations

from dataclasses import dataclass

MOST_EFFORT = 25_000_000
"""Samples read until an alert counts as unsolved, besides what its plainest world takes: some two
seconds.
"""

PLAIN_EFFORT = 2_000_000_000
"""Samples read in the plainest world at most: an alert that waits for days has long runs."""


class Unsolved(Exception):
    """The search found no series that a case needs."""


class Unchanging(Unsolved):
    """The alert fires in every tried state, or in none."""


class Exhausted(Unsolved):
    """More was tried than there is time for."""


@dataclass
class Effort:
    """What has been tried, in samples read: the same on every machine, so that proofs are."""

    left: float = MOST_EFFORT
    whole: Effort | None = None

    def part(self, most: float) -> Effort:
        """So much of what is left."""
        return Effort(most, self)

    @property
    def is_spent(self) -> bool:
        return self.left < 0

    def spend(self, samples: float) -> None:
        """Count what is about to be read. Raises Exhausted."""
        if self.whole:
            self.whole.spend(samples)
        self.left -= samples
        if self.left < 0:
            raise Exhausted("no series were found that make it fire, as far as pbmon tries")
