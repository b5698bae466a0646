"""Labels know their values, and matchers select what they say."""

from __future__ import annotations

import subprocess
from itertools import permutations
from pathlib import Path
from time import process_time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pbmon import Counter, Gauge, Label
from pbmon.conventions import check_record_name
from pbmon.errors import DefinitionError
from pbmon.expr.text import promql
from pbmon.labels import listed, names, re2_quote
from pbmon.patterns import compiled
from pbmon.source import Source

CLOSED = Label("room", "Room.", values=("kitchen", "hall"))
SOURCE = Source("x.py", 1)


def said(raised: pytest.ExceptionInfo[DefinitionError]) -> str:
    return f"{raised.value.problem} / {raised.value.help}"


@pytest.mark.parametrize(
    ("label", "domain", "size"),
    [
        (CLOSED, ("kitchen", "hall"), 2),
        (Label("room", "R.", values=("kitchen",), other="else"), ("kitchen", "else"), 2),
        (Label("room", "R.", values=("kitchen", "else"), other="else"), ("kitchen", "else"), 2),
        (Label("room", "R.", values=("a", "b", "c"), max_values=2), ("a", "b", "c"), 2),
        (Label("room", "R.", max_values=5), (), 5),
        (Label("room", "R.", max_values=5, other="else"), (), 6),
    ],
)
def test_a_label_knows_its_values_and_how_many_to_expect(
    label: Label, domain: tuple[str, ...], size: int
) -> None:
    assert (label.domain, label.size) == (domain, size)


def test_values_given_as_one_text_are_a_mistake_and_not_letters() -> None:
    with pytest.raises(DefinitionError) as raised:
        Label("room", "Room.", values="hall")
    assert said(raised) == (
        "values of Label 'room' is the text 'hall', where a list of texts belongs / put it into a"
        " list: values=['hall']"
    )


def test_the_other_of_an_open_label_is_a_value_like_any_other() -> None:
    route = Label("route", "Route.", max_values=20, other="<unmatched>")
    assert route.is_("<unmatched>").value == "<unmatched>"
    assert route.is_in("/", "<unmatched>").value == "/|<unmatched>"
    assert (route.domain, route.size) == ((), 21)
    closed = Label("status", "Status.", values=("200", "500"), max_values=1, other="none")
    assert closed.is_("none").value == "none"
    assert (closed.domain, closed.size) == (("200", "500", "none"), 1)


def test_is_in_without_a_value_is_a_mistake_for_it_would_ask_for_series_without_the_label() -> None:
    with pytest.raises(DefinitionError) as raised:
        CLOSED.is_in()
    assert (
        said(raised)
        == "is_in() of label 'room' has no value, so it finds nothing / name at least one"
    )


@pytest.mark.parametrize("value", ["Hall", "hall ", "hall|kitchen", "h.*"])
def test_a_value_outside_a_closed_set_is_a_mistake_in_every_exact_matcher(value: str) -> None:
    for matcher in (CLOSED.is_, CLOSED.is_not, CLOSED.is_in):
        with pytest.raises(DefinitionError) as raised:
            matcher(value)
        assert said(raised) == f"label 'room' has no value {value!r} / it has 'kitchen', 'hall'"


@pytest.mark.parametrize("pattern", ["ha", "all", "HALL", "", "(kitchen)x"])
def test_a_pattern_that_matches_no_whole_value_is_a_mistake(pattern: str) -> None:
    for matcher in (CLOSED.matches, CLOSED.not_matches):
        with pytest.raises(DefinitionError, match="no value of label 'room' matches"):
            matcher(pattern)


def test_a_broken_pattern_is_a_mistake_of_open_labels_too() -> None:
    with pytest.raises(DefinitionError, match="is not a regular expression"):
        Label("room", "R.", max_values=5).matches("(")


@pytest.mark.parametrize("pattern", ["(?!hall).*", r"(a)\1", "(?<=a)b", "a{1001}", r"\Z"])
def test_what_python_reads_and_prometheus_does_not_is_a_mistake(pattern: str) -> None:
    with pytest.raises(DefinitionError, match="is not a regular expression"):
        CLOSED.matches(pattern)


@pytest.mark.parametrize("pattern", ["[[:alpha:]]+", r"\pL+", r"(?i)HALL", "(?U)h.*"])
def test_a_pattern_matches_what_prometheus_says_it_matches(pattern: str) -> None:
    assert CLOSED.matches(pattern).value == pattern


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*$", "(.*)*c", "(a?){40}a{40}"])
def test_no_pattern_takes_longer_than_its_text_is_long(pattern: str) -> None:
    label = Label("long", "Long.", values=("a" * 50_000 + "b",))
    begin = process_time()
    with pytest.raises(DefinitionError, match="no value of label 'long' matches"):
        label.matches(pattern)
    assert process_time() - begin < 5


def test_a_long_list_of_values_is_cut_in_messages() -> None:
    label = Label("n", "N.", values=tuple(map(str, range(20))))
    with pytest.raises(DefinitionError) as raised:
        label.is_("x")
    assert raised.value.help.endswith("'10', '11' and 8 more")


@given(st.text(), st.text())
def test_a_quoted_value_matches_itself_and_nothing_else(value: str, other: str) -> None:
    pattern = compiled(re2_quote(value))
    assert pattern.fullmatch(value)
    assert (pattern.fullmatch(other) is not None) == (value == other)


def test_prometheus_compiles_every_quoted_value(promtools: Path, tmp_path: Path) -> None:
    values = [chr(code) for code in (*range(1, 0x180), 0x2028, 0xFFFD, 0x1F600)] + [
        "a.b",
        "(?i)x",
        "[[:alpha:]]",
        "\\Qx\\E",
    ]
    gauge = Gauge("doors", "D.", labels=[label := Label("x", "X.", max_values=5, other="o")])
    rules = [
        {"record": f"a:{number}", "expr": promql(gauge.where(label.is_in(value, "b")).node)}
        for number, value in enumerate(values)
    ]
    (tmp_path / "r.yml").write_text(yaml.safe_dump({"groups": [{"name": "g", "rules": rules}]}))
    ran = subprocess.run(
        [promtools, "check", "rules", tmp_path / "r.yml"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_two_labels_are_equal_where_their_values_are_wherever_they_are_written() -> None:
    assert (
        Label("a", "A.", max_values=1)
        == Label("a", "A.", max_values=1)
        != Label("a", "A.", max_values=2)
    )


def test_another_label_of_the_same_name_does_not_select() -> None:
    visits = Counter("visits_total", "V.", labels=[CLOSED])
    with pytest.raises(
        DefinitionError, match="visits_total has another label 'room' than the one matched here"
    ):
        visits.where(Label("room", "Room.", values=("hall",)).is_("hall"))


def test_names_are_sorted_in_lists_and_messages() -> None:
    labels = [Label(name, "L.", max_values=1) for name in ("b", "a", "c")]
    assert names(labels) == ("a", "b", "c") and listed(labels) == "a, b, c" and listed([]) == "none"


LABEL_NAMES = ("job", "instance", "task", "task_type", "type", "le")


@given(
    st.sets(st.sampled_from(LABEL_NAMES), min_size=1).flatmap(
        lambda chosen: st.permutations(sorted(chosen))
    )
)
def test_a_level_may_name_the_labels_in_any_order(order: list[str]) -> None:
    check_record_name(f"{'_'.join(order)}:x:rate5m", tuple(sorted(order)), SOURCE)


@given(st.sets(st.sampled_from(LABEL_NAMES)), st.sets(st.sampled_from(LABEL_NAMES), min_size=1))
def test_a_level_of_other_labels_is_a_mistake(kept: set[str], said: set[str]) -> None:
    spelled = {"_".join(order) for order in permutations(kept)} | {
        "_".join(order) for order in permutations(kept - {"job"}) if "instance" in kept
    }
    level = "_".join(sorted(said))
    if level in spelled:
        check_record_name(f"{level}:x:rate5m", tuple(sorted(kept)), SOURCE)
    else:
        with pytest.raises(DefinitionError, match="says its level is"):
            check_record_name(f"{level}:x:rate5m", tuple(sorted(kept)), SOURCE)


def test_instance_implies_job_in_a_level_and_no_label_is_an_empty_one() -> None:
    check_record_name("instance:x:rate5m", ("instance", "job"), SOURCE)
    check_record_name(":x:rate5m", (), SOURCE)
    with pytest.raises(DefinitionError):
        check_record_name("job:x:rate5m", ("instance", "job"), SOURCE)
