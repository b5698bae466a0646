"""Files of others are known by what they hold, every part with its line, in bounded time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from audited_files import alert, dashboard, look, of, panel, problems, rules
from hypothesis import given
from hypothesis import strategies as st
from pbmon.audit import documents, yaml_reading
from pbmon.audit.documents import documents_of, read
from pbmon.audit.json_lines import JsonLines
from pbmon.audit.recognition import parts
from pbmon.audit.yaml_reading import Unreadable

GROUPS = "groups:\n- name: shop\n  rules:\n  - alert: Down\n    expr: up == 0\n"
BOARD = dashboard(panel("up"))


def indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.splitlines())


RULE_FILES = {
    "of Prometheus": GROUPS,
    "of Mimir": f"namespace: shop\n{GROUPS}",
    "of Thanos": GROUPS.replace("  rules:", "  partial_response_strategy: warn\n  rules:"),
    "by namespace": f"shop.yml:\n{indented(GROUPS.partition(chr(10))[2], 2)}",
    "an object": f"kind: PrometheusRule\nspec:\n{indented(GROUPS, 2)}",
    "a list": f"kind: List\nitems:\n- kind: PrometheusRule\n  spec:\n{indented(GROUPS, 4)}",
    "behind another document": f"kind: Service\n---\n{GROUPS}",
    "in a ConfigMap": f"kind: ConfigMap\ndata:\n  shop.yml: |\n{indented(GROUPS, 4)}",
    "as JSON": rules(alert("up == 0", alert="Down")),
}


@pytest.mark.parametrize("text", RULE_FILES.values(), ids=RULE_FILES)
def test_a_rule_is_found_in_every_kind_of_file(text: str, tmp_path: Path) -> None:
    report = look(tmp_path, {"shop.yml": text})
    assert report.total.alerts == report.total.proven == 1
    assert report.findings == ()


BOARDS = {
    "plain": BOARD,
    "with inputs": dashboard(
        panel("up", datasource="${DS}"),
        __inputs=[{"name": "DS", "type": "datasource", "pluginId": "prometheus"}],
    ),
    "as the API gives it": json.dumps({"dashboard": json.loads(BOARD), "meta": {}}),
    "as a resource": json.dumps(
        {"apiVersion": "dashboard.grafana.app/v1", "kind": "Dashboard", "spec": json.loads(BOARD)}
    ),
    "in rows": dashboard(rows=[{"panels": [panel("up")]}]),
    "in a row": dashboard({"type": "row", "panels": [panel("up")]}),
}
IN_YAML = {
    "in a ConfigMap": f"kind: ConfigMap\ndata:\n  shop.json: |\n{indented(BOARD, 4)}",
    "of the operator": f"kind: GrafanaDashboard\nspec:\n  json: |\n{indented(BOARD, 4)}",
    "in a quoted text": f"kind: ConfigMap\ndata:\n  shop.json: {json.dumps(BOARD)}\n",
}
V2 = {
    "apiVersion": "dashboard.grafana.app/v2",
    "kind": "Dashboard",
    "spec": {
        "title": "Shop",
        "layout": {},
        "variables": [{"kind": "QueryVariable", "spec": {"name": "job"}}],
        "elements": {
            "panel-1": {
                "kind": "Panel",
                "spec": {
                    "title": "Orders",
                    "data": {
                        "kind": "QueryGroup",
                        "spec": {
                            "queries": [
                                {
                                    "kind": "PanelQuery",
                                    "spec": {
                                        "refId": "A",
                                        "query": {
                                            "kind": "DataQuery",
                                            "group": "prometheus",
                                            "spec": {"expr": "rate(orders_total{job=$x}[5m]"},
                                        },
                                    },
                                }
                            ]
                        },
                    },
                    "vizConfig": {"kind": "VizConfig", "group": "timeseries", "spec": {}},
                },
            }
        },
    },
}


@pytest.mark.parametrize("text", BOARDS.values(), ids=BOARDS)
def test_a_query_is_found_in_every_kind_of_dashboard(text: str, tmp_path: Path) -> None:
    assert look(tmp_path, {"shop.json": text}).total.queries == 1


@pytest.mark.parametrize("text", IN_YAML.values(), ids=IN_YAML)
def test_a_dashboard_is_found_in_yaml(text: str, tmp_path: Path) -> None:
    assert look(tmp_path, {"shop.yaml": text}).total.queries == 1


def test_a_dashboard_of_the_second_schema_is_read_with_its_lines(tmp_path: Path) -> None:
    text = json.dumps(V2, indent=1)
    report = look(tmp_path, {"shop.json": text})
    (finding,) = of(report, "dashboard-variables-are-defined")
    assert finding.source.line == 1 + text[: text.index('"expr"')].count("\n")
    assert finding.help == "it defines job"


def test_a_line_in_a_block_is_that_of_the_file(tmp_path: Path) -> None:
    text = "# first\n" + IN_YAML["in a ConfigMap"].replace('"up"', '"up{"')
    (finding,) = of(look(tmp_path, {"shop.yaml": text}), "expression-parses")
    assert text.splitlines()[finding.source.line - 1].strip() == '"expr": "up{"'


def test_an_expression_of_several_lines_is_blamed_at_the_wrong_one(tmp_path: Path) -> None:
    text = (
        "groups:\n- name: a\n  rules:\n  - alert: A\n    expr: |\n      up\n      ==\n      == 1\n"
    )
    (finding,) = of(look(tmp_path, {"a.yml": text}), "expression-parses")
    assert finding.source.line == 8


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=15,
    ),
    st.integers(0, 3),
)
def test_the_line_of_every_part_of_json_is_where_it_stands(value: Any, indent: int) -> None:
    text = json.dumps(value, indent=indent or None, ensure_ascii=indent == 1)
    lines = JsonLines(text, 10)

    def check(place: tuple[str | int, ...], part: Any) -> None:
        line = text.split("\n")[lines.line(place) - 10]
        begin = json.dumps(part, ensure_ascii=indent == 1)[:1]
        assert begin in line
        if isinstance(part, dict):
            for key, inner in part.items():
                check((*place, key), inner)
        if isinstance(part, list):
            for number, inner in enumerate(part):
                check((*place, number), inner)

    check((), value)


@given(
    st.recursive(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab"), inner),
        max_leaves=12,
    )
)
def test_yaml_is_read_as_pyyaml_reads_it(value: Any) -> None:
    text = yaml.safe_dump(value)
    (read_here,) = yaml_reading.documents(text)
    plain = yaml.load(text, yaml.BaseLoader)

    def without_null(part: Any) -> Any:
        if isinstance(part, dict):
            return {name: without_null(inner) for name, inner in part.items()}
        if isinstance(part, list):
            return [without_null(inner) for inner in part]
        return part

    assert read_here == without_null(plain)


def test_keys_are_merged_and_aliases_followed() -> None:
    text = "a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\nc: *a\n"
    (data,) = yaml_reading.documents(text)
    assert data["b"] == {"x": "1", "y": "3"} and data["c"] == {"x": "1", "y": "2"}


FAULTS = {
    "a colon is missing": ("groups:\n- name: a\n  x\n   y: 1\n", 3),
    "a bracket is open": ("groups: [\n", 2),
    "an alias of itself": ("a: &a {b: *a}\n", 1),
    "an unknown alias": ("a: 1\nb: *c\n", 2),
    "a control character": ("groups:\n- name: \x07\n", 2),
}


@pytest.mark.parametrize(("text", "line"), FAULTS.values(), ids=FAULTS)
def test_what_is_no_yaml_has_its_line(text: str, line: int, tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(text)
    with pytest.raises(Unreadable) as unreadable:
        list(read(tmp_path / "a.yml", "a.yml"))
    assert unreadable.value.line == line


def test_aliases_are_counted_as_what_they_stand_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_reading, "MOST_VALUES", 1_000)
    bomb = "a: &a [1, 1, 1, 1]\n"
    for name, below in ("ba", "cb", "dc", "ed", "fe"):
        bomb += f"{name}: &{name} [*{below}, *{below}, *{below}, *{below}]\n"
    with pytest.raises(Unreadable, match="more than 1,000 values"):
        list(yaml_reading.documents(bomb))


@pytest.mark.parametrize("name", ["a.yml", "a.json"])
def test_a_large_file_is_refused_before_it_is_read(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MOST_BYTES", 1_000)
    (tmp_path / name).write_text("x" * 2_000)
    with pytest.raises(Unreadable, match="MiB"):
        list(read(tmp_path / name, name))


@pytest.mark.parametrize("content", [b"a: \0", b"a: \xff", b"{" * 100_000, b"[" * 100_000])
def test_what_is_no_text_or_nests_without_end_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_bytes(content)
    with pytest.raises(Unreadable):
        list(read(tmp_path / "a.yml", "a.yml"))


def test_files_that_have_nothing_to_do_with_monitoring_are_left_alone(tmp_path: Path) -> None:
    report = look(
        tmp_path,
        {
            "package.json": '{"name": "shop"}',
            "values.yaml": "a: 1\n",
            "chart.yaml": "{{ if }}\n",
            "shop.yml": GROUPS,
        },
    )
    assert report.findings == () and len(report.others) == 3


OTHERS = {
    "tests of rules": "rule_files: [a.yml]\ntests: []\n",
    "of Promtail": "clients: [{url: x}]\nscrape_configs: [{job_name: a}]\n",
    "of Compose": "services: {prometheus: {image: x}}\n",
    "a chart's values": "groups: 5\nroute: 7\npanels: []\n",
}


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_what_has_words_of_prometheus_alone_is_not_its_configuration(
    text: str, tmp_path: Path
) -> None:
    report = look(tmp_path, {"a.yml": text, "b.yml": GROUPS})
    assert report.findings == () and len(report.others) == 1


def test_templating_that_helm_has_not_filled_in_is_told(tmp_path: Path) -> None:
    text = "groups:\n{{- range .Values.groups }}\n- name: x\n{{- end }}\n"
    (finding,) = of(look(tmp_path, {"a.yaml": text}), "file-can-be-read")
    assert "helm template" in finding.help


@given(
    st.recursive(
        st.integers() | st.text() | st.none(),
        lambda x: (
            st.lists(x)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "panels",
                        "targets",
                        "expr",
                        "title",
                        "schemaVersion",
                        "groups",
                        "rules",
                        "name",
                        "alert",
                        "spec",
                        "kind",
                        "elements",
                        "layout",
                        "templating",
                        "list",
                        "route",
                        "receivers",
                        "scrape_configs",
                        "datasource",
                        "query",
                        "rows",
                        "type",
                        "routes",
                        "matchers",
                    ]
                ),
                x,
                max_size=8,
            )
        ),
    )
)
def test_nothing_in_a_document_crashes_its_recognition(value: Any) -> None:
    from pbmon.audit.files import Contents, _add

    for document in documents_of(json.dumps([value]), "a.json"):
        for part in parts(document):
            _add(part, Contents())


REFUSED = {
    "no name": ({"expr": "up"}, "neither an alert nor a record"),
    "two names": ({"alert": "A", "record": "b", "expr": "up"}, "both an alert and a record"),
    "no expression": ({"alert": "A"}, "A has no expression"),
    "no duration": ({"alert": "A", "expr": "up", "for": "5 minutes"}, "no duration"),
    "no template": (alert("up", annotations={"a": "{{ $value "}), "no template"),
}


@pytest.mark.parametrize(("rule", "why"), REFUSED.values(), ids=REFUSED)
def test_what_prometheus_does_not_load_is_told(rule: Any, why: str, tmp_path: Path) -> None:
    report = look(tmp_path, {"a.yml": rules(rule, alert("up == 0", alert="Other"))})
    (problem,) = problems(report, "rule-file-loads")
    assert why in problem
    assert report.total.firing == 0, "a file is loaded as a whole"


def test_a_group_that_is_there_twice_is_told(tmp_path: Path) -> None:
    text = GROUPS + GROUPS.partition("\n")[2]
    (problem,) = problems(look(tmp_path, {"a.yml": text}), "rule-file-loads")
    assert "'shop' stands here a second time" in problem
