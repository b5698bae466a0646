"""What was computed before of the same inputs: most of a situation is the same in the next one, and
after a definition was saved.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

_T = TypeVar("_T")

MOST = 2000
"""Values that are kept: of PyBase those of two situations when all is well, and of the last ten
while an alert fires.
"""


@dataclass
class Memory:
    """Values by what they were computed of; those that were not asked for longest are forgotten.

    most: how many are kept.
    """

    most: int = MOST
    _known: dict[Hashable, tuple[object, Any]] = field(default_factory=dict)

    def of(self, key: Hashable, inputs: tuple[object, ...], compute: Callable[[], _T]) -> _T:
        """The value. key, inputs: all that it depends on; of the inputs, which objects they are."""
        whole = key, tuple(map(id, inputs))
        # the inputs are kept beside it, so that nothing else gets their ids
        known = self._known.pop(whole, None) or (inputs, compute())
        self._known[whole] = known
        while len(self._known) > self.most:
            del self._known[next(iter(self._known))]
        value: _T = known[1]
        return value
