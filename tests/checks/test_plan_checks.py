"""Each check of the plan finds what its docstring says, in exactly these words, and nothing in
definitions that are sound.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pbmon.artifact import Artifact
from pbmon.checks.case import Case
from pbmon.checks.definitions.alerts import alert_has_runbook
from pbmon.checks.definitions.metrics import matched_values_are_kept
from pbmon.checks.definitions.project import external_labels_are_plain
from pbmon.checks.definitions.rules import record_precedes_its_readers
from pbmon.checks.validation import DEFINITIONS, validate
from pbmon.plan.plan import Plan
from pbmon.render.artifacts import render
from rule_tests import proofs
from small_projects import PROJECT, SHOP, plan_of

SOUND = (
    'visited = Record("job:visits:rate5m", visits.rate("5m").sum(by=[job]))',
    'on = Alert("On", lamps.sum(by=[job]) > 5, **SAID)',
    'slow = Alert("Slow", stay.quantile(0.95, "5m", by=[job]) > 30, **SAID)',
    'lit = Panel("Lamps", lamps.sum(by=[job]), visited, alerts=[on])',
    'long = Panel("Stay", stay.quantile(0.95, "5m", by=[job]), alerts=[slow])',
    'board = Dashboard("Shop", uid="shop", file="shop", rows=[Row("All", lit, long)])',
)
"""Definitions without a finding: line 9 is `visited`, 10 `on`, 11 `slow`, 12 and 13 the panels, 14
the dashboard.
"""


def found(plan: Plan) -> list[str]:
    """Every finding of every check of the plan, as a user reads it."""
    case = Case(plan, artifacts=render(plan, "docs"))
    return sorted(str(finding) for check in DEFINITIONS.checks for finding in check(case))


def changed(old: str, new: str) -> Plan:
    """The plan of the sound definitions with one text in place of another."""
    text = SHOP + "\n".join(SOUND)
    assert text.count(old) == 1, (old, text.count(old))
    return plan_of(head=text.replace(old, new))


def test_sound_definitions_have_no_finding() -> None:
    assert found(plan_of(*SOUND)) == []


def test_the_checks_are_listed_once_and_in_the_order_of_their_modules() -> None:
    listed = [(check.__module__, check.__name__) for check in DEFINITIONS.checks]
    assert listed == sorted(set(listed))


ACTION = (
    "does not help the person on call (alert-has-action)\n  help: one sentence: what happens, what"
    " users notice, what to do first"
)
PANEL = (
    "so no graph tells since when and by how much its limit is exceeded (alert-has-panel)\n  help: "
    "name it in the panel with its value: Panel(..., alerts=[...])"
)
UNIT = "(alert-unit-is-the-panels)\n  help: show the alert's expression in its own unit"
BUCKET = (
    "so it can never fire (threshold-is-below-the-top-bucket)\n  help: add a bucket above the"
    " threshold, or lower the threshold"
)
UNUSED = "so storing it is of no use (metric-is-used)\n  help: show it in a panel, or drop it"
WINDOW = "one failed scrape leaves it without a value (window-spans-four-scrapes)\n  help: at least"
BOTH = ((10, "On"), (11, "Slow"))
SLOW = 'stay.quantile(0.95, "5m", by=[job]) > 30'

REJECTED = {
    "a summary of two words": (
        'summary="It is too many."', 'summary="Too many."',
        [
            f"definitions/shop.py:{line}: summary of {name} is 'Too many.', which {ACTION}"
            for line, name in BOTH
        ],
    ),
    "no impact": (
        'impact="Users wait long."', 'impact=""',
        [
            f"definitions/shop.py:{line}: impact of {name} is '', which {ACTION}"
            for line, name in BOTH
        ],
    ),
    "an action of spaces": (
        'action="Look at it."', 'action="  \\n "',
        [
            f"definitions/shop.py:{line}: action of {name} is '  \\n ', which {ACTION}"
            for line, name in BOTH
        ],
    ),
    "an alert that no panel shows": (
        ", alerts=[on]", "", [f"definitions/shop.py:10: no panel shows alert On, {PANEL}"]
    ),
    "a limit in seconds on an axis of bytes": (
        "alerts=[slow]", 'alerts=[slow], unit="bytes"',
        [
            "definitions/shop.py:13: panel 'Stay' is in 'bytes' but draws the threshold of Slow, "
            f"which is in 's' {UNIT}"
        ],
    ),
    "a limit at the largest bucket": (
        SLOW, SLOW.replace("30", "60"),
        [
            "definitions/shop.py:11: Slow waits for more than 60, but the largest bucket of "
            f"stay_seconds ends at 60, {BUCKET}"
        ],
    ),
    "a limit above the largest bucket": (
        SLOW, SLOW.replace("> 30", ">= 61"),
        [
            "definitions/shop.py:11: Slow waits for more than 61, but the largest bucket of "
            f"stay_seconds ends at 60, {BUCKET}"
        ],
    ),
    "a limit above the largest bucket, inside `and`": (
        SLOW, f'({SLOW.replace("30", "90")}).and_(lamps.sum(by=[job]))',
        [
            "definitions/shop.py:11: Slow waits for more than 90, but the largest bucket of "
            f"stay_seconds ends at 60, {BUCKET}"
        ],
    ),
    "a limit above the largest bucket, of the largest of several": (
        SLOW, 'stay.quantile(0.95, "5m", by=[job]).max() > 90',
        [
            "definitions/shop.py:11: Slow waits for more than 90, but the largest bucket of "
            f"stay_seconds ends at 60, {BUCKET}"
        ],
    ),
    "a metric that nobody reads": (
        'SAID = dict', 'doors = Gauge("doors", "Doors.")\nSAID = dict',
        [f"definitions/shop.py:8: no rule, alert or panel reads doors, {UNUSED}"],
    ),
    "a record that nobody reads": (
        "lamps.sum(by=[job]), visited,", "lamps.sum(by=[job]),",
        [f"definitions/shop.py:9: no rule, alert or panel reads job:visits:rate5m, {UNUSED}"],
    ),
    "a rate over three scrapes": (
        'visits.rate("5m")', 'visits.rate("45s")',
        [
            "definitions/shop.py:9: job:visits:rate5m looks at 45s of visits_total, which arrives "
            f"every 15s: {WINDOW} 1m"
        ],
    ),
    "a rate over less than four intervals of a slow job": (
        '["shop:80"]', '["shop:80"], interval="2m"',
        [
            (
                "definitions/shop.py:11: Slow looks at 5m of stay_seconds_bucket, which arrives "
                f"every 2m: {WINDOW} 8m"
            ),
            (
                "definitions/shop.py:9: job:visits:rate5m looks at 5m of visits_total, which "
                f"arrives every 2m: {WINDOW} 8m"
            ),
        ],
    ),
    "a recorded series over less than four evaluations": (
        "lamps.sum(by=[job]) > 5", 'visited.avg_over_time("30s") > 5',
        [
            "definitions/shop.py:10: On looks at 30s of job:visits:rate5m, which arrives every "
            f"15s: {WINDOW} 1m"
        ],
    ),
    "a `for` that is much shorter than its group's interval": (
        'on = Alert("On", lamps.sum(by=[job]) > 5,',
        'g = RuleGroup("g", "G.", interval="5m")\n'
        'on = Alert("On", lamps.sum(by=[job]) > 5, for_="2m", group=g,',
        ["definitions/shop.py:11: On says for 2m, but its group is run every 5m, so it waits 5m "
        '(for-is-waited-as-written)\n  help: for_="5m", or a shorter interval']
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REJECTED)
def test_a_fault_is_found_in_these_words(case: str) -> None:
    old, new, findings = REJECTED[case]
    assert found(changed(old, new)) == sorted(findings)


ACCEPTED = {
    "a limit just below the largest bucket": (SLOW, SLOW.replace("30", "59.9")),
    "a limit that the largest bucket reaches": (SLOW, SLOW.replace("> 30", ">= 60")),
    "a quantile below a limit, however large": (SLOW, SLOW.replace("> 30", "< 90")),
    "a limit that ends an alert": (
        SLOW, f'({SLOW}).unless(stay.quantile(0.5, "5m", by=[job]) > 90)'
    ),
    "a mean above the largest bucket": (SLOW, 'stay.mean("5m", by=[job]) > 90'),
    "a rate over four scrapes": ('visits.rate("5m")', 'visits.rate("1m")'),
    "a panel of the alert's unit": ("alerts=[slow]", 'alerts=[slow], unit="s"'),
    "a panel of any unit for an alert without one": (
        "visited, alerts=[on]", 'visited, alerts=[on], unit="short"'
    ),
    "a metric of Prometheus that nobody reads": (
        "lamps.sum(by=[job]), visited,", "lamps.sum(by=[job]), visited, up,"
    ),
    "a metric that only an alert reads": (
        '"Stay", stay.quantile(0.95, "5m", by=[job])', '"Stay", lamps.sum(by=[job])'
    ),
    "a fast recorded series in a group that is evaluated seldom": (
        'on = Alert("On", lamps.sum(by=[job]) > 5,',
        'g = RuleGroup("g", "G.", interval="5m")\n'
        'on = Alert("On", visited.avg_over_time("1m") > 5, group=g,',
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_is_sound_has_no_finding(case: str) -> None:
    assert found(changed(*ACCEPTED[case])) == []


OPEN = SHOP.replace('values=("kitchen", "hall")', 'max_values=9, other="else"')


def matched(matcher: str, head: str = OPEN) -> list[str]:
    """What is said of a rule with this matcher on the label `room`."""
    record = f'r = Record("job:visits:rate5m", visits.where({matcher}).rate("5m").sum(by=[job]))'
    case = Case(plan_of(record, head=head))
    return [str(finding) for finding in matched_values_are_kept(case)]


def test_a_rule_asks_an_open_label_for_no_value_that_the_app_may_count_as_another() -> None:
    assert matched('room.is_("hall")') == [
        "definitions/shop.py:9: visits_total is asked for room 'hall', but the app keeps only the"
        " first 9 values of it and counts later ones as 'else', so the rule may never see them"
        " (matched-values-are-kept)\n  help: list the values at definitions/shop.py:3: values=(...)"
    ]
    assert matched('room.matches("h.*")')
    for fine in ('room.is_("else")', 'room.matches(".*")', 'room.is_not("else")'):
        assert not matched(fine)
    assert not matched('room.is_("hall")', SHOP)
    both = OPEN.replace("max_values=9", 'values=("kitchen", "hall"), max_values=1')
    assert not matched('room.is_("hall")', both), "all of a closed set are kept"


def test_external_labels_hold_no_variable_of_prometheus() -> None:
    def said(labels: str, environment: str = "") -> list[str]:
        project = PROJECT.replace("receivers=", f"external_labels={labels}, receivers=")
        case = Case(plan_of(project=project, environment=environment))
        return [str(finding.source) for finding in external_labels_are_plain(case)]

    assert said('{"cluster": "${CLUSTER}", "zone": "US$"}') == ["definitions/project.py:4"] * 2
    assert said('{"cluster": "${CLUSTER}"}', "external_labels: {cluster: a}") == []
    laid_over = said('{"cluster": "a"}', "external_labels: {cluster: $A}")
    assert laid_over == ["definitions/environments/development.yaml"]


def test_the_limit_of_a_recorded_quantile_is_checked_too() -> None:
    plan = changed(
        f'slow = Alert("Slow", {SLOW}',
        'p95 = Record("job:stay:p95", stay.quantile(0.95, "5m", by=[job]))\nslow = Alert("Slow",'
        " p95 > 90",
    )
    assert [line for line in found(plan) if "top-bucket" in line] == [
        "definitions/shop.py:12: Slow waits for more than 90, but the largest bucket of"
        f" stay_seconds ends at 60, {BUCKET}"
    ]


def test_a_limit_that_an_environment_sets_is_checked() -> None:
    plan = plan_of(*SOUND, environment="alerts: {Slow: {threshold: 60}}")
    assert [line.split(",")[0] for line in found(plan)] == [
        "definitions/shop.py:11: Slow waits for more than 60"
    ]


def test_an_interval_that_an_environment_sets_is_checked() -> None:
    plan = plan_of(*SOUND, environment="intervals: {shop: 90s}")
    assert {line.split(": ")[0] for line in found(plan)} == {
        "definitions/shop.py:9",
        "definitions/shop.py:11",
    }


BUDGET = PROJECT.replace(
    "receivers=", "metric_cardinality_limit={metric}, total_cardinality_limit={total}, receivers="
)

ALL = "definitions/project.py:4: all metrics together can have"
TOTAL = (
    "(metric-fits-the-budget)\n"
    "  help: lower max_values of the largest, or raise total_cardinality_limit"
)


@pytest.mark.parametrize(
    ("metric", "total", "targets", "findings"),
    [
        (6, 10, 1, []),
        (5, 10, 1, [
            "definitions/shop.py:7: stay_seconds can have 6 series on one target, above the limit"
            " of 5 (6 of a histogram) (metric-fits-the-budget)\n"
            "  help: lower max_values, drop a label or buckets, or raise metric_cardinality_limit"
        ]),
        (6, 9, 1, [f"{ALL} 10 series, above the limit of 9 "
                   f"(most: stay_seconds 6, visits_total 2, lamps 2) {TOTAL}"]),
        (6, 19, 2, [f"{ALL} 20 series, above the limit of 19 "
                    f"(most: stay_seconds 12, visits_total 4, lamps 4) {TOTAL}"]),
    ],
)  # fmt: skip
def test_series_are_counted_a_target_and_in_total(
    metric: int, total: int, targets: int, findings: list[str]
) -> None:
    """6 of the histogram (three buckets, +Inf, sum and count), 2 rooms each of the gauge and the
    counter.
    """
    environment = (
        f"targets: {{shop: [{', '.join(f'shop-{number}:80' for number in range(targets))}]}}"
    )
    plan = plan_of(
        *SOUND, environment=environment, project=BUDGET.format(metric=metric, total=total)
    )
    assert found(plan) == findings


def test_the_labels_that_make_a_metric_large_are_named() -> None:
    wide = (
        'l = [Label(n, "L.", max_values=400, other="o") for n in ("x", "y")]\ndoors ='
        ' Gauge("doors", "D.", labels=l)\nSAID = dict'
    )
    (line,) = (line for line in found(changed("SAID = dict", wide)) if "budget" in line)
    assert line.startswith(
        "definitions/shop.py:9: doors can have 160,801 series on one target, above the limit of"
        " 100,000 (x 401 × y 401)"
    )


def test_a_runbook_that_is_not_rendered_is_found() -> None:
    plan = plan_of(*SOUND)
    on, slow = (Artifact(f"docs/runbooks/{name}.md", "") for name in ("On", "Slow"))
    assert list(alert_has_runbook(Case(plan, artifacts=[on, slow]))) == []
    (finding,) = alert_has_runbook(Case(plan, artifacts=[slow]))
    assert (
        str(finding) == "definitions/shop.py:10: runbook_url of On leads to"
        " 'https://example.com/runbooks/On.md', which is not rendered (alert-has-runbook)\n "
        " help: see docs/runbooks/"
    )


def test_a_record_below_its_reader_is_found() -> None:
    """Planning never leaves one there, so the rules are turned around by hand."""
    plan = plan_of('a = Record(":a:sum", lamps.sum())', 'b = Record(":b:sum", a * 2)')
    assert list(record_precedes_its_readers(Case(plan))) == []
    (group,) = plan.recording
    wrong = replace(plan, recording=(replace(group, rules=group.rules[::-1]),))
    (finding,) = record_precedes_its_readers(Case(wrong))
    assert (
        str(finding)
        == "definitions/shop.py:10: :b:sum reads :a:sum before monitoring/recording/shop.yml"
        " evaluates it (record-precedes-its-readers)\n  help: move the record above its reader"
    )


def test_what_promtool_says_of_a_rule_is_told_at_the_line_that_defines_it(promtools: Path) -> None:
    """Lines of the rendered file mean nothing to who writes definitions."""
    faults = (
        (
            'wrong = Alert("Wrong", lamps > 1, **dict(SAID, summary="It is {{ $value | humanize'
            ' }}.", description="It is."))'
        ),
        (
            'vague = Alert("Vague", lamps > 2, **dict(SAID, summary="It is {{ $value | humanize1024'
            ' }}.", description="It is."))'
        ),
    )
    plan = plan_of(*SOUND, *faults)
    # pbmon refuses what Prometheus does not know, so the rendered text is edited
    artifacts = [
        replace(
            artifact,
            text=artifact.text.replace("humanize1024", "roughly").replace("humanize", "humanise"),
        )
        for artifact in render(plan, proofs=proofs(plan))
    ]
    told = [
        str(finding)
        for finding in validate(Case(plan, proofs(plan), artifacts, promtool=promtools))
        if finding.check == "promtool-rules"
    ]
    assert [line.split(": ")[0] for line in told] == [
        "definitions/shop.py:15",
        "definitions/shop.py:16",
    ]
    assert 'function "humanise" not defined' in told[0]
    assert 'function "roughly" not defined' in told[1]
