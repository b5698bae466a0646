"""What is said to fit a schema at once, jsonschema lets pass too."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pbmon.checks.dashboards import schema as dashboards
from pbmon.checks.dashboards.parts import panels_and_rows
from pbmon.json_schema import fitting

BOARDS = sorted(
    (Path(__file__).parent.parent / "build/monitoring/grafana-dashboards").glob("*.json")
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["", "a", "A"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=8,
)
KINDS = st.sampled_from(["array", "boolean", "integer", "null", "number", "object", "string"])
WORDS = st.fixed_dictionaries(
    {},
    optional={
        "type": KINDS | st.lists(KINDS, min_size=1, max_size=3),
        "const": SCALARS,
        "enum": st.lists(SCALARS, min_size=1, max_size=3),
        "pattern": st.sampled_from(["^a", "[A-Z]", "^$"]),
        "minLength": st.integers(0, 2),
        "minimum": st.integers(-2, 2),
        "maximum": st.integers(-2, 2),
        "minItems": st.integers(0, 2),
        "uniqueItems": st.just(True),
        "required": st.lists(st.sampled_from("abc"), max_size=2, unique=True),
        "minProperties": st.integers(0, 2),
        "maxItems": st.integers(0, 2),  # a word that is not known
    },
)
SCHEMAS = st.recursive(
    WORDS,
    lambda inner: st.tuples(
        WORDS,
        st.fixed_dictionaries(
            {},
            optional={
                "items": inner,
                "properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
                "additionalProperties": inner | st.just(False),
                "propertyNames": inner,
                "anyOf": st.lists(inner, min_size=1, max_size=2),
            },
        ),
    ).map(lambda pair: pair[0] | pair[1]),
    max_leaves=5,
)


@given(SCHEMAS, VALUES)
def test_nothing_fits_that_jsonschema_finds_fault_with(schema: dict[str, Any], value: Any) -> None:
    if fitting(schema)(value):
        assert Draft202012Validator(schema).is_valid(value)


@pytest.mark.parametrize("file", BOARDS, ids=lambda file: file.stem)
def test_rendered_dashboards_fit_at_once(file: Path) -> None:
    board = json.loads(file.read_text())
    assert dashboards._fits("dashboard.json")(board)
    for panel in panels_and_rows(board):
        row = panel["type"] == "row"
        schema = "dashboard.json#/$defs/row" if row else f"panel-{panel['type']}.json"
        assert dashboards._fits(schema)(panel), panel["title"]


def test_an_overlay_fits_at_once() -> None:
    schema = json.loads(files("pbmon.catalog").joinpath("environment.schema.json").read_text())
    assert fitting(schema)({"external_labels": {"environment": "development"}})
    assert not fitting(schema)({"external_label": {}})
