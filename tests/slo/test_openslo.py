"""Objectives as OpenSLO files, and OpenSLO files as objectives: what is written is read, and what
cannot be read is told.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from pbmon.catalog.catalog import load
from pbmon.cli import main
from pbmon.cli.import_ import run as import_
from pbmon.errors import DefinitionErrors, UsageError
from pbmon.expr.text import promql
from pbmon.plan.plan import Plan, resolve
from pbmon.render.artifacts import render
from pbmon.source import Source
from slo.openslo_refused import REFUSED
from slo.shop import PROJECT, RATIO, plan

EVERYTHING = (
    RATIO.format(', minimum_traffic="0.5", by=[job, path], owner="tills"')
    + 'wins = Slo("wins", good=requests.where(path.is_not("/b")), total=requests,'
    ' objective="99.95", window="28d")\n'
    + 'speed = Slo("speed", "No waiting.", good=latency.where(path.is_("/a")).at_most(1),'
    ' objective="90", window="4w")\n'
    + 'health = Slo("health", good=healthy, objective="99", window="7d", alerts=False, by=[])\n'
    + 'reach = Slo("reach", good=up.where(job.is_("web")), objective="99")\n'
)
FILE = """\
apiVersion: openslo/v1
kind: SLO
metadata:
  name: checkout
spec:
  description: Customers can pay.
  service: shop
  indicator:
    metadata: {name: checkout}
    spec:
      ratioMetric:
        counter: true
        bad:
          metricSource:
            type: Prometheus
            spec:
              query: sum by (job) (payments_total{job="web",class=~"5.."})
        total:
          metricSource:
            type: Prometheus
            spec:
              query: sum by (job) (payments_total{job="web"})
  timeWindow:
    - duration: 30d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - target: 0.999
"""


def files(made: Plan) -> dict[str, str]:
    return {
        artifact.path: artifact.text
        for artifact in render(made, "rules")
        if "/openslo/" in artifact.path
    }


def imported(
    text: str, folder: Path, capsys: pytest.CaptureFixture[str], definitions: str = "definitions"
) -> str:
    """What `pbmon import openslo` prints for the text, with the definitions in the folder."""
    (folder / "slos.yaml").write_text(text, "utf-8")
    import_(folder / "slos.yaml", folder / definitions)
    return capsys.readouterr().out


def others(folder: Path, text: str) -> Path:
    """A folder of definitions with the text, and with nothing else but a service."""
    made = folder / "other"
    made.mkdir()
    project = (
        'from pbmon import *\nproject = Project(name="shop", title="Shop",'
        ' runbook_url="https://example.com")\n'
    )
    service = (
        'service = Service("web", jobs=[Job("web", ["web:80"])], exporter=Exporter("a", "1"))\n'
    )
    (made / "project.py").write_text(project + service, "utf-8")
    (made / "slos.py").write_text(text, "utf-8")
    return made


def rules(made: Plan) -> dict[str, tuple[Any, ...]]:
    """Every rule of the objectives: expression, labels and annotations."""
    records: dict[str, tuple[Any, ...]] = {
        record.name: (promql(record.expr),) for record in made.records
    }
    return records | {
        alert.name: (promql(alert.expr), alert.for_, alert.labels, alert.annotations)
        for alert in made.alerts
    }


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


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    (old, new), line, problem = REFUSED[case]
    assert old in FILE
    with pytest.raises(DefinitionErrors) as caught:
        imported(FILE.replace(old, new, 1), tmp_path, capsys)
    error = caught.value.errors[0]
    assert problem in error.problem
    assert (str(error.source).rpartition("/")[2], bool(error.help) or "YAML" in problem) == (
        f"slos.yaml:{line}",
        True,
    )


LATENCY = (
    FILE.replace("bad:", "good:")
    .replace("payments_total", "pay_count")
    .replace('count{job="web",class=~"5.."', "bucket{LE")
)
BOUNDS = {
    'le="0.123456789"': "pay.at_most(0.123456789)",
    'le="1"': "pay.at_most(1)",
    'le="1.0"': "pay.at_most(1)",
    r'le=~"1(\\.0)?"': "pay.at_most(1)",
    'le="1e-05"': "pay.at_most(0.00001)",
    'le=~"0.3"': "the queries pick a bucket",
    'le!="0.3"': "the queries pick a bucket",
    'le!~"0.3"': "the queries pick a bucket",
    'le="..."': "the queries pick a bucket",
    'le="0.3",le="1"': "the queries pick a bucket",
    'le="1e999"': "histogram pay lists a bound that is no number",
}


@pytest.mark.parametrize("matcher", BOUNDS)
def test_a_bucket_is_one_that_the_query_picks_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], matcher: str
) -> None:
    text = LATENCY.replace("LE", matcher).replace('{job="web"}', "")
    try:
        assert f"good={BOUNDS[matcher]}," in imported(text, tmp_path, capsys)
    except DefinitionErrors as errors:
        assert BOUNDS[matcher] in errors.errors[0].problem
        assert errors.errors[0].source == Source(f"{tmp_path.as_posix()}/slos.yaml", 13)


@pytest.mark.parametrize("word", ["True", "yes", "on", '"true"'])
def test_a_window_rolls_by_any_word_that_is_true_in_yaml(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    assert imported(
        FILE.replace("isRolling: true", f"isRolling: {word}"), tmp_path, capsys
    ) == imported(FILE, tmp_path, capsys)


def test_every_digit_of_an_objective_is_written_and_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (text,) = files(
        plan(tmp_path, RATIO.format("").replace("99.9", "99.99999999999999999"))
    ).values()
    assert text.endswith("targetPercent: 99.99999999999999999\n")
    assert 'objective="99.99999999999999999"' in imported(text, tmp_path, capsys)
    share = FILE.replace("0.999", "0.99999999999999999999999999")
    assert 'objective="99.999999999999999999999999"' in imported(share, tmp_path, capsys)


@pytest.mark.parametrize(
    ("kind", "name"), [("SLO", "checkout"), ("SLO", "Checkout"), ("SLI", "payments")]
)
def test_a_name_that_stands_for_two_things_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, name: str
) -> None:
    document = (
        f"---\napiVersion: openslo/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {{}}\n"
    )
    with pytest.raises(
        DefinitionErrors, match=f"{kind} {name.lower()} is at .*, and only one of them would count"
    ):
        imported(FILE + document + document, tmp_path, capsys)


def test_a_file_without_an_objective_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for text in (
        "",
        "# nothing\n---\n",
        "apiVersion: openslo/v1\nkind: Service\nmetadata: {name: shop}\n",
    ):
        with pytest.raises(DefinitionErrors, match="the file has no SLO, so it defines nothing"):
            imported(text, tmp_path, capsys)


NAMES = {
    "a metric's": FILE.replace("name: checkout", "name: payments-total", 1),
    "a metric's that comes later": (
        FILE.replace("name: checkout", "name: orders-total", 1)
        + "---\n"
        + FILE.replace("payments", "orders")
    ),
    "another objective's": (
        FILE.replace("name: checkout", "name: payments-total", 1)
        + "---\n"
        + FILE.replace("name: checkout", "name: slo-payments-total", 1)
    ),
    "pbmon's": FILE.replace("payments_total", "Slo").replace("class", "imported"),
    "Python's": FILE.replace("payments_total", "if").replace("name: checkout", "name: class", 1),
    "a histogram's part": (
        FILE.replace("payments_total", "pay_count")
        + "---\n"
        + LATENCY.replace("LE", 'job="web",le="1"').replace("name: checkout", "name: speed", 1)
    ),
}


@pytest.mark.parametrize("case", NAMES)
def test_what_is_printed_is_read_whatever_name_is_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    text = imported(NAMES[case], tmp_path, capsys, "nowhere")
    loaded = load(others(tmp_path, text))
    assert len(loaded.slos) == NAMES[case].count("kind: SLO")
    assert resolve(loaded).records


def test_the_count_of_a_defined_histogram_is_its_observations(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    observed = (
        'slo = Slo("sales", bad=latency.observations.where(path.is_("/a")),'
        ' total=latency.observations, objective="99")\n'
    )
    made = plan(tmp_path, observed)
    text = imported("".join(files(made).values()), tmp_path, capsys)
    (tmp_path / "definitions/shop.py").write_text(PROJECT, "utf-8")
    (tmp_path / "definitions/slos.py").write_text(text, "utf-8")
    assert rules(resolve(load(tmp_path / "definitions"))) == rules(made)


def test_every_mistake_of_a_file_is_told_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    later = FILE.replace("30d", "1M").replace("name: checkout", "name: orders", 1)
    twice = FILE.replace("Occurrences", "Timeslices") + "---\n" + later
    with pytest.raises(DefinitionErrors) as caught:
        imported(twice, tmp_path, capsys)
    assert len(caught.value.errors) == 2


UNFIT = {
    "another type": (
        "payments_total",
        "healthy",
        "healthy is a gauge, which the query does not fit",
    ),
    "an unknown label": ("payments_total", "requests_total", "requests_total has no label 'class'"),
    "the sum of a histogram": (
        "payments_total",
        "answer_seconds_sum",
        "answer_seconds_sum is a part of answer_seconds",
    ),
    "a recorded series": (
        "payments_total",
        "job:payments:rate5m",
        "job:payments:rate5m is recorded by a rule",
    ),
}


@pytest.mark.parametrize("case", UNFIT)
def test_a_query_that_contradicts_the_definitions_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    plan(tmp_path, "")
    old, new, problem = UNFIT[case]
    with pytest.raises(DefinitionErrors, match=problem):
        imported(FILE.replace(old, new), tmp_path, capsys)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        import_(tmp_path / "slos.yaml", tmp_path)


def test_the_command_prints_definitions_and_ends_with_2_where_it_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for text, code in ((FILE, 0), (FILE.replace("Occurrences", "Timeslices"), 2)):
        Path("slos.yaml").write_text(text, "utf-8")
        monkeypatch.setattr(sys, "argv", ["pbmon", "import", "openslo", "slos.yaml"])
        with pytest.raises(SystemExit) as ended:
            main()
        assert (ended.value.code or 0) == code
    printed = capsys.readouterr()
    assert printed.out.startswith('"""Objectives of slos.yaml."""')
    assert printed.err.startswith("slos.yaml:26: budgetingMethod Timeslices counts time slices")
