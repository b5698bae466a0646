"""One row a series, newest value: Grafana's `table`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Unpack

from pbmon.arguments import checked
from pbmon.errors import DefinitionError
from pbmon.expr.vector import Vector
from pbmon.labels import Label, names
from pbmon.model.panels import Chart, ChartArguments
from pbmon.model.query import Query
from pbmon.model.standard_options import Mappings, checked_mappings
from pbmon.panels import parts, schema
from pbmon.panels.kind import Json, Kind, PlannedPanel, at_once, letters

_COLOURED = {
    "id": "custom.cellOptions",
    "value": {"mode": "basic", "type": "color-background"},
}


@checked
class Table(Chart):
    """One row a series, newest value.

    columns: label or "Value" → heading, in the order shown; of several queries the values are
    "Value #A", "Value #B" … . mappings: value → (text, colour).
    """

    def __init__(
        self,
        title: str,
        *queries: Vector | Query,
        columns: Mapping[Label | str, str] | None = None,
        mappings: Mappings | None = None,
        **arguments: Unpack[ChartArguments],
    ) -> None:
        super().__init__(title, queries, arguments)
        self.columns = {
            column.name if isinstance(column, Label) else column: heading
            for column, heading in (columns or {}).items()
        }
        self.mappings = checked_mappings(self, mappings)
        labels = {name for query in self.queries for name in names(query.expr.label_set)}
        for column in self.columns:
            if column not in labels and column not in self.values:
                raise DefinitionError(
                    self.source,
                    f"panel {title!r} shows column {column!r}, which its queries do not keep",
                    f"they keep {', '.join([*sorted(labels), *self.values])}",
                )

    @property
    def values(self) -> tuple[str, ...]:
        """What Grafana calls the columns of numbers."""
        if len(self.queries) == 1:
            return ("Value",)
        return tuple(f"Value #{letter}" for letter, _ in zip(letters(), self.queries, strict=False))


def _options(panel: PlannedPanel[Table]) -> Json:
    table = panel.definition
    headings = [
        heading or column for column, heading in table.columns.items() if column in table.values
    ]
    return {
        "cellHeight": "sm",
        "showHeader": True,
        "sortBy": [{"desc": True, "displayName": headings[0]}] if headings else [],
    }


def _field_config(panel: PlannedPanel[Table]) -> Json:
    table = panel.definition
    config = parts.field_config(
        panel,
        color=parts.BY_VALUE,
        custom={"align": "auto", "cellOptions": {"type": "auto"}, "inspect": False},
        mappings=table.mappings,
        # only numbers: columns of labels stay plain
        overridden=(
            [{"matcher": {"id": "byType", "options": "number"}, "properties": [_COLOURED]}]
            if panel.thresholds or table.mappings
            else []
        ),
    )
    authored = config["overrides"][-len(table.overrides) :] if table.overrides else []
    for override, rendered in zip(table.overrides, authored, strict=True):
        if override.thresholds or override.mappings:
            rendered["properties"].append(_COLOURED)
    return config


def _transformations(panel: PlannedPanel[Table]) -> list[Json]:
    columns = panel.definition.columns
    steps: list[Json] = [{"id": "merge", "options": {}}] if len(panel.targets) > 1 else []
    if not columns:
        return [*steps, {"id": "organize", "options": {"excludeByName": {"Time": True}}}]
    order = {
        "excludeByName": {},
        "indexByName": {name: index for index, name in enumerate(columns)},
        "renameByName": columns,
    }
    # without this, organize would show every label that it does not name
    return [
        *steps,
        {"id": "filterFieldsByName", "options": {"include": {"names": list(columns)}}},
        {"id": "organize", "options": order},
    ]


TABLE = Kind(
    definition=Table,
    type="table",
    options=_options,
    field_config=_field_config,
    transformations=_transformations,
    instant=at_once,
    format="table",
    schema=schema.with_values(
        "table",
        options=schema.fields(
            {
                "cellHeight": {"enum": ["sm", "md", "lg"]},
                "showHeader": schema.BOOLEAN,
                "sortBy": {
                    "type": "array",
                    "items": schema.fields(
                        {"desc": schema.BOOLEAN, "displayName": {**schema.TEXT, "minLength": 1}},
                        ["displayName"],
                    ),
                },
            },
            ["showHeader"],
        ),
        custom=schema.fields(
            {
                "align": {"enum": ["auto", "left", "center", "right"]},
                "cellOptions": schema.fields(
                    {
                        "mode": {"enum": ["basic", "gradient", "lcd"]},
                        "type": schema.shared("id"),
                        "valueDisplayMode": {"enum": ["color", "text", "hidden"]},
                    },
                    ["type"],
                ),
                "filterable": schema.BOOLEAN,
                "inspect": schema.BOOLEAN,
                "minWidth": schema.NUMBER,
                "width": schema.NUMBER,
            }
        ),
        target={"format": {"const": "table"}, "instant": {"const": True}},
    ),
)
