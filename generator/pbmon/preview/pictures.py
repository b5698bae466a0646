"""Pictures of dashboards, taken by a Chromium that is there."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from pbmon.errors import UsageError
from pbmon.plan.dashboards import PlannedDashboard

Theme = Literal["dark", "light"]

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_HELP = (
    "install chromium (Debian: apt-get install chromium), name one in PBMON_CHROMIUM, or look at"
    " the page itself: pbmon preview --open"
)
_SECONDS = 120
_CELL, _AROUND = 38, 230
"""Pixels of a row of the grid with its gap, and of all that stands around the grid."""
_HEAD = 190
"""Pixels of what stands above and below the changes of a dashboard."""
_PAIR, _LINE = 62, 24
"""Pixels around a panel beside what it was before, and of a line that says what differs."""


@dataclass(frozen=True)
class Picture:
    """A place of the page. kind: `d` for a dashboard, `changes` for what is another in it. alert:
    the one that fires, empty when all is well. height: pixels of the whole page.
    """

    kind: Literal["d", "changes"]
    uid: str
    height: int
    alert: str = ""
    theme: Theme = "dark"

    @property
    def name(self) -> str:
        """Of its file."""
        parts = ("changes" if self.kind == "changes" else "", self.uid, self.alert, self.theme)
        return "-".join(filter(None, parts)) + ".png"

    @property
    def address(self) -> str:
        """The part of the page's address after its file."""
        query = "&".join(
            part
            for part in (
                f"while={quote(self.alert)}" if self.alert else "",
                "theme=light" if self.theme == "light" else "",
            )
            if part
        )
        return f"#/{self.kind}/{quote(self.uid)}{'?' if query else ''}{query}"


def of_dashboards(
    dashboards: Iterable[PlannedDashboard], alerts: Sequence[str], theme: Theme = "dark"
) -> list[Picture]:
    """Of every dashboard while each of these alerts fires; an empty name: when all is well."""
    every = list(dashboards)
    return [
        Picture("d", each.uid, _height(each), alert, theme) for alert in alerts for each in every
    ]


def _height(dashboard: PlannedDashboard) -> int:
    open_rows = [row for row in dashboard.rows if not row.collapsed]
    ends = [panel.grid.y + panel.grid.h for row in open_rows for panel in row.panels]
    headings = [row.grid.y + 1 for row in dashboard.rows]
    return max([*ends, *headings, 1]) * _CELL + _AROUND


def of_changes(
    changes: Mapping[str, Any], alerts: Sequence[str], theme: Theme = "dark"
) -> list[Picture]:
    """Of each dashboard that is another, while the first of these alerts fires that one of its
    changed panels shows; where there is none, when all is well.
    """
    return [
        Picture("changes", dashboard["uid"], _height_of(dashboard), alert, theme)
        for dashboard in changes["dashboards"]
        for alert in _shown_alerts(dashboard, alerts)[:1] or [""]
    ]


def _shown_alerts(dashboard: Mapping[str, Any], alerts: Sequence[str]) -> list[str]:
    shown = {name for each in dashboard["panels"] if each["status"] for name in each["alerts"]}
    return [name for name in alerts if name in shown]


def _height_of(dashboard: Mapping[str, Any]) -> int:
    heights: list[int] = [
        each["height"] * _CELL + _PAIR + len(each["why"]) * _LINE
        for each in dashboard["panels"]
        if each["status"]
    ]
    return sum(heights) + len(dashboard["why"]) * _LINE + _HEAD


def find_chromium() -> Path:
    """PBMON_CHROMIUM, else the first on PATH. UsageError where there is none."""
    if named := os.environ.get("PBMON_CHROMIUM"):
        if path := shutil.which(named):
            return Path(path)
        raise UsageError(f"PBMON_CHROMIUM names {named}, which is no program", _HELP)
    for name in _NAMES:
        if path := shutil.which(name):
            return Path(path)
    raise UsageError(
        "there is no Chromium on PATH, so no picture can be taken",
        _HELP,
    )


def take(
    chromium: Path, page: Path, pictures: list[Picture], folder: Path, width: int = 1280
) -> Iterator[Path]:
    """Writes the pictures, one after another. UsageError where the Chromium fails."""
    folder.mkdir(parents=True, exist_ok=True)
    for picture in pictures:
        target = (folder / picture.name).resolve()
        address = page.resolve().as_uri() + picture.address
        with tempfile.TemporaryDirectory(prefix="pbmon-chromium-") as profile:
            said = _run(
                [
                    *command(chromium, Path(profile)),
                    "--virtual-time-budget=20000",
                    f"--window-size={width},{picture.height}",
                    f"--screenshot={target}",
                    address,
                ]
            )
        if not target.is_file():
            raise UsageError(f"{chromium} took no picture of {picture.name}: {said}", _HELP)
        yield target


def command(chromium: Path, profile: Path) -> list[str]:
    """A Chromium that shows nothing to anybody and talks to nobody, with a new profile."""
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return [
        str(chromium),
        "--headless",
        *sandbox,  # as root, as in most containers, a Chromium does not start with one
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        "--force-device-scale-factor=1",
        f"--user-data-dir={profile}",
    ]


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return done.stderr.decode(errors="replace").strip()[-500:]
