"""Records that are missing, late, unread or there twice are told."""

from __future__ import annotations

from pathlib import Path

from audited_files import alert, dashboard, look, of, panel, problems, rules

RECORD = {"record": "job:orders:rate5m", "expr": "sum by (job) (rate(orders_total[5m]))"}
READER = alert("job:orders:rate5m == 0")


def test_a_record_below_its_reader_is_told(tmp_path: Path) -> None:
    report = look(tmp_path, {"a.yml": rules(READER, RECORD)})
    (problem,) = problems(report, "record-precedes-its-readers")
    assert "job:orders:rate5m" in problem
    assert look(tmp_path, {"a.yml": rules(RECORD, READER)}).findings == ()


def test_a_record_that_nobody_records_is_told(tmp_path: Path) -> None:
    (finding,) = look(tmp_path, {"a.yml": rules(READER)}).findings
    assert (finding.check, finding.level) == ("record-is-recorded", "warning")


def test_dashboards_alone_say_nothing_of_records(tmp_path: Path) -> None:
    assert look(tmp_path, {"a.json": dashboard(panel("job:orders:rate5m"))}).findings == ()


def test_a_record_that_nobody_reads_is_a_note_where_dashboards_are_known(tmp_path: Path) -> None:
    files = {"a.yml": rules(RECORD)}
    assert look(tmp_path, files).findings == ()
    files["a.json"] = dashboard(panel("up"))
    (finding,) = look(tmp_path, files).findings
    assert (finding.check, finding.level) == ("record-is-read", "note")


def test_a_record_that_a_query_reads_by_a_pattern_is_read(tmp_path: Path) -> None:
    files = {"a.yml": rules(RECORD), "a.json": dashboard(panel('{__name__=~"job:.*"}'))}
    assert of(look(tmp_path, files), "record-is-read") == []


def test_a_rule_that_is_written_twice_is_told(tmp_path: Path) -> None:
    twice = {**READER, "expr": "job:orders:rate5m  ==  0"}
    report = look(tmp_path, {"a.yml": rules(RECORD, READER, twice)})
    assert len(of(report, "rule-is-written-once")) == 1
    other = {**READER, "labels": {"severity": "page"}}
    assert look(tmp_path, {"a.yml": rules(RECORD, READER, other)}).findings == ()


def test_a_record_of_what_is_not_exposed_is_empty_for_its_readers(tmp_path: Path) -> None:
    files = {"a.yml": rules(RECORD), "a.json": dashboard(panel("job:orders:rate5m"))}
    report = look(tmp_path, files, ("orders 1\n",))
    assert report.total.answered == 0
    assert [f.source.path.endswith(".yml") for f in of(report, "series-exists")] == [False, True]
