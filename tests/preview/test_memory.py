"""What was computed of the same inputs is known, as far as there is room."""

from __future__ import annotations

from pbmon.preview.memory import Memory


def test_the_same_inputs_give_the_same_value_without_computing_it() -> None:
    memory, series, computed = Memory(), [1.0], []

    def compute() -> list[int]:
        computed.append(1)
        return [len(computed)]

    first = memory.of("a", (series,), compute)
    assert memory.of("a", (series,), compute) is first
    assert memory.of("a", ([1.0],), compute) is not first  # equal, but another object
    assert memory.of("b", (series,), compute) is not first
    assert len(computed) == 3


def test_what_was_not_asked_for_longest_is_forgotten() -> None:
    memory, computed = Memory(most=2), []

    def ask(key: str) -> None:
        memory.of(key, (), lambda: computed.append(key) or key)

    for key in ("a", "b", "a", "c", "a", "b"):
        ask(key)
    assert computed == ["a", "b", "c", "b"]
