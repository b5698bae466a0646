"""Check of the fields that transformations name."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator

from pbmon.checks.dashboards.grafana.fields import Fields, fields_queried
from pbmon.checks.dashboards.grafana.named_fields import fields_named
from pbmon.checks.dashboards.grafana.transformations import fields_after
from pbmon.checks.dashboards.parts import Board, Json, drawn, name, part, parts, text
from pbmon.checks.dashboards.variables import USE
from pbmon.finding import Finding, Level

_MOST_NAMES = 5


def transformed_field_exists(board: Board) -> Iterator[Finding]:
    """Every field that a transformation of a table names is one that its queries can give.

    Grafana says nothing where there is none: a filter leaves the column out, a rename, a sort or a
    join does nothing. A table's queries give Time, the labels that the expression keeps, and Value;
    of several queries each has its own, `Value #A`.

    To fix it: take one of the names that the message lists, or keep the label in the query. Where a
    query may keep any label, or the fields are series over time, nothing is known and nothing said.
    """
    for panel in drawn(board.json):
        for step, fields, missing in _missing(panel, board.json):
            for (consequence, level), alike in missing.items():
                yield Finding(
                    "transformed-field-exists",
                    board.author(panel),
                    f"{name(panel)}, transformation {step}, names {_quoted(alike)}, which its"
                    f" queries do not give, {consequence}",
                    _help(alike, fields),
                    level,
                )


def _quoted(names: list[str]) -> str:
    rest = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    some = ", ".join(f"'{name[:60]}'" for name in names[:_MOST_NAMES])
    return f"field{'s' if len(names) > 1 else ''} {some}{rest}"


def _help(names: list[str], fields: Fields) -> str:
    there = sorted({field.shown for field in fields.all})
    near = {one: None for name in names for one in difflib.get_close_matches(name, there, 1, 0.6)}
    return (f"near it: {', '.join(near)}; " if near else "") + (
        f"there can be {', '.join(there) or 'none'}"
    )


def _missing(
    panel: Json, dashboard: Json
) -> Iterator[tuple[str, Fields, dict[tuple[str, Level], list[str]]]]:
    """Each transformation, the fields before it, and those that it names and that are not there, by
    the consequence of that.
    """
    fields = fields_queried(panel, dashboard)
    for step in parts(panel, "transformations"):
        # one of annotations leaves the answers to queries alone
        if step.get("disabled") is True or text(step, "topic") not in ("", "series"):
            continue
        id, options = text(step, "id"), part(step, "options")
        if fields is None or USE.search(json.dumps(options)):
            return
        missing: dict[tuple[str, Level], list[str]] = {}
        for named in fields_named(id, options):
            is_there = fields.shows if named.by == "shown" else fields.has
            if not is_there(named.field):
                missing.setdefault((named.consequence, named.level), []).append(named.field)
        yield id, fields, missing
        after = fields_after(id, options, fields)
        if part(step, "filter").get("options") and after is not None:
            # it is done to some of the answers only
            after = Fields(fields.all | after.all, fields.numbered or after.numbered)
        fields = after
