"""amtool's verdict on alertmanager.yml becomes findings at its lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from pbmon.artifact import Artifact
from pbmon.checks.programs.amtool import check_alertmanager
from pbmon.checks.programs.binaries import version

GOOD = """\
route:
  receiver: ops
  routes:
    - matchers: ['severity="critical"']
      receiver: ops
receivers:
  - name: ops
templates: [templates/*.tmpl]
"""


def check(
    amtool: Path, text: str, template: str = '{{ define "title" }}x{{ end }}'
) -> list[tuple[int, str, str]]:
    artifacts = [
        Artifact("monitoring/alertmanager.yml", text),
        Artifact("monitoring/templates/x.tmpl", template),
    ]
    findings = check_alertmanager(amtool, artifacts)
    assert {(finding.check, finding.source.file) for finding in findings} <= {
        ("amtool-config", "monitoring/alertmanager.yml")
    }
    return [(finding.source.line, finding.problem, finding.help) for finding in findings]


def test_a_sound_configuration_gives_no_finding(amtool: Path) -> None:
    assert check(amtool, GOOD) == []


def test_without_alertmanager_yml_there_is_nothing_to_check(amtool: Path) -> None:
    assert check_alertmanager(amtool, [Artifact("monitoring/prometheus.yml", "")]) == []


FAULTS = {
    "an unknown receiver": (
        GOOD.replace("receiver: ops\nreceivers", "receiver: dev\nreceivers"),
        5,
        'receiver "dev"',
    ),
    "an unknown field": (
        GOOD.replace("  receiver: ops\n  routes", "  receiver: ops\n  group: x\n  routes"),
        3,
        "field group",
    ),
    "a matcher that does not parse": (
        GOOD.replace('severity="critical"', "severity critical"),
        0,
        "bad matcher format",
    ),
    "text that is not YAML": ("route: [\nb: }\n", 1, "yaml: did not find expected"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_at_its_line(amtool: Path, fault: str) -> None:
    text, line, problem = FAULTS[fault]
    [(found_line, found, _)] = check(amtool, text)
    assert found_line == line
    assert problem in found
    assert found.endswith("; Alertmanager does not start")


def test_every_unknown_field_is_a_finding_of_its_own(amtool: Path) -> None:
    text = GOOD.replace("  - name: ops", "  - name: ops\n    slack: x\n    mail: y")
    assert [line for line, _, _ in check(amtool, text)] == [8, 9]


def test_a_template_that_does_not_parse_is_found(amtool: Path) -> None:
    [(_, problem, _)] = check(amtool, GOOD, '{{ define "title" }}{{ nofunc }}{{ end }}')
    assert 'function "nofunc" not defined' in problem


def test_a_matcher_that_only_the_classic_parser_reads_is_found(amtool: Path) -> None:
    if version(amtool) < (0, 27, 0):
        pytest.skip("amtool has one parser only before 0.27")
    [(line, problem, help)] = check(amtool, GOOD.replace('severity="critical"', "severity=a\\qb"))
    assert line == 4
    assert "severity=a\\qb is read by the classic parser only" in problem
    assert help == 'write severity="a\\\\qb"'
