"""Fields that transformations name are held against those that the queries can give."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pbmon.artifact import Artifact
from pbmon.checks.dashboards.grafana.fields import fields_of, fields_queried
from pbmon.checks.dashboards.grafana.labels import labels_kept
from pbmon.checks.dashboards.grafana.transformations import fields_after
from pbmon.checks.dashboards.grafana.transformed import transformed_field_exists
from pbmon.checks.dashboards.parts import read_board
from pbmon.finding import Finding

Json = dict[str, Any]
BY_JOB = "sum by (job, env) (up)"


def target(expr: str, letter: str = "A", **more: Any) -> Json:
    source = {"type": "prometheus", "uid": "x"}
    return {"expr": expr, "refId": letter, "format": "table", "datasource": source, **more}


def found(*steps: Json, targets: tuple[Json, ...] = (target(BY_JOB),)) -> list[Finding]:
    panel = {"title": "P", "type": "table", "targets": targets, "transformations": steps}
    board = read_board(Artifact("by-hand.json", json.dumps({"panels": [panel]})))
    assert board is not None
    return list(transformed_field_exists(board))


def step(id: str, **options: Any) -> Json:
    return {"id": id, "options": options}


TWO = (target(BY_JOB), target("count by (job) (up)", "B"))
RENAMED = step("organize", renameByName={"job": "Job"})
GROUPED = step(
    "groupBy",
    fields={
        "job": {"operation": "groupby", "aggregations": []},
        "Value": {"operation": "aggregate", "aggregations": ["max"]},
    },
)

ABSENT: dict[str, tuple[tuple[Json, ...], str]] = {
    "kept column": (
        (step("filterFieldsByName", include={"names": ["job", "instance"]}),),
        "filterFieldsByName, names field 'instance', which its queries do not give, so that column"
        " is missing",
    ),
    "included column": ((step("organize", includeByName={"jobs": True}),), "'jobs'"),
    "renamed column": (
        (step("organize", renameByName={"Value #A": "Up"}),),
        "'Value #A', which its queries do not give, so no column is called 'Up'",
    ),
    "hidden columns": (
        (step("organize", excludeByName={"instance": True, "pod": True, "node": False}),),
        "fields 'instance', 'pod', which its queries do not give, so hiding it does nothing",
    ),
    "sorted column": ((step("sortBy", sort=[{"field": "instance"}]),), "'instance'"),
    "sorted by a name of before": ((RENAMED, step("sortBy", sort=[{"field": "job"}])), "'job'"),
    "grouped column": (
        (step("groupBy", fields={"pod": {"operation": "groupby"}}),),
        "'pod', which its queries do not give, so the rows are not grouped by it",
    ),
    "calculated column": (
        (GROUPED, step("organize", renameByName={"Value (mean)": "Mean"})),
        "'Value (mean)'",
    ),
    "lost in a group": ((GROUPED, step("sortBy", sort=[{"field": "env"}])), "'env'"),
    "side of a calculation": (
        (step("calculateField", mode="binary", alias="x", binary={"left": "Used", "right": "2"}),),
        "'Used', which its queries do not give, so the calculation gives no column",
    ),
    "matched side of a calculation": (
        (
            step(
                "calculateField",
                mode="binary",
                binary={"left": {"matcher": {"id": "byName", "options": "Used"}}},
            ),
        ),
        "'Used'",
    ),
    "column of a function": (
        (step("calculateField", mode="unary", unary={"fieldName": "Used"}),),
        "'Used'",
    ),
    "column of a window": (
        (step("calculateField", mode="windowFunctions", window={"field": "Used"}),),
        "'Used'",
    ),
    "columns of a sum": (
        (step("calculateField", reduce={"include": ["Value", "Used"]}),),
        "'Used'",
    ),
    "joined column": ((step("joinByField", byField="instance"),), "'instance'"),
    "formatted time": ((step("formatTime", timeField="Date"),), "'Date'"),
    "formatted text": ((step("formatString", stringField="pod"),), "'pod'"),
    "converted column": ((step("convertFieldType", conversions=[{"targetField": "x"}]),), "'x'"),
    "filtered value": ((step("filterByValue", filters=[{"fieldName": "Up"}]),), "'Up'"),
    "row of a matrix": ((step("groupingToMatrix", rowField="pod"),), "'pod'"),
    "dropped before": (
        (
            step("filterFieldsByName", include={"names": ["job"]}),
            step("organize", renameByName={"env": "Environment"}),
        ),
        "'env'",
    ),
    "reduced before": (
        (step("reduce", reducers=["max"]), step("sortBy", sort=[{"field": "job"}])),
        "'job'",
    ),
}


@pytest.mark.parametrize(("steps", "what"), ABSENT.values(), ids=ABSENT.keys())
def test_a_field_that_the_queries_do_not_give_is_found(steps: tuple[Json, ...], what: str) -> None:
    (finding,) = found(*steps)
    assert finding.check == "transformed-field-exists"
    assert what in finding.problem


@pytest.mark.parametrize(
    "steps",
    [
        (step("filterFieldsByName", include={"names": ["Time", "job", "env", "Value"]}),),
        (RENAMED, step("sortBy", sort=[{"field": "Job"}])),
        (RENAMED, step("filterFieldsByName", include={"names": ["job"]})),
        (GROUPED, step("sortBy", sort=[{"field": "Value (max)"}])),
        (step("reduce", reducers=["lastNotNull"]), step("sortBy", sort=[{"field": "Last *"}])),
        (step("reduce", reducers=["max"], mode="reduceFields"), RENAMED),
        (step("calculateField", alias="x"), step("sortBy", sort=[{"field": "x"}])),
        (step("calculateField", mode="binary", binary={"left": "5", "right": {"fixed": "2"}}),),
        (step("filterFieldsByName", include={"names": ["$label"]}),),
        (step("organize", excludeByName={"instance": False}, renameByName={"pod": ""}),),
        (step("organize", indexByName={"instance": 3}),),
        ({**step("sortBy", sort=[{"field": "pod"}]), "disabled": True},),
        ({**step("sortBy", sort=[{"field": "pod"}]), "topic": "annotations"},),
        (step("extractFields", source="job"), step("sortBy", sort=[{"field": "team"}])),
        (
            step("renameByRegex", regex="(.*)", renamePattern="x"),
            step("sortBy", sort=[{"field": "x"}]),
        ),
    ],
    ids=lambda steps: json.dumps(steps)[:60],
)
def test_a_field_that_can_be_there_is_not_found(steps: tuple[Json, ...]) -> None:
    assert found(*steps) == []


def test_each_of_several_queries_has_a_value_of_its_own() -> None:
    (finding,) = found(step("merge"), step("sortBy", sort=[{"field": "Value"}]), targets=TWO)
    assert finding.help == ("near it: Value #B; there can be Time, Value #A, Value #B, env, job")


def test_joined_fields_of_one_name_are_shown_with_numbers() -> None:
    joined = step("joinByField", byField="job")
    named = step("organize", renameByName={"Time 2": "b", "env 1": "e", "Value #B": "Value"})
    assert found(joined, named, targets=TWO) == []
    assert [one.level for one in found(named, targets=TWO)] == ["error", "error"]


def test_a_hidden_query_gives_no_fields() -> None:
    hidden = (target(BY_JOB), target("count by (pod) (up)", "B", hide=True))
    assert found(step("sortBy", sort=[{"field": "Value"}]), targets=hidden) == []
    assert found(step("sortBy", sort=[{"field": "pod"}]), targets=hidden)


def test_a_step_for_some_of_the_queries_leaves_the_fields_of_the_others() -> None:
    some = {**step("filterFieldsByName", include={"names": ["job"]})}
    some["filter"] = {"id": "byRefId", "options": "B"}
    assert found(some, step("sortBy", sort=[{"field": "env"}]), targets=TWO) == []


@pytest.mark.parametrize(
    "targets",
    [
        (target("up"),),
        (target(BY_JOB, format="time_series"),),
        (target("sum by ($labels) (up)"),),
        (target("sum by (job) (up{"),),
        (target(BY_JOB), target("count by (job) (up)")),
        (target(BY_JOB, datasource={"type": "loki"}),),
        (target(BY_JOB), {"refId": "B", "type": "math", "expression": "$A * 2"}),
        (),
    ],
    ids=lambda targets: json.dumps(targets)[:60],
)
def test_where_the_fields_are_not_known_nothing_is_found(targets: tuple[Json, ...]) -> None:
    assert found(step("sortBy", sort=[{"field": "instance"}]), targets=targets) == []
    assert fields_queried({"targets": list(targets)}, {}) is None


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("up", None),
        ("sum(up)", ""),
        ("sum by (a, b) (up)", "a b"),
        ("sum by (a) (sum by (a, b) (up))", "a"),
        ("sum by (c) (sum by (a, b) (up))", ""),
        ("sum without (a) (sum by (a, b) (up))", "b"),
        ("sum without (a) (up)", None),
        ("topk(5, sum by (a) (up))", "a"),
        ('count_values("v", sum by (a) (up))', "v"),
        ('count_values by (a) ("v", up)', "a v"),
        ("histogram_quantile(0.9, sum by (a, le) (rate(x_bucket[5m])))", "a"),
        ("round(sum by (a) (up), 5)", "a"),
        ("clamp_max(sum by (a) (up), scalar(sum(up)))", "a"),
        ("quantile_over_time(0.5, sum by (a) (up)[1h:5m])", "a"),
        ('label_replace(sum by (a) (up), "b", "$1", "a", "(.*)")', "a b"),
        ("vector(1)", ""),
        ("time() - sum by (a) (up)", "a"),
        ("-sum by (a) (up) * 100 > 5", "a"),
        ("sum by (a) (up) / on (b) up", ""),
        ("up / on (b) up", "b"),
        ("sum by (a) (up) * on (a) group_left (c) up", "a c"),
        ("up * on (a) group_right (c) sum by (a) (up)", "a c"),
        ("sum by (a, b) (up) / ignoring (b) sum by (a) (up)", "a"),
        ("sum by (a) (up) or sum by (b) (up)", "a b"),
        ("sum by (a) (up) or up", None),
        ("sum by (a) (up) and up", "a"),
        ("sum by (a) (up) unless on (b) up", "a"),
        ("absent(up)", None),
        ("info(up)", None),
        ("sum by (a) (", None),
    ],
)
def test_labels_are_those_that_the_query_can_keep(query: str, labels: str | None) -> None:
    assert labels_kept(query) == (None if labels is None else frozenset(labels.split()))


def test_a_transformation_that_is_not_known_can_make_any_field() -> None:
    assert fields_after("somethingNew", {}, fields_of(["a"])) is None


def test_a_transformation_before_an_unknown_field_keeps_what_a_merge_forgets() -> None:
    merged = fields_after("merge", {}, fields_of(["a"]))
    assert merged is not None and merged.has("a") and not merged.has("b")
