"""Many files of unit tests share a process, and each has its own verdict."""

from __future__ import annotations

from pathlib import Path

from pbmon.checks.programs.unit_tests import SHARED, UnitTest, answers

RULES = "groups: [{name: g, rules: [{alert: Full, expr: used > 7}]}]"


def unit(used: int, more: str = "") -> UnitTest:
    """A test that an alert fires; it passes where more than 7 are used."""
    text = f"""rule_files: [../rules.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series: [{{series: used, values: '{used}x5'}}]
    alert_rule_test: [{{eval_time: 2m, alertname: Full, exp_alerts: [{{}}]}}]
{more}"""
    return UnitTest("tests/full.yml", {"rules.yml": RULES, "tests/full.yml": text})


def verdicts(promtool: Path, *tests: UnitTest) -> list[str]:
    return [answer.verdict for answer in answers(promtool, tests)]


def test_each_file_has_its_own_verdict_in_order(promtools: Path) -> None:
    tests = [unit(8 if number % 3 else 6) for number in range(2 * SHARED + 5)]
    expected = ["passes" if number % 3 else "fails" for number in range(2 * SHARED + 5)]
    assert verdicts(promtools, *tests) == expected


def test_what_is_printed_of_a_failing_file_is_about_that_file(promtools: Path) -> None:
    passing, failing, broken = answers(promtools, [unit(8), unit(6), unit(8, "nothing: [")])
    assert passing.output.text.strip() == ""
    assert "alertname: Full" in failing.output.text and "yaml" not in failing.output.text
    assert broken.verdict == "fails" and "yaml" in broken.output.text


def test_no_files_need_no_process() -> None:
    assert answers(Path("/nowhere/promtool"), []) == []


def test_a_crash_is_no_verdict_on_the_others(promtool: Path, tmp_path: Path) -> None:
    """A stand-in for a promtool that crashes on one file."""
    program = tmp_path / "promtool"
    program.write_text(
        f"#!/bin/sh\nfor file; do grep -qs crash $file && kill -9 $$; done\nexec {promtool} $@\n"
    )
    program.chmod(0o755)
    tests = [unit(8), unit(8, "# crash"), unit(6), unit(8)]
    assert verdicts(program, *tests) == ["passes", "none", "fails", "passes"]


def test_a_program_that_says_nothing_gives_no_verdict(tmp_path: Path) -> None:
    for code in (0, 1, 137):
        program = tmp_path / "promtool"
        program.write_text(f"#!/bin/sh\nexit {code}\n")
        program.chmod(0o755)
        assert verdicts(program, unit(8), unit(6)) == ["none", "none"]
