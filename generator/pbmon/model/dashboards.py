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
from pbmon.model.variables import AnyVariable, checked_repeat
from pbmon.source import Source, here

_UID = re.compile(r"[a-zA-Z0-9_-]{1,40}")
_REFRESH = re.compile(r"([1-9][0-9]*[smhd])?")
_TIME = re.compile(r"now([-+/][0-9]*[smhdwMy](/[smhdwMy])?)*|[0-9]{4}-[0-9]{2}-[0-9]{2}\S*")

_TIMEZONE = re.compile(r"browser|utc|[A-Z]\w+(/[A-Z][\w+-]+)+")


@checked
class Row:
    """A heading and the panels under it. collapsed: closed until clicked. repeat: the row stands
    there once for every value that is chosen of this variable.
    """

    EXAMPLE: ClassVar = 'Row("Traffic", Panel("Requests", requests.rate(AUTO)))'

    def __init__(
        self,
        title: str,
        *panels: AnyPanel,
        collapsed: bool = False,
        repeat: AnyVariable | None = None,
    ) -> None:
        self.source = here()
        self.title = title
        self.panels = panels
        self.collapsed = collapsed
        self.repeat = checked_repeat(f"row {title!r}", self.source, repeat)


@checked
@dataclass(frozen=True, eq=False)
class Dashboard:
    """One Grafana dashboard. uid: stable address. file: name of the JSON file without
    its ending. refresh: how often it is asked anew, `30s`, empty for never. time_from: where the
    time shown begins, `now-1h`. timezone: `browser` for that of the reader, `utc`, or a name as
    `Europe/Zurich`. variables: choices beside those of the job and its targets, in this order.
    """

    title: str
    uid: str = field(kw_only=True)
    file: str = field(kw_only=True)
    rows: Sequence[Row] = field(kw_only=True)
    description: str = field(default="", kw_only=True)
    refresh: str = field(default="30s", kw_only=True)
    time_from: str = field(default="now-1h", kw_only=True)
    timezone: str = field(default="browser", kw_only=True)
    variables: Sequence[AnyVariable] = field(default=(), kw_only=True)
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
            ("timezone", _TIMEZONE, "browser, utc, or as Europe/Zurich"),
        ):
            if not form.fullmatch(value := getattr(self, name)):
                problem = f"{name} {value!r} of dashboard {self.title!r} is no time of Grafana's"
                raise DefinitionError(self.source, problem, help)
        names = [variable.name for variable in self.variables]
        for variable in self.variables:
            if names.count(variable.name) > 1:
                raise DefinitionError(
                    variable.source,
                    f"dashboard {self.title!r} has several variables called {variable.name!r}, of"
                    " which Grafana keeps one",
                    "another name for one of them",
                )
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
