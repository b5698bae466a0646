"""Random values for tests that hand many to one run of a program: the same ones every time."""

from __future__ import annotations

from typing import TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

_T = TypeVar("_T")


def by_profile(count: int) -> int:
    """That many in the profile `ci`; in others in proportion to Hypothesis's own examples."""
    return count * settings().max_examples // 100


def drawn(strategy: SearchStrategy[_T], count: int) -> list[_T]:
    """That many values of the strategy in the profile `ci`, as `by_profile` has it."""
    values: list[_T] = []
    count = by_profile(count)

    @settings(
        max_examples=count,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def draw(value: _T) -> None:
        values.append(value)

    draw()
    return values
