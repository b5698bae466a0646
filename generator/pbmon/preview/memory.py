"""What was computed before of the same inputs: most of a situation is the same in the next one, and
after a definition was saved.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

_T = TypeVar("_T")


@dataclass
class Memory:
    """Values by what they were computed of. A value is kept through this round and the next."""

    _old: dict[Hashable, tuple[Any, Any]] = field(default_factory=dict)
    _new: dict[Hashable, tuple[Any, Any]] = field(default_factory=dict)

    def of(self, key: Hashable, inputs: tuple[object, ...], compute: Callable[[], _T]) -> _T:
        """The value. key, inputs: all that it depends on; of the inputs, which objects they are."""
        whole = key, tuple(map(id, inputs))
        known = self._new.get(whole) or self._old.get(whole)
        if known is None:
            known = inputs, compute()  # the inputs are kept, so that nothing else gets their ids
        self._new[whole] = known
        value: _T = known[1]
        return value

    def next_round(self) -> None:
        """Forgets what the round that ends did not ask for."""
        self._old, self._new = self._new, {}
