"""Dashboards: rows of panels, each a question with the query that answers it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from pbmon.arguments import checked
from pbmon.conventions import check_file_name
from pbmon.errors import DefinitionError
from pbmon.model.acceptance import Accepted
from pbmon.model.panels import AnyPanel
from pbmon.source import Source, here

_UID = re.compile(r"[a-zA-Z0-9_-]{1,40}")
_REFRESH = re.compile(r"([1-9][0-9]*[smhd])?")
_TIME = re.compile(r"now([-+/][0-9]*[smhdwMy](/[smhdwMy])?)*|[0-9]{4}-[0-9]{2}-[0-9]{2}\S*")


@checked
class Row:
    """A heading and the panels under it. collapsed: closed until clicked."""

    EXAMPLE: ClassVar = 'Row("Traffic", Panel("Requests", requests.rate(AUTO)))'

    def __init__(self, title: str, *panels: AnyPanel, collapsed: bool = False) -> None:
        self.source = here()
        self.title = title
        self.panels = panels
        self.collapsed = collapsed


@checked
@dataclass(frozen=True, eq=False)
class Dashboard:
    """One Grafana dashboard. uid: stable address. file: name of the JSON file without
    its ending. refresh: how often it is asked anew, `30s`, empty for never. time_from: where the
    time shown begins, `now-1h`.
    """

    title: str
    uid: str = field(kw_only=True)
    file: str = field(kw_only=True)
    rows: Sequence[Row] = field(kw_only=True)
    description: str = field(default="", kw_only=True)
    refresh: str = field(default="30s", kw_only=True)
    time_from: str = field(default="now-1h", kw_only=True)
    accept: Sequence[Accepted] = field(default=(), kw_only=True)
    source: Source = field(default_factory=here, init=False)

    def __post_init__(self) -> None:
        check_file_name(self.file, "dashboard file", self.source)
        if not _UID.fullmatch(self.uid):
            raise DefinitionError(
                self.source,
                f"dashboard uid {self.uid!r} is refused by Grafana",
                "1 to 40 letters, digits, hyphens, underscores",
            )
        for name, form, help in (
            ("refresh", _REFRESH, 'a number and one of s, m, h, d, as 30s; "" for never'),
            ("time_from", _TIME, "as now-1h, now/d, 2026-01-31"),
        ):
            if not form.fullmatch(value := getattr(self, name)):
                problem = f"{name} {value!r} of dashboard {self.title!r} is no time of Grafana's"
                raise DefinitionError(self.source, problem, help)
        if not any(row.panels for row in self.rows):
            raise DefinitionError(
                self.source,
                f"dashboard {self.title!r} has no panel",
                "rows=[Row('Traffic', Panel(...))]",
            )

    @property
    def panels(self) -> tuple[AnyPanel, ...]:
        """Every panel, in order."""
        return tuple(panel for row in self.rows for panel in row.panels)
