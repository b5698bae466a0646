"""Rendered texts, remembered by what they are made from."""

from __future__ import annotations

from collections.abc import Callable

from pbmon.cache import Cache, digest_of
from pbmon.content import Contents


class Texts:
    """What was rendered before is not rendered again, nor is what renders it imported."""

    def __init__(self, contents: Contents | None = None, cache: Cache | None = None) -> None:
        self._contents = contents or Contents()
        self._cache = cache or Cache()

    def get(self, kind: str, made_from: tuple[object, ...], make: Callable[[], str]) -> str:
        """The text. made_from: all that `make` reads; a text where that says it already."""
        if not self._cache.is_open:
            return make()
        return self._cache.remembered(digest_of(kind, self._contents.of(*made_from)), make)
