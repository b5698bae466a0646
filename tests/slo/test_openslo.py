"""Objectives as OpenSLO files, and OpenSLO files as objectives: what is written is read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from pbmon.catalog.catalog import load
from pbmon.expr.text import promql
from pbmon.plan.plan import resolve
from slo.openslo_files import EVERYTHING, FILE, files, imported, others, rules
from slo.shop import PROJECT, plan


def test_a_file_says_what_the_objective_says(tmp_path: Path) -> None:
    made = files(plan(tmp_path, EVERYTHING))
    document = yaml.safe_load(made["monitoring/openslo/sales.yaml"])
    assert document["apiVersion"] == "openslo/v1"
    assert document["metadata"]["labels"] == {"owner": "tills"}
    assert document["spec"]["service"] == "web"
    assert document["spec"]["timeWindow"] == [{"duration": "30d", "isRolling": True}]
    assert document["spec"]["objectives"][0]["targetPercent"] == 99.9
    metric = document["spec"]["indicator"]["spec"]["ratioMetric"]
    assert metric["counter"] is True
    assert (
        metric["bad"]["metricSource"]["spec"]["query"]
        == 'sum by (job, path) (requests_total{job="web",status="500"})'
    )
    assert (
        metric["total"]["metricSource"]["spec"]["query"]
        == 'sum by (job, path) (requests_total{job="web"})'
    )


def test_what_is_written_is_read_as_the_same_objectives(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All kinds, in one file of several documents, onto the same metrics: every rule and every
    alert is the same.
    """
    made = plan(tmp_path, EVERYTHING)
    text = imported("---\n".join(files(made).values()), tmp_path, capsys)
    (tmp_path / "definitions/shop.py").write_text(PROJECT, "utf-8")
    (tmp_path / "definitions/slos.py").write_text(text, "utf-8")
    assert rules(resolve(load(tmp_path / "definitions"))) == rules(made)


def test_what_is_written_is_read_as_definitions_that_declare_their_metrics_where_none_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = plan(tmp_path, EVERYTHING)
    text = imported("---\n".join(files(made).values()), tmp_path, capsys, "nowhere")
    again = resolve(load(others(tmp_path, text)))
    expressions = {record.name: promql(record.expr) for record in made.records}
    assert {record.name: promql(record.expr) for record in again.records} == expressions


@pytest.mark.parametrize("definitions", ["definitions", "nowhere"])
@pytest.mark.parametrize("width", [88, 132])
def test_what_is_printed_is_formatted_and_sorted_already(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], definitions: str, width: int
) -> None:
    text = imported(
        "---\n".join(files(plan(tmp_path, EVERYTHING)).values()) + "---\n" + FILE,
        tmp_path,
        capsys,
        definitions,
    )
    (tmp_path / "printed.py").write_text(text, "utf-8")
    ruff = [sys.executable, "-m", "ruff", "--isolated", "--config", f"line-length={width}"]
    for command in (["format", "--diff"], ["check", "--select=E,F,I,W"]):
        ran = subprocess.run(
            [*ruff, *command, "printed.py"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_label_that_is_a_word_of_python_gets_another_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = imported(FILE, tmp_path, capsys, "nowhere")
    assert 'label_class.matches("5..")' in text
    assert 'objective="99.9"' in text


def test_an_indicator_of_its_own_is_found_by_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = yaml.safe_load(FILE)
    indicator = document["spec"].pop("indicator")
    document["spec"]["indicatorRef"] = "payments"
    sli = {
        "apiVersion": "openslo/v1",
        "kind": "SLI",
        "metadata": {"name": "payments"},
        "spec": indicator["spec"],
    }
    service = {
        "apiVersion": "openslo/v1",
        "kind": "Service",
        "metadata": {"name": "shop"},
        "spec": {},
    }
    assert imported(yaml.safe_dump_all([document, sli, service]), tmp_path, capsys) == imported(
        FILE, tmp_path, capsys
    )


def test_rates_are_read_as_the_counters_they_are_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rated = (
        FILE.replace('class=~"5.."})', 'class=~"5.."}[5m]))')
        .replace("(payments", "(rate(payments")
        .replace("true\n        bad", "false\n        bad")
    )
    rated = rated.replace('{job="web"})', '{job="web"}[5m]))')
    assert imported(rated, tmp_path, capsys) == imported(FILE, tmp_path, capsys)
