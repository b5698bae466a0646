"""Which values of a label count against its bound."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from pbmon import Counter, Exporter, Label
from pbmon.live.checks.case import Case
from pbmon.live.checks.metrics import label_values_are_bounded
from pbmon.live.seen import Exposure

OPEN: dict[str, Any] = {"max_values": 3}
CLOSED: dict[str, Any] = {"max_values": 3, "values": ("a", "b", "c", "d", "rest"), "other": "rest"}
EXPORTER = Exporter("an exporter", "1.2")


def problems(label: Label, values: str, observed: Exporter | None = None) -> list[str]:
    """What is said of a target with these values, parted by spaces."""
    metric = Counter("visits_total", "Visits.", labels=[label], observed=observed)
    series = [{"instance": "shop:80", "room": value} for value in values.split()]
    series += [{"instance": "shop:81", "room": "a"}]
    exposure = Exposure("job shop", {}, {"visits_total": series})
    case = SimpleNamespace(measured=[(metric, [exposure])])
    return [finding.problem for finding in label_values_are_bounded(cast("Case", case))]


@pytest.mark.parametrize(
    ("arguments", "values", "observed"),
    [
        (OPEN | {"other": "rest"}, "a b c rest", None),
        (OPEN | {"other": "rest"}, "a b c rest", EXPORTER),
        (OPEN, "a b other", EXPORTER),
        (CLOSED, "a b rest", None),
    ],
)
def test_the_other_of_an_open_label_is_one_value_beyond_its_bound(
    arguments: dict[str, Any], values: str, observed: Exporter | None
) -> None:
    assert problems(Label("room", "Room.", **arguments), values, observed) == []


@pytest.mark.parametrize(
    ("arguments", "values", "observed", "count"),
    [
        (OPEN | {"other": "rest"}, "a b c d", None, "4 values besides 'rest'"),
        (OPEN | {"other": "rest"}, "a b c d rest", None, "4 values besides 'rest'"),
        (OPEN, "a b c other", EXPORTER, "4 values"),
        (CLOSED, "a b c rest", None, "4 values"),
    ],
)
def test_it_hides_no_value_too_many(
    arguments: dict[str, Any], values: str, observed: Exporter | None, count: str
) -> None:
    assert problems(Label("room", "Room.", **arguments), values, observed) == [
        f"label 'room' of visits_total has {count} on one target, above its bound of 3"
    ]
