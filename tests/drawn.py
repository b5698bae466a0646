"""Random values for tests that hand many to one run of a program: the same ones every time."""

from __future__ import annotations

from typing import TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

_T = TypeVar("_T")


def drawn(strategy: SearchStrategy[_T], count: int) -> list[_T]:
    """That many values of the strategy, whatever profile is chosen."""
    values: list[_T] = []

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
