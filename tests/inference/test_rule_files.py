"""Rule files of others are read as Prometheus and its relatives read them."""

from pathlib import Path

import pytest
from pbmon.inference.rule_files import RuleFile, files_below, read

GROUP = """\
groups:
- name: shop
  interval: 1m
  rules:
  - record: shop:orders:rate5m
    expr: sum(rate(orders_total[5m]))
    labels: {team: till}
  - alert: Orders stopped
    expr: shop:orders:rate5m == 0
    for: 5m
    keep_firing_for: 10m
    labels: {severity: 1, page: yes}
    annotations: {summary: Nobody buys.}
"""


def indented(text: str, by: int = 2) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.splitlines())


OBJECT = f"apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec:\n{indented(GROUP)}"
IN_LIST = f"kind: List\nitems:\n- kind: PrometheusRule\n  spec:\n{indented(GROUP, 4)}"
OF_MIMIR = f"namespace: shop\n{GROUP}".replace("  interval", "  source_tenants: [a]\n  interval")
OF_THANOS = GROUP.replace("  interval", "  partial_response_strategy: warn\n  interval")
SECOND = f"kind: ConfigMap\ndata: {{}}\n---\n{GROUP}"


def written(folder: Path, text: str) -> RuleFile:
    file = folder / "shop.yml"
    file.write_text(text, "utf-8")
    return read(file, "rules/shop.yml")


@pytest.mark.parametrize("text", [GROUP, OBJECT, IN_LIST, OF_MIMIR, OF_THANOS, SECOND])
def test_the_same_rules_are_read_from_whatever_they_stand_in(tmp_path: Path, text: str) -> None:
    file = written(tmp_path, text)
    assert not file.refused
    record, alert = file.rules
    assert (record.kind, record.name, record.labels) == (
        "record",
        "shop:orders:rate5m",
        {"team": "till"},
    )
    assert (alert.kind, alert.name, alert.for_) == ("alert", "Orders stopped", "5m")
    assert alert.keep_firing_for == "10m"
    assert (alert.group, alert.interval) == ("shop", "1m")
    line = text.splitlines().index(next(row for row in text.splitlines() if "- alert" in row))
    assert alert.source.line == line + 1


def test_every_scalar_is_a_text(tmp_path: Path) -> None:
    _, alert = written(tmp_path, GROUP).rules
    assert alert.labels == {"severity": "1", "page": "yes"}


def test_what_is_no_rule_is_refused_at_its_line_and_the_others_are_read(tmp_path: Path) -> None:
    text = "groups:\n- rules:\n  - alert: Down\n  - expr: up\n  - alert: Up\n    expr: up == 1\n"
    file = written(tmp_path, text)
    assert [rule.name for rule in file.rules] == ["Up"]
    assert [error.source.line for error in file.refused if error.source] == [3, 4]


@pytest.mark.parametrize("text", ["groups: [", "groups: {a: b}", "- 1\n- 2", "", "rules: 7", "\0"])
def test_a_file_without_rules_gives_none(tmp_path: Path, text: str) -> None:
    assert not written(tmp_path, text).rules


def test_rule_files_are_found_in_folders_below(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    for name in ("a/b/one.yaml", "a/two.yml", "a/three.rules", "a/readme.md", "a/four.libsonnet"):
        (tmp_path / name).write_text("")
    names = [path.name for path in files_below([tmp_path])]
    assert sorted(names) == ["one.yaml", "three.rules", "two.yml"]
