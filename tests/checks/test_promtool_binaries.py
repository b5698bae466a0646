"""Whatever stands in promtool's place, the user gets one clear sentence, never a traceback or a
silent pass.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pbmon.artifact import Artifact
from pbmon.checks.programs.amtool import check_alertmanager
from pbmon.checks.programs.binaries import find_amtool, find_promtool, version
from pbmon.checks.programs.promtool import check_config, check_metrics, check_rules
from pbmon.errors import UsageError
from programs_asked import run_all

RULES = Artifact("monitoring/alerts/x.yml", "groups: []\n")
CONFIG = Artifact("monitoring/prometheus.yml", "rule_files: ['alerts/*.yml']\n")
ALERTMANAGER = Artifact(
    "monitoring/alertmanager.yml", "route: {receiver: ops}\nreceivers: [{name: ops}]\n"
)

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the stand-ins are scripts with a #! line"
)


@pytest.fixture
def empty_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH of one empty folder, and no variable that names a program."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("PBMON_PROMTOOL", raising=False)
    monkeypatch.delenv("PBMON_AMTOOL", raising=False)
    return tmp_path


def stand_in(folder: Path, script: str, name: str = "promtool") -> Path:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


def test_promtool_is_the_explicit_one_else_the_variable_else_the_path(
    empty_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_path, named, explicit = (
        stand_in(empty_path, "", name) for name in ("promtool", "promtool-2", "promtool-3")
    )
    assert find_promtool() == on_path
    monkeypatch.setenv("PBMON_PROMTOOL", str(named))
    assert find_promtool() == named
    assert find_promtool(explicit) == explicit


def test_a_relative_promtool_is_made_absolute_since_checks_run_elsewhere(
    empty_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(empty_path, "")
    (empty_path / "here").mkdir()
    program = stand_in(empty_path / "here", "")
    monkeypatch.chdir(empty_path / "here")
    assert find_promtool(Path("./promtool")) == program
    monkeypatch.setenv("PATH", ".")
    assert find_promtool() == program


def test_without_promtool_the_error_says_how_to_install_it_everywhere(empty_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        find_promtool()
    assert "rules and configuration stay unchecked" in error.value.problem
    for command in (
        "sudo apt-get install",
        "brew install prometheus",
        "scoop install prometheus",
        "docker run",
    ):
        assert command in error.value.help


def test_a_promtool_that_is_not_executable_is_an_error_that_names_it(empty_path: Path) -> None:
    program = stand_in(empty_path, "")
    program.chmod(0o644)
    with pytest.raises(
        UsageError, match=r"--promtool names .*promtool, which is not a program that can be run"
    ):
        find_promtool(program)


def test_a_variable_that_names_no_program_is_an_error_that_names_the_variable(
    empty_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(empty_path, "")
    monkeypatch.setenv("PBMON_PROMTOOL", "/nowhere/promtool")
    with pytest.raises(UsageError, match="PBMON_PROMTOOL names /nowhere/promtool"):
        find_promtool()


def test_amtool_is_optional_but_not_a_wrong_one(
    empty_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_amtool() is None
    monkeypatch.setenv("PBMON_AMTOOL", "/nowhere/amtool")
    with pytest.raises(UsageError, match="PBMON_AMTOOL names /nowhere/amtool"):
        find_amtool()


def test_the_version_is_three_numbers(promtools: Path, amtool: Path) -> None:
    assert (2, 42, 0) <= version(promtools) < (4, 0, 0)
    assert version(amtool) < (1, 0, 0)


def test_a_program_without_version_is_not_promtool(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="tells no version"):
        version(stand_in(tmp_path, "echo hello"))


STAND_INS = {
    "says nothing and succeeds": ("exit 0", "exit code 0, no output"),
    "says something else and succeeds": ('echo "$@"', "exit code 0, check"),
    "crashes": ("echo 'panic: runtime error' >&2; exit 2", "exit code 2, panic: runtime error"),
    "is killed": ("kill -9 $$", "exit code -9"),
    "writes bytes that are no text": ("printf '\\377\\376'; exit 2", "exit code 2"),
    "fails without a reason": (
        "echo 'Checking monitoring/alerts/x.yml'; exit 1",
        "exit code 1, Checking",
    ),
    "succeeds and reports a failure": (
        (
            "echo 'Checking monitoring/alerts/x.yml'; echo '  FAILED:'; echo"
            " 'monitoring/alerts/x.yml: no'"
        ),
        "exit code 0, Checking",
    ),
    "names another file": (
        "echo 'Checking y.yml'; echo '  SUCCESS: 0 rules found'",
        "exit code 0, Checking y.yml",
    ),
}


@pytest.mark.parametrize("what", STAND_INS)
def test_a_program_that_gives_no_verdict_is_a_finding(tmp_path: Path, what: str) -> None:
    script, said = STAND_INS[what]
    program = stand_in(tmp_path, script)
    findings = check_rules(program, [RULES]) + check_config(program, [CONFIG, RULES])
    findings += check_alertmanager(program, [ALERTMANAGER])
    assert [finding.check for finding in findings] == [
        "promtool-rules",
        "promtool-config",
        "amtool-config",
    ]
    assert all(
        "gives no verdict, so what it was to check stays unchecked" in finding.problem
        for finding in findings
    )
    assert said in findings[0].problem


@pytest.mark.parametrize(
    "script",
    [
        "echo \"Checking 'x'  SUCCESS\"; exit 1",
        "printf \"Checking 'x'  FAILED: no\n\namtool: error\"",
    ],
)
def test_an_amtool_whose_exit_code_and_words_differ_is_a_finding(
    tmp_path: Path, script: str
) -> None:
    [finding] = check_alertmanager(stand_in(tmp_path, script, "amtool"), [ALERTMANAGER])
    assert "amtool gives no verdict" in finding.problem


def test_a_program_that_fails_on_metrics_without_a_reason_is_a_finding(tmp_path: Path) -> None:
    [finding] = check_metrics(stand_in(tmp_path, "exit 3"), "up 1\n")
    assert "gives no verdict" in finding.problem


def test_a_program_that_hangs_is_ended_and_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pbmon.checks.programs.binaries.TIMEOUT", 0.2)
    [finding] = check_rules(stand_in(tmp_path, "exec sleep 5"), [RULES])
    assert "no answer in time" in finding.problem


def test_a_program_that_the_system_cannot_run_is_a_usage_error(tmp_path: Path) -> None:
    program = tmp_path / "promtool"
    program.write_bytes(b"\x7fELF not really")
    program.chmod(0o755)
    with pytest.raises(UsageError, match="cannot be run"):
        run_all(program, None, [RULES], "")


def test_text_that_is_not_unicode_is_a_finding_not_a_traceback(promtools: Path) -> None:
    [finding] = check_rules(promtools, [Artifact("monitoring/alerts/x.yml", "groups: [\ud800]\n")])
    assert finding.source.file == "monitoring/alerts/x.yml"
