"""What an alert's texts and labels read when it fires is part of its proof."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pbmon.errors import DefinitionErrors
from rule_tests import failures, reasons
from small_projects import plan_of

CONDITIONS = (
    "lamps > 3",
    "lamps.sum(by=[job]) > 3",
    "lamps.max_over_time('10m') > 3",
    "(lamps > 3).and_(lamps < 9)",
    "lamps.topk(5) > 3",
    "visits.rate('5m').sum(by=[room, job]) > 3",
    "lamps.where(room.is_('hall')).absent()",
)
TEXTS = (
    "{{ $labels }}",
    "{{ . }}",
    '{{ printf "%.2f of %v" $value $labels.job }}',
    '{{ range $name, $text := $labels }}{{ $name }}={{ $text | toUpper }} {{ end }}',
    '{{ with $labels.job }}{{ . | title }}{{ else }}nobody{{ end }}',
    "{{ if gt $value 3.05 }}much{{ else if gt $value 1.0 }}some{{ end }}",
    "{{ $value | humanize }} {{ $externalLabels.cluster }} {{ .Value | printf `%5.1f` }}",
)  # fmt: skip


def alert(name: str, condition: str, text: str, more: str = "") -> str:
    said = f"summary={text!r}, impact='Users wait long.', action='Look at it.'"
    return f"{name.lower()} = Alert({name!r}, {condition}, severity='warning', {said}{more})"


def test_texts_of_alerts_are_proven(promtools: Path, tmp_path: Path) -> None:
    alerts = [
        alert(f"A{number}", condition, TEXTS[0] + TEXTS[1] + text)
        for number, (condition, text) in enumerate(zip(CONDITIONS, TEXTS, strict=True))
    ]
    environment = "external_labels: {cluster: north}"
    plan = plan_of(*alerts, environment=environment)
    assert reasons(plan) == []
    assert failures(plan, promtools, tmp_path) == ""


def test_a_text_shows_the_name_that_the_series_carries(promtools: Path, tmp_path: Path) -> None:
    both = '{__name__=~"lamps|bulbs", room="hall"}'
    alerts = [
        alert(f"A{number}", f"promql({condition!r})", "{{ $labels.__name__ }}={{ $value }}")
        for number, condition in enumerate(
            (
                f"{both} != on (__name__, room, instance) ({both} offset 10m)",
                "lamps != on (__name__, room, instance) (lamps offset 10m)",
                "bulbs > 3 or lamps > 3",
            )
        )
    ]
    plan = plan_of("bulbs = Gauge('bulbs', 'Bulbs.', labels=[room])", *alerts)
    assert reasons(plan) == []
    assert failures(plan, promtools, tmp_path) == ""
    shown = "".join(path.read_text("utf-8") for path in tmp_path.glob("monitoring/rule-tests/*"))
    assert {"bulbs=", "lamps="} <= set(re.findall(r"\b(?:bulbs|lamps)=", shown))


def test_no_text_depends_on_the_order_in_which_series_are_added_up(
    promtools: Path, tmp_path: Path
) -> None:
    share = "100 * visits.where(room.is_('hall')).rate('5m').sum() / visits.rate('5m').sum()"
    alerts = [alert(f"A{limit}", f"{share} > {limit}", "{{ $value }} %") for limit in (3, 5, 7, 11)]
    plan = plan_of(*alerts)
    assert reasons(plan) == []
    # promtool adds in another order whenever it runs
    assert [failures(plan, promtools, tmp_path / str(turn)) for turn in range(6)] == [""] * 6


def test_a_text_that_asks_prometheus_is_proven(promtools: Path, tmp_path: Path) -> None:
    asked = (
        "{{ with query `sum(lamps)` }}{{ . | first | value | humanize }}{{ end }}",
        '{{ with printf `max by (room) (lamps{room="%s"})` $labels.room | query }}'
        "{{ . | first | label `room` }}{{ end }}",
        "{{ query `scalar(count(lamps)) + 1` | first | value }}",
        "{{ range query `lamps > 1e9` }}x{{ else }}none{{ end }}",
        "{{ range query `lamps` | sortByLabel `instance` }}{{ .Labels }}={{ .Value }} {{ end }}",
        "{{ query `min(lamps) * 2` | first | label `room` }}",
    )
    alerts = [
        alert(f"A{number}", "lamps > 3", text.replace("'", '"'))
        for number, text in enumerate(asked)
    ]
    plan = plan_of(*alerts)
    assert reasons(plan) == []
    assert failures(plan, promtools, tmp_path) == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "{{ query `up` | first | value }}",
            "query() reads up, which the alert itself does not",
        ),
        ("{{ query `lamps >` }}", "query('lamps >') does not parse"),
        ("{{ query `lamps` | first | value }}", "several series of a query come in any order"),
    ],
)
def test_a_query_that_cannot_be_answered_is_told(text: str, reason: str) -> None:
    [told] = reasons(plan_of(alert("A", "lamps > 3", text)))
    assert reason in told


def test_a_query_of_other_series_finds_nothing_in_a_test(promtools: Path, tmp_path: Path) -> None:
    text = "{{ with query `up` }}{{ . | first | value }}{{ else }}Nobody knows.{{ end }}"
    plan = plan_of(alert("A", "lamps > 3", text))
    assert reasons(plan) == []
    assert failures(plan, promtools, tmp_path) == ""


def test_labels_with_templates_are_proven(promtools: Path, tmp_path: Path) -> None:
    labels = (
        "{'host': '{{ $labels.instance }}',"
        " 'size': '{{ with $labels.room }}{{ . | toUpper }}{{ end }}',"
        " 'none': '{{ if false }}x{{ end }}'}"
    )
    plan = plan_of(alert("A", "lamps > 3", "It is.", f", labels={labels}"))
    assert reasons(plan) == []
    assert failures(plan, promtools, tmp_path) == ""


@pytest.mark.parametrize(
    "text",
    [
        "{{ $value }}",
        "{{ .Value | humanize }}",
        "{{ if gt $value 5.0 }}much{{ end }}",
        '{{ with query "up" }}{{ . | first | value }}{{ end }}',
        "{{ . }}",
    ],
)
def test_a_label_that_changes_with_the_value_is_a_mistake(text: str) -> None:
    with pytest.raises(DefinitionErrors, match="label 'now' of A changes with the value"):
        plan_of(alert("A", "lamps > 3", "It is.", f", labels={{'now': {text!r}}}"))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{{ .labels.job }}", r"prints \.labels, which does not exist"),
        ("{{ $labels.floor }}", r"prints \$labels\.floor, which its expression does not keep"),
        ("{{ printf `%s` .Labels.floor }}", r"prints \$labels\.floor"),
        ("{{ with $labels }}{{ .floor }}{{ end }}", r"prints \$labels\.floor"),
        ("{{ if $labels.floor }}x{{ end }}", r"prints \$labels\.floor"),
        ("{{ humanise $value }}", r"there is no function humanise, at character 4"),
        ("{{ now }}", r"now\(\) exists since Prometheus 3"),
        ("{{ $vaule }}", r"there is no variable \$vaule"),
        ("{{ if $value }}x", r"\{\{ end \}\} is missing"),
    ],
)
def test_a_text_that_prometheus_would_not_print_is_a_mistake(text: str, problem: str) -> None:
    with pytest.raises(DefinitionErrors, match=problem):
        plan_of(alert("A", "lamps > 3", text))


def test_a_text_that_prometheus_cannot_expand_is_told() -> None:
    [reason] = reasons(plan_of(alert("A", "lamps > 3", "{{ if eq $value 4 }}x{{ end }}")))
    assert "prints an error in place of its text: it cannot compare a float64 with a int" in reason


@pytest.mark.parametrize(
    "text",
    ["{{ $value | printf `%d` }}", "{{ printf `%s` $value }}", "{{ printf `%v in %v` $value }}"],
)
@pytest.mark.parametrize("condition", ["lamps > 3", "lamps.avg_over_time('1h') > 3"])
def test_what_printf_writes_of_a_value_that_does_not_fit_is_no_text(
    text: str, condition: str
) -> None:
    [reason] = reasons(plan_of(alert("A", condition, text)))
    assert "prints an error in place of its text: printf writes %!" in reason


def test_a_text_that_pbmon_does_not_know_is_told() -> None:
    [reason] = reasons(plan_of(alert("A", "lamps > 3", "{{ printf `%p` $value }}")))
    assert "what its text reads is not known: %p prints an address in memory" in reason
