"""Words: Grafana's `text`, in Markdown."""

from __future__ import annotations

from pbmon.arguments import checked
from pbmon.model.panels import AnyPanel
from pbmon.panels import schema
from pbmon.panels.kind import Json, Kind, PlannedPanel


@checked
class Text(AnyPanel):
    """Markdown."""

    def __init__(self, title: str, content: str, *, width: int = 0, height: int = 0) -> None:
        super().__init__(title, title, width, height)
        self.content = content


def _options(panel: PlannedPanel[Text]) -> Json:
    return {"content": panel.definition.content, "mode": "markdown"}


TEXT = Kind(
    definition=Text,
    type="text",
    options=_options,
    field_config=None,
    schema=schema.without_values(
        "text",
        options=schema.fields(
            {"content": {**schema.TEXT, "minLength": 1}, "mode": {"enum": ["markdown"]}},
            ["content", "mode"],
        ),
    ),
)
