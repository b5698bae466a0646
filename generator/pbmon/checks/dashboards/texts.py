"""Checks of what a reader needs to understand a panel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pbmon.checks.dashboards.parts import Board, charts, kind, name, panels, part, parts, text
from pbmon.finding import Finding


def panel_has_title(board: Board) -> Iterator[Finding]:
    """Every panel has a title.

    A panel without one cannot be named in a chat, a runbook or a link, and screen readers skip it.

    To fix it: write what the panel answers, `Requests by status` rather than `Graph 3`.
    """
    for panel in panels(board.json):
        if not text(panel, "title").strip():
            yield Finding(
                "panel-has-title",
                board.author(panel),
                f"{name(panel)} has no title, so nothing can refer to it",
                "write in a few words what it answers",
                level="warning",
            )


def panel_titles_are_unique(board: Board) -> Iterator[Finding]:
    """No two panels of a dashboard have the same title.

    Runbooks and alerts name panels by title. When two share a title, half of the readers look at
    the wrong one.

    To fix it: say in the title what tells them apart, `Latency of reads` and `Latency of writes`.
    """
    titles = Counter(text(panel, "title") for panel in panels(board.json))
    for title, times in titles.items():
        if title.strip() and times > 1:
            panel = [panel for panel in panels(board.json) if text(panel, "title") == title][-1]
            yield Finding(
                "panel-titles-are-unique",
                board.author(panel),
                f"{times} panels are called '{title}', so a reference to one is a guess",
                "say in each title what tells them apart",
                level="warning",
            )


def panel_has_description(board: Board) -> Iterator[Finding]:
    """Every panel that shows values has a description.

    Grafana shows it behind the (i) in the panel's corner. At three in the morning it says what is
    normal, and what to do otherwise.

    To fix it: write one or two sentences: what the panel shows, what is healthy, where to look
    next.
    """
    for panel in charts(board.json):
        if not text(panel, "description").strip():
            yield Finding(
                "panel-has-description",
                board.author(panel),
                f"{name(panel)} has no description, so a reader cannot tell healthy from broken",
                "write what it shows, what is healthy and where to look next",
                level="warning",
            )


def panel_has_unit(board: Board) -> Iterator[Finding]:
    """Every panel that prints numbers has a unit.

    Without one 0.25 may be a quarter of a second, 25 % or a quarter of a request. Panels whose
    values are mapped to words need none.

    To fix it: take an id such as `s`, `bytes`, `percentunit`, `reqps`; `short` for plain numbers.
    """
    for panel in charts(board.json):
        defaults = part(panel, "fieldConfig", "defaults")
        panel_kind = kind(panel)
        unit = text(part(panel, *panel_kind.unit_at) if panel_kind else defaults, "unit")
        if not unit and not defaults.get("mappings"):
            yield Finding(
                "panel-has-unit",
                board.author(panel),
                f"{name(panel)} has no unit, so a reader cannot tell what its numbers measure",
                "usual ones: s, bytes, percentunit, reqps, ops, short",
                level="warning",
            )


def panel_has_legend(board: Board) -> Iterator[Finding]:
    """Every query of a panel that names its series says how.

    Left alone, Grafana prints each series as `{endpoint="/api", instance="10.0.0.7:8000",
    job="api"}`, or the whole query where no label is left.

    To fix it: name the labels that differ, `{{endpoint}}`, or write a word, `p95`.
    """
    for panel in charts(board.json):
        panel_kind = kind(panel)
        if not (panel_kind and panel_kind.has_legend):
            continue
        for target in parts(panel, "targets"):
            if text(target, "legendFormat").strip() in ("", "__auto"):
                yield Finding(
                    "panel-has-legend",
                    board.author(panel),
                    f"{name(panel)} has no legend for query {target.get('refId')}, so its series"
                    " carry every label",
                    "name the labels that differ, such as {{endpoint}}, or write a word",
                    level="warning",
                )
