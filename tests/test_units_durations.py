"""Durations are those Prometheus reads; units are those Grafana knows."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pbmon import AUTO, durations, units
from pbmon.errors import DefinitionError
from pbmon.source import Source

SOURCE = Source("x.py", 1)
READ = ("1ms", "0s", "5m", "1h30m", "1y1w1d1h1m1s1ms", "292y", "90s", "007s", "9223372036854ms")
REFUSED = (
    "",
    "5",
    "5 m",
    " 5m",
    "5m ",
    "5M",
    "1m1h",
    "5m5m",
    "1.5h",
    "-5m",
    "5m\n",
    "293y",
    "9223372036855ms",
    "5min",
    "٥m",
    "m",
    "1h-1m",
)


@pytest.mark.parametrize("text", READ)
def test_a_duration_of_prometheus_is_read(text: str) -> None:
    assert durations.checked(text, "x", zero=True) == text


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_duration_is_a_mistake_that_says_what_one_is(text: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        durations.checked(text, "window", source=SOURCE)
    assert raised.value.problem == f"window {text!r} is not a duration that Prometheus reads"
    assert "30s, 5m, 1h30m" in raised.value.help and raised.value.source == SOURCE


@pytest.mark.parametrize("text", [text for text in (*READ, *REFUSED) if text != "0s"])
def test_prometheus_agrees_on_every_one_of_them(text: str, promtools: Path, tmp_path: Path) -> None:
    rule = {"alert": "A", "expr": "x", "keep_firing_for": "1s", "for": text or " "}
    (tmp_path / "r.yml").write_text(yaml.safe_dump({"groups": [{"name": "g", "rules": [rule]}]}))
    ran = subprocess.run(
        [promtools, "check", "rules", tmp_path / "r.yml"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode == 0) == (text in READ), ran.stdout + ran.stderr


def test_a_window_must_have_a_length_and_a_delay_need_not() -> None:
    assert durations.checked("0s", "for", zero=True) == "0s"
    with pytest.raises(DefinitionError, match="window is '0m', an empty time range"):
        durations.checked("0m", "window")


def test_a_duration_that_is_no_text_is_a_mistake() -> None:
    with pytest.raises(DefinitionError, match="window 5 is not a duration"):
        durations.checked(5, "window")  # type: ignore[arg-type]


def test_only_a_window_may_be_left_to_grafana() -> None:
    assert durations.checked_window(AUTO, "window") == AUTO
    with pytest.raises(DefinitionError):
        durations.checked(AUTO, "offset")


@given(st.integers(1, 10**12))
def test_a_length_survives_being_written(milliseconds: int) -> None:
    assert durations.milliseconds(durations.text(milliseconds / 1000)) == milliseconds


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (5400, "1h30m"), (0.25, "250ms"), (86400, "1d"), (604800, "7d")],
)
def test_a_length_is_written_in_few_units(seconds: float, text: str) -> None:
    assert durations.text(seconds) == text


@given(st.sampled_from(sorted(units.GRAFANA_UNITS)))
def test_every_unit_of_grafana_is_accepted(unit: str) -> None:
    assert units.checked(unit, "x", SOURCE) == unit


@pytest.mark.parametrize(
    "unit",
    ["suffix:requests", "prefix:$", "si:Hz", "count:x", "currency:CHF", "time:YYYY", "bool:on/off"],
)
def test_a_unit_made_up_in_grafanas_way_is_accepted(unit: str) -> None:
    assert units.checked(unit, "x", SOURCE) == unit


@pytest.mark.parametrize(
    ("unit", "near"),
    [("second", "near it: "), ("byte", "near it: "), ("§§§", "usual ones: "), ("other:x", "")],
)
def test_an_unknown_unit_is_a_mistake_that_names_near_ones(unit: str, near: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        units.checked(unit, "panel 'P'", SOURCE)
    assert (
        raised.value.problem
        == f"panel 'P' has unit {unit!r}, which Grafana does not know, so it would print bare"
        " numbers"
    )
    assert near in raised.value.help


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("x_seconds", "s"),
        ("x_seconds_total", "s"),
        ("x_bytes_total", "bytes"),
        ("x_ratio", "percentunit"),
        ("x_total", ""),
        ("seconds_x", ""),
        ("xseconds", ""),
    ],
)
def test_the_unit_is_read_from_the_end_of_a_name(name: str, unit: str) -> None:
    assert units.of_name(name) == unit


def test_every_unit_with_a_suffix_is_one_of_grafanas() -> None:
    assert set(units.SUFFIX_OF_UNIT) <= units.GRAFANA_UNITS
