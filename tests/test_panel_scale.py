"""Bars and dials of amounts begin at 0."""

from __future__ import annotations

from typing import Any

import pytest
from made_panels import planned
from pbmon import BarGauge, Gauge, GaugePanel, Stat, Vector
from pbmon.model.panels import AnyPanel

WAITING = Gauge("waiting", "Tasks that wait.", unit="short")
DEPTH = Gauge("depth_meters", "How deep the water is.", unit="lengthm")


def lowest(panel: AnyPanel) -> Any:
    made = planned(panel)
    assert made.kind.field_config is not None
    return made.kind.field_config(made)["defaults"].get("min")


@pytest.mark.parametrize("kind", [BarGauge, GaugePanel])
def test_an_amount_begins_at_zero(kind: Any) -> None:
    assert lowest(kind("P", WAITING)) == 0
    assert lowest(kind("P", WAITING.max(), unit="bytes", limits=(None, 9))) == 0


@pytest.mark.parametrize("limits", [(2, 9), (-5, None)])
def test_the_lower_limit_of_the_author_stands(limits: Any) -> None:
    assert lowest(BarGauge("P", WAITING, limits=limits)) == limits[0]


@pytest.mark.parametrize(
    "expr",
    [WAITING - 5, -WAITING, WAITING.delta("1h"), WAITING * -1],
    ids=["difference", "negation", "change", "negative factor"],
)
def test_what_can_be_below_zero_begins_where_grafana_chooses(expr: Vector) -> None:
    assert lowest(BarGauge("P", expr, unit="short")) is None


def test_other_units_and_a_trend_begin_where_grafana_chooses() -> None:
    assert lowest(BarGauge("P", DEPTH)) is None
    assert lowest(Stat("P", WAITING)) is None
