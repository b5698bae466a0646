"""What an audit says of alerts is so: which can never fire, which texts stay empty."""

from __future__ import annotations

from pathlib import Path

import pytest
from audited_files import alert, look, of, problems, rules
from pbmon.audit import verdicts
from pbmon.audit.auditing import audit
from pbmon.cache import Cache

NEVER = {
    "a limit out of reach": "avg(up) > 1",
    "sides without a common label": "sum by (job) (rate(a_total[5m])) / b > 1",
    "a count of nothing": "count(up) == 0",
    "two values of a label": 'a{x="1"} + a{x="2"} > 3',
}
CAN = {
    "a plain limit": "up == 0",
    "a share": "sum(rate(bad_total[5m])) / sum(rate(all_total[5m])) > 0.05",
    "absence": 'absent(up{job="shop"})',
    "a dead man's switch": "vector(1)",
}


@pytest.mark.parametrize("expr", NEVER.values(), ids=NEVER)
def test_an_alert_that_can_never_fire_is_told(expr: str, tmp_path: Path) -> None:
    report = look(tmp_path, {"a.yml": rules(alert(expr))})
    assert [finding.level for finding in of(report, "alert-can-fire")] == ["error"]
    assert (report.total.alerts, report.total.firing) == (1, 0)


@pytest.mark.parametrize("expr", CAN.values(), ids=CAN)
def test_an_alert_that_can_fire_is_left_alone(expr: str, tmp_path: Path) -> None:
    report = look(tmp_path, {"a.yml": rules(alert(expr))})
    assert report.findings == () and report.total.firing == 1


def test_an_alert_that_always_fires_is_told(tmp_path: Path) -> None:
    report = look(tmp_path, {"a.yml": rules(alert("count(up) > 0"))})
    assert "fires whatever its series say" in problems(report, "alert-can-be-silent")[0]


TEXTS = {
    "dropped by sum": ("sum by (job) (up) == 0", "{{ $labels.instance }}", ["instance"]),
    "kept": ("sum by (job) (up) == 0", "{{ $labels.job }}", []),
    "of any series": ("up == 0", "{{ $labels.whatever }}", []),
    "asked for first": ("sum(up) == 0", "{{ if $labels.job }}{{ $labels.job }}{{ end }}", []),
    "by one alternative": ("sum by (a) (x) > 1 or sum by (b) (x) > 1", "{{ $labels.b }}", []),
    "not matched on": ("x / on (a) y > 1", "{{ $labels.b }}", ["b"]),
    "the name, which stays": ("x != on (__name__, a) x offset 1h", "{{ $labels.__name__ }}", []),
    "of an absent series": ('absent(up{job="a"})', "{{ $labels.job }}{{ $labels.pod }}", ["pod"]),
}


@pytest.mark.parametrize(("expr", "text", "empty"), TEXTS.values(), ids=TEXTS)
def test_a_label_that_the_expression_drops_is_told(
    expr: str, text: str, empty: list[str], tmp_path: Path
) -> None:
    report = look(tmp_path, {"a.yml": rules(alert(expr, annotations={"summary": text}))})
    told = problems(report, "text-prints-kept-labels")
    assert [f"$labels.{name}" in problem for name, problem in zip(empty, told, strict=True)] == [
        True for _ in empty
    ]


def test_the_alerts_own_label_is_none_of_its_series(tmp_path: Path) -> None:
    rule = alert("sum(up) == 0", labels={"team": "till"}, annotations={"a": "{{ $labels.team }}"})
    (problem,) = problems(look(tmp_path, {"a.yml": rules(rule)}), "text-prints-kept-labels")
    assert "the alert's own label is not among them" in problem


def test_a_record_below_an_alert_says_what_it_keeps(tmp_path: Path) -> None:
    text = rules(
        {"record": "job:up:sum", "expr": "sum by (job) (up)"},
        alert("job:up:sum == 0", annotations={"a": "{{ $labels.job }} {{ $labels.instance }}"}),
    )
    (problem,) = problems(look(tmp_path, {"a.yml": text}), "text-prints-kept-labels")
    assert "$labels.instance" in problem


def named(prefix: str) -> str:
    return rules(
        alert(
            f'sum(rate({prefix}_bad_total{{job="{prefix}"}}[5m]))'
            f' / sum(rate({prefix}_all_total{{job="{prefix}"}}[5m])) > 0.1',
            alert=f"{prefix}Fails",
            annotations={"summary": f"{prefix} fails"},
        )
    )


def proven(monkeypatch: pytest.MonkeyPatch, folder: Path, cache: Cache | None = None) -> int:
    """How many alerts are proven one by one."""
    count = 0
    prove = verdicts._answer

    def counting(*arguments: object) -> str:
        nonlocal count
        count += 1
        return prove(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(verdicts, "_answer", counting)
    report = audit([folder], lambda _: None, cache or Cache())
    monkeypatch.setattr(verdicts, "_answer", prove)
    assert report.total.proven == report.total.alerts > 0
    return count


def test_alerts_that_differ_in_names_alone_are_proven_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("till", "cellar", "garden"):
        (tmp_path / f"{name}.yml").write_text(named(name))
    assert proven(monkeypatch, tmp_path) == 1
    (tmp_path / "other.yml").write_text(named("other").replace("0.1", "0.2"))
    assert proven(monkeypatch, tmp_path) == 2, "another limit is another alert"


def test_what_is_proven_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.yml").write_text(named("till"))
    cache = Cache(tmp_path / "cache/proofs.sqlite")
    assert proven(monkeypatch, tmp_path, cache) == 1
    assert proven(monkeypatch, tmp_path, cache) == 0
    cache.close()


ALIKE = {
    "names": ("rate(a_total[5m]) > 1", "rate(b_total[5m]) > 1", True),
    "values": ('up{job="a"} == 0', 'up{job="b"} == 0', True),
    "numbers": ("a > 1", "a > 2", False),
    "units": ("a_seconds > 1", "a_bytes > 1", False),
    "two names for one": ("a / b > 1", "a / a > 1", False),
    "a value that a pattern tells apart": (
        'up{job="a"} == 0 and on () up{job=~"a|b"} == 0',
        'up{job="c"} == 0 and on () up{job=~"a|b"} == 0',
        False,
    ),
    "a series that is built in": ("up == 0", "shop == 0", False),
}


@pytest.mark.parametrize(("one", "other", "alike"), ALIKE.values(), ids=ALIKE)
def test_only_names_make_no_difference(one: str, other: str, alike: bool) -> None:
    from pbmon.audit.likeness import likeness
    from pbmon.inference.planning import planned
    from pbmon.inference.rule_files import RuleText
    from pbmon.inference.rule_set import RuleSet
    from pbmon.source import Source

    def of_text(expr: str) -> str:
        rule = RuleText("alert", "Watched", expr, Source("a.yml", 1))
        plan = planned(rule, RuleSet([rule]))
        return likeness(next(iter(plan.alerts)), plan)

    assert (of_text(one) == of_text(other)) is alike
