"""`pbmon mutate` runs the rules as they are first: faults show nothing where those fail."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from pbmon.cli.mutate import mutate
from small_projects import PROJECT, SHOP

RULES = """\
lit = Alert("Lit", lamps > 100, for_="5m", **SAID)
busy = Alert("Busy", visits.rate("5m").sum(by=[job]) > 100, for_="5m", **SAID)
shown = RuleTest(
    lit,
    given={'lamps{job="shop",instance="shop:80",room="hall"}': "0x10 VALUEx20"},
    fires_at="20m",
    labels={"job": "shop", "instance": "shop:80", "room": "hall"},
    value=200,
)
"""


def mutated(folder: Path, promtool: Path, value: str, rule: str = "") -> int:
    """The exit code."""
    (folder / "definitions").mkdir()
    (folder / "definitions/project.py").write_text(PROJECT)
    (folder / "definitions/shop.py").write_text(SHOP + RULES.replace("VALUE", value))
    try:
        mutate(folder / "definitions", "development", promtool, rule, False)
    except typer.Exit as ended:
        return ended.exit_code
    return 0


def test_a_rule_that_fails_its_own_test_ends_it(
    promtool: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mutated(tmp_path, promtool, "20") == 1
    said = capsys.readouterr()
    assert "definitions/shop.py:11" in said.out + said.err
    assert "faults show nothing" in said.out + said.err
    assert "killed" not in said.out + said.err


def test_another_rule_is_mutated_beside_it(
    promtool: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mutated(tmp_path, promtool, "20", "Busy") == 0
    assert "0 open survived" in capsys.readouterr().out


def test_what_a_derived_test_notices_need_not_be_noticed_by_one_that_is_written_too(
    promtool: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mutated(tmp_path, promtool, "200", "Lit") == 0
    assert "0 open survived" in capsys.readouterr().out
