"""Charts show what the first case of an alert's proof does."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from pbmon.proof.cases.proofs import History
from pbmon.proof.cases.suite import histories, suite
from pbmon.render.axes import time_ticks, value_text, value_ticks
from pbmon.render.charts import render
from small_projects import plan_of

BODY = """\
high = Alert("High", lamps > 7, for_="5m", **SAID)
gone = Alert("Gone", lamps.absent().equals(1), for_="0s", **SAID)
kept = Alert("Kept", lamps < 2, keep_firing_for="10m", **SAID)
"""


def told() -> dict[str, History]:
    return histories(suite(plan_of(BODY)))


def test_a_value_is_beyond_its_limit_from_pending_until_it_falls_back() -> None:
    high = told()["High"]
    (course,) = high.courses
    beyond = [
        time
        for time, value in zip(high.times, course.values, strict=True)
        if value is not None and value > 7
    ]
    assert (high.operator, set(high.limit.values)) == (">", {7.0})
    assert beyond[0] == high.pending
    assert high.firing - high.pending == 330  # 5m, at evaluations every 55s
    assert high.resolved is not None
    assert beyond[-1] < high.resolved


def test_an_alert_that_does_not_wait_fires_when_its_condition_holds() -> None:
    gone = told()["Gone"]
    (course,) = gone.courses
    assert gone.operator == ""
    assert gone.pending == gone.firing
    assert course.values[gone.times.index(gone.firing)] == 1.0
    assert course.values[gone.times.index(gone.firing) - 1] == 0.0


def test_an_alert_that_is_kept_firing_resolves_that_much_later() -> None:
    kept = told()["Kept"]
    (course,) = kept.courses
    last = max(
        time
        for time, value in zip(kept.times, course.values, strict=True)
        if value is not None and value < 2
    )
    assert kept.resolved is not None
    assert kept.resolved - last == 55 + 605  # the next evaluation, and 10m more


def test_a_chart_is_xml_that_says_in_words_what_it_shows() -> None:
    for artifact in render(told().values()):
        root = ElementTree.fromstring(artifact.text)
        texts = [
            element.text or "" for element in root.iter() if element.tag.endswith(("title", "desc"))
        ]
        assert len(texts) == 2
        assert "fires" in texts[1]
        assert not {"script", "image", "use"} & {
            element.tag.rpartition("}")[2] for element in root.iter()
        }


def test_an_expression_is_text_in_a_chart_whatever_it_holds() -> None:
    body = 'odd = Alert("Odd", promql(\'lamps{room!~"kitchen|<b>&amp;"} > 7\') > 8, **SAID)'
    plan = plan_of(
        BODY.replace("lamps > 7", "lamps.where(room.matches('kitchen|<&\\\"')) > 7"), body
    )
    (high,) = (
        artifact
        for artifact in render(histories(suite(plan)).values())
        if artifact.path.endswith("High.svg")
    )
    shown = "".join(ElementTree.fromstring(high.text).itertext())
    assert 'kitchen|<&\\"' in shown


def test_ticks_are_round_and_inside_their_span() -> None:
    assert value_ticks(0.0485, 0.0515) == pytest.approx([0.049, 0.05, 0.051])
    assert time_ticks(-100, 1210) == [0, 300, 600, 900, 1200]


ENDS = {
    "huge": "promql('1 / lamps') > 1e300",
    "infinity": "promql('lamps == Inf')",
    "largest": "promql('exp(lamps) > 1e308')",
    "lowest": "promql('lamps < -1.7e308')",
    "smallest": "promql('lamps * 1e-300') > 1e-310",
    "both": "promql('lamps * 1e308') > 1e308",
}


@pytest.mark.parametrize("condition", ENDS.values(), ids=ENDS)
def test_a_chart_ends_where_numbers_do(condition: str) -> None:
    plan = plan_of(f"far = Alert('Far', {condition}, **SAID)")
    (chart,) = render(histories(suite(plan)).values())
    drawn = [
        text
        for element in ElementTree.fromstring(chart.text).iter()
        for name, text in element.attrib.items()
        if name in {"d", "x", "y", "x1", "x2", "y1", "y2"}
    ]
    assert any(text.startswith("M76 ") for text in drawn)
    assert not [text for text in drawn if "nan" in text or "inf" in text]
    assert max(len(text) for text in value_texts(chart.text)) < 20


def value_texts(chart: str) -> list[str]:
    """What stands at the ticks of the values."""
    every = ElementTree.fromstring(chart).iter("{http://www.w3.org/2000/svg}text")
    return [element.text or "" for element in every if element.get("x") == "70"]


def test_values_read_in_their_unit() -> None:
    assert value_text(0.0495, "percentunit", 0.0005) == "4.95 %"
    assert value_text(0.25, "s", 0.01) == "250 ms"
    assert value_text(90.0, "s", 30.0) == "1.5 min"
    assert value_text(3 * 2**30, "bytes", 2**30) == "3 GiB"
    assert value_text(1000.0, "short", 10.0) == "1000"
