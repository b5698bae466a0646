"""What is read of an OpenSLO file, and what is said of one that cannot be read."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pbmon.catalog.catalog import load
from pbmon.cli import main
from pbmon.cli.import_ import import_
from pbmon.errors import DefinitionErrors, UsageError
from pbmon.plan.plan import resolve
from pbmon.source import Source
from slo.openslo_files import FILE, files, imported, others, rules
from slo.openslo_refused import REFUSED
from slo.shop import PROJECT, RATIO, plan


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
    'le=~"1e[+]0?10"': "pay.at_most(10000000000)",
    'le=~"1[.]5e[+]0?11"': "pay.at_most(150000000000)",
    'le=~"1e[+]?10"': "the queries pick a bucket",
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
        import_("openslo", tmp_path / "slos.yaml", tmp_path)


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
