"""promtool's verdicts become findings at the artifact's line, the same from promtool 2.42 and from
a newer one.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pbmon.artifact import Artifact
from pbmon.checks.programs.promtool import check_config, check_metrics, check_rules
from programs_asked import run_all

GOOD_RULES = """\
groups:
  - name: good
    rules:
      - record: job:up:sum
        expr: sum by (job) (up)
      - alert: Down
        expr: up == 0
        for: 5m
        annotations:
          summary: "{{ $labels.job }} is down"
"""
CONFIG = "rule_files: ['alerts/*.yml']\nscrape_configs:\n  - job_name: api\n"
EXPOSITION = "# HELP up_total Ups.\n# TYPE up_total counter\nup_total 1\n"


def rules(text: str, path: str = "monitoring/alerts/x.yml") -> Artifact:
    return Artifact(path, text)


def config(text: str) -> Artifact:
    return Artifact("monitoring/prometheus.yml", text)


FAULTY_RULES = {
    "an expression that does not parse": (
        GOOD_RULES.replace("sum by (job) (up)", "sum(rate(up)"),
        5,
        (
            'group "good", rule 1, "job:up:sum": could not parse expression: 1:13: parse error:'
            " unclosed left parenthesis; Prometheus does not load the file"
        ),
    ),
    "an expression of the wrong type": (
        GOOD_RULES.replace("up == 0", "rate(up)"),
        7,
        "expected type range vector",
    ),
    "a duration": (GOOD_RULES.replace("5m", "5 minutes"), 8, "duration"),
    "an unknown field of a rule": (GOOD_RULES.replace("for:", "fore:"), 8, "field fore not found"),
    "an unknown field of a group": (
        GOOD_RULES.replace("    rules:", "    inteval: 1m\n    rules:"),
        3,
        "field inteval",
    ),
    "a template that is not closed": (
        GOOD_RULES.replace("job }}", "job"),
        10,
        'annotation "summary": template',
    ),
    "a template that calls an unknown function": (
        GOOD_RULES.replace("$labels.job", "humanise $value"),
        10,
        'function "humanise" not defined',
    ),
    "a rule without name": (
        GOOD_RULES.replace("alert: Down", "alert: ''"),
        6,
        "one of 'record' or 'alert' must be set",
    ),
    "a group twice": (
        GOOD_RULES + GOOD_RULES.removeprefix("groups:\n"),
        11,
        'groupname: "good" is repeated',
    ),
    "a rule twice": (
        GOOD_RULES + "      - record: job:up:sum\n        expr: up\n",
        11,
        'rule "job:up:sum" with no labels is there twice; both write the same series',
    ),
    "a rule with labels twice": (
        GOOD_RULES + "      - {record: a, expr: up, labels: {b: c}}\n" * 2,
        12,
        'rule "a" with labels b: c is there twice; both write the same series',
    ),
    "text that is not YAML": ("groups: [\nb: }\n", 1, "yaml: did not find expected"),
}


def test_sound_artifacts_give_no_finding(promtools: Path, amtool: Path) -> None:
    alertmanager = Artifact(
        "monitoring/alertmanager.yml", "route: {receiver: ops}\nreceivers: [{name: ops}]\n"
    )
    assert (
        run_all(promtools, amtool, [rules(GOOD_RULES), config(CONFIG), alertmanager], EXPOSITION)
        == []
    )


@pytest.mark.parametrize("fault", FAULTY_RULES)
def test_a_fault_in_a_rule_file_is_found_at_its_line(promtools: Path, fault: str) -> None:
    text, line, problem = FAULTY_RULES[fault]
    sound = rules(GOOD_RULES, "monitoring/recording/sound.yml")
    [finding] = check_rules(promtools, [rules(text), sound])
    assert (finding.check, str(finding.source)) == (
        "promtool-rules",
        f"monitoring/alerts/x.yml:{line}",
    )
    assert problem in finding.problem
    assert (
        finding.problem.endswith("; Prometheus does not load the file")
        or "is there twice" in finding.problem
    )


def test_an_unknown_field_may_be_newer_than_promtool_and_the_help_says_so(promtools: Path) -> None:
    [finding] = check_rules(promtools, [rules(GOOD_RULES.replace("for:", "fore:"))])
    assert "newer than this promtool" in finding.help


def test_every_unknown_field_is_a_finding_of_its_own(promtools: Path) -> None:
    findings = check_rules(
        promtools,
        [
            rules(
                GOOD_RULES.replace("for:", "fore:").replace(
                    "    rules:", "    inteval: 1m\n    rules:"
                )
            )
        ],
    )
    assert [str(finding.source) for finding in findings] == [
        "monitoring/alerts/x.yml:3",
        "monitoring/alerts/x.yml:9",
    ]


def test_faults_of_one_rule_come_in_order_of_line(promtools: Path) -> None:
    """promtool names annotations in another order each time."""
    faulty = "".join(f"          a{number}: '{{{{ $nothing }}}}'\n" for number in range(8))
    findings = check_rules(promtools, [rules(GOOD_RULES + faulty)])
    assert [finding.source.line for finding in findings] == list(range(11, 19))


def test_only_the_rule_files_of_the_monitoring_folder_are_checked(promtool: Path) -> None:
    assert check_rules(promtool, [rules("no rules", "docs/monitoring/alerts/x.yml")]) == []


def test_faults_of_several_files_come_in_order_of_file_and_line(promtools: Path) -> None:
    bad = GOOD_RULES.replace("sum by (job) (up)", "sum(").replace("job }}", "job")
    twice = GOOD_RULES + "      - {record: a, expr: up}\n" * 2
    findings = check_rules(promtools, [rules(twice, "monitoring/recording/a.yml"), rules(bad)])
    assert [str(finding.source) for finding in findings] == [
        "monitoring/alerts/x.yml:5",
        "monitoring/alerts/x.yml:10",
        "monitoring/recording/a.yml:12",
    ]


FAULTY_CONFIGS = {
    "an unknown field": (CONFIG.replace("job_name", "job_nam"), 3, "field job_nam not found"),
    "a duration": (CONFIG + "    scrape_interval: 5 sec\n", 4, "5 sec"),
    "a job twice": (CONFIG + "  - job_name: api\n", 4, 'job name "api"'),
    "an address that is none": (
        CONFIG + "    static_configs: [{targets: ['http://api:8000/metrics']}]\n",
        4,
        '"http://api:8000/metrics" is not a valid hostname',
    ),
    "a file that is not there": (
        CONFIG + "    authorization: {credentials_file: key}\n",
        0,
        "no such file",
    ),
    "text that is not YAML": ("a: [\nb: }\n", 1, "yaml: did not find expected"),
}


@pytest.mark.parametrize("fault", FAULTY_CONFIGS)
def test_a_fault_in_prometheus_yml_is_found_at_its_line(promtools: Path, fault: str) -> None:
    text, line, problem = FAULTY_CONFIGS[fault]
    [finding] = check_config(promtools, [config(text), rules(GOOD_RULES)])
    assert finding.check == "promtool-config"
    assert (finding.source.file, finding.source.line) == ("monitoring/prometheus.yml", line)
    assert problem in finding.problem
    assert finding.problem.endswith("; Prometheus does not start")


@pytest.mark.parametrize(
    "entry", ["recording/*.yml", "alerts/none.yml", "/etc/prometheus/alerts/*.yml", f"{__file__}*"]
)
def test_a_rule_files_entry_that_finds_no_rendered_file_is_found(
    promtools: Path, entry: str
) -> None:
    [finding] = check_config(
        promtools, [config(CONFIG.replace("['", f"['{entry}', '")), rules(GOOD_RULES)]
    )
    assert str(finding.source) == "monitoring/prometheus.yml:1"
    assert (
        f"rule_files entry '{entry}' finds no rule file, so Prometheus starts without those rules"
        in finding.problem
    )
    assert "alerts/x.yml" in finding.help


def test_a_rule_file_that_no_entry_finds_is_found(promtools: Path) -> None:
    forgotten = rules(GOOD_RULES, "monitoring/recording/y.yml")
    [finding] = check_config(promtools, [config(CONFIG), rules(GOOD_RULES), forgotten])
    assert str(finding.source) == "monitoring/recording/y.yml"
    assert "Prometheus never evaluates its rules" in finding.problem


def test_a_fault_inside_a_rule_file_is_reported_once(promtools: Path) -> None:
    findings = run_all(
        promtools,
        None,
        [config(CONFIG), rules(GOOD_RULES.replace("up == 0", "up ==")), rules("", "other")],
    )
    assert [finding.check for finding in findings] == ["promtool-rules"]


FAULTY_EXPOSITIONS = {
    "a counter without _total": (
        "# HELP ups U.\n# TYPE ups counter\nups 1\n",
        1,
        'ups: counter metrics should have "_total"',
    ),
    "a unit that is not a base unit": (
        EXPOSITION
        + "# HELP wait_milliseconds W.\n# TYPE wait_milliseconds gauge\nwait_milliseconds 1\n",
        4,
        'wait_milliseconds: use base unit "seconds"',
    ),
    "a metric without help": (EXPOSITION + "# TYPE up gauge\nup 1\n", 4, "up: no help text"),
    "text that is no exposition": (EXPOSITION + "up{ 1\n", 4, "Prometheus drops the whole scrape"),
    "a last line without end": ("up 1", 1, "Prometheus drops the whole scrape"),
}


@pytest.mark.parametrize("fault", FAULTY_EXPOSITIONS)
def test_a_fault_in_the_metrics_is_found_at_its_line(promtools: Path, fault: str) -> None:
    text, line, problem = FAULTY_EXPOSITIONS[fault]
    [finding] = check_metrics(promtools, text, "api")
    assert (finding.check, str(finding.source)) == ("promtool-metrics", f"api:{line}")
    assert problem in finding.problem


def test_no_finding_names_the_temporary_folder(
    promtools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    texts = [text for text, _, _ in FAULTY_RULES.values()]
    broken = [rules(text, f"monitoring/alerts/{number}.yml") for number, text in enumerate(texts)]
    said = [str(finding) for finding in check_rules(promtools, broken)]
    for text, _, _ in FAULTY_CONFIGS.values():
        said += [str(finding) for finding in check_config(promtools, [config(text), *broken])]
    assert len(said) > len(broken)
    assert not [line for line in said if "pbmon-" in line or str(tmp_path) in line]


def test_the_temporary_folder_is_gone_afterwards(
    promtool: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    run_all(promtool, None, [config(CONFIG), rules(GOOD_RULES)], EXPOSITION)
    assert list(tmp_path.iterdir()) == []


def test_findings_come_in_the_same_order_every_time(promtools: Path) -> None:
    artifacts = [
        config(CONFIG),
        rules(GOOD_RULES.replace("up == 0", "up ==").replace("job }}", "job")),
    ]
    artifacts += [rules(FAULTY_RULES["a rule twice"][0], "monitoring/recording/b.yml")]
    runs = [
        run_all(promtools, None, order, "up{ 1\n")
        for order in (artifacts, artifacts[::-1])
        for _ in range(3)
    ]
    assert all(run == runs[0] for run in runs)
    assert [finding.check for finding in runs[0]] == ["promtool-rules"] * 3 + [
        "promtool-config",
        "promtool-metrics",
    ]
