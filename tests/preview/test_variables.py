"""What a dashboard's variables offer, and what they stand for in queries."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from pbmon.live.variables import Chosen, Variables, variables
from pbmon.plan.dashboards import Variable

ROOMS = Variable("room", "Room", "query", "label_values(lamps, room)", several=True)
DECLARED = (
    ROOMS,
    Variable("lamp", "Lamp", "query", 'label_values(lamps{room=~"$room"}, lamp)', several=True),
    Variable("size", "Size", "custom", "small,large", ("small", "large")),
    Variable("text", "Text", "textbox", ".*"),
)


def offer(chosen: Chosen) -> tuple[Variables, list[tuple[str, str]]]:
    """The variables, and which labels of which series were looked at."""
    looks: list[tuple[str, str]] = []

    def values_of(label: str, selector: str) -> Sequence[str]:
        looks.append((label, selector))
        return ["a.b", "c"] if label == "room" else ["x"]

    return variables(DECLARED, chosen, values_of), looks


def test_a_later_variable_uses_those_before_it() -> None:
    _, looks = offer({"room": ["c"]})
    assert looks == [("room", "lamps"), ("lamp", 'lamps{room=~"c"}')]


@pytest.mark.parametrize(
    ("chosen", "room", "size", "text"),
    [
        ({}, r"(a\\.b|c)", "small", ".*"),
        ({"room": ["a.b"], "size": ["large"], "text": ["k.*"]}, r"a\\.b", "large", "k.*"),
        ({"room": ["gone"], "size": ["gone"]}, r"(a\\.b|c)", "small", ".*"),
        ({"text": ['"} or up{x="\\']}, r"(a\\.b|c)", "small", '\\"} or up{x=\\"\\\\'),
    ],
    ids=["nothing chosen", "one each", "what is not offered", "a text that would end the string"],
)
def test_a_choice_stands_in_queries_as_grafana_writes_it(
    chosen: Chosen, room: str, size: str, text: str
) -> None:
    texts = offer(chosen)[0].texts
    assert (texts["room"], texts["size"], texts["text"]) == (room, size, text)


def test_what_is_repeated_stands_there_once_for_each_combination() -> None:
    variables, _ = offer({})
    marks = [mark for mark, _ in variables.each(("room", "lamp"))]
    assert marks == ["@a.b@x", "@c@x"]
    assert [texts["room"] for _, texts in variables.each(("room",))] == [r"a\\.b", "c"]


def test_a_variable_without_values_repeats_nothing() -> None:
    none = variables((ROOMS,), {}, lambda *_: ())
    assert [mark for mark, _ in none.each(("room",))] == [""]
    assert none.texts == {"room": ".*"}
