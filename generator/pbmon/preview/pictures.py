"""Pictures of dashboards, taken by a Chromium that is there."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlencode

from pbmon.plan.dashboards import PlannedDashboard
from pbmon.preview.chromium import Tab, driven

Theme = Literal["dark", "light"]

_WIDTH, _LEAST = 1280, 200
"""Pixels of a picture: its width, and its least height."""
_STILL = """
new Promise((done) => {
  let [before, equal] = [0, 0];
  const look = () => {
    const now = document.querySelectorAll('*').length;
    equal = now === before ? equal + 1 : 0;
    before = now;
    if (equal < 3) setTimeout(() => requestAnimationFrame(look), 60);
    else done(true);
  };
  look();
})
"""
"""Resolves when nothing has been added to the page for some frames."""
_BOTTOM = "Math.ceil(document.querySelector('main').getBoundingClientRect().bottom + scrollY)"


@dataclass(frozen=True)
class Picture:
    """A place of the page. kind: `d` for a dashboard, `changes` for what is another in it. alert:
    the one that fires, empty when all is well.
    """

    kind: Literal["d", "changes"]
    uid: str
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
        query = urlencode(
            {
                **({"while": self.alert} if self.alert else {}),
                **({"theme": self.theme} if self.theme == "light" else {}),
            }
        )
        return f"#/{self.kind}/{quote(self.uid)}{'?' if query else ''}{query}"

    @property
    def ready(self) -> str:
        """What the page says once it shows this place."""
        place = f"{self.uid} {self.alert}"
        return f"changes {place}" if self.kind == "changes" else place


def of_dashboards(
    dashboards: Iterable[PlannedDashboard], alerts: Sequence[str], theme: Theme = "dark"
) -> list[Picture]:
    """Of every dashboard while each of these alerts fires; an empty name: when all is well."""
    every = list(dashboards)
    return [Picture("d", each.uid, alert, theme) for alert in alerts for each in every]


def of_changes(
    changes: Mapping[str, Any], alerts: Sequence[str], theme: Theme = "dark"
) -> list[Picture]:
    """Of each dashboard that is another, while the first of these alerts fires that one of its
    changed panels shows; where there is none, when all is well.
    """
    return [
        Picture("changes", dashboard["uid"], alert, theme)
        for dashboard in changes["dashboards"]
        for alert in _shown_alerts(dashboard, alerts)[:1] or [""]
    ]


def _shown_alerts(dashboard: Mapping[str, Any], alerts: Sequence[str]) -> list[str]:
    shown = {name for each in dashboard["panels"] if each["status"] for name in each["alerts"]}
    return [name for name in alerts if name in shown]


def take(chromium: Path, page: Path, pictures: Sequence[Picture], folder: Path) -> Iterator[Path]:
    """Writes the pictures, one after another. UsageError where the Chromium fails, and on Windows,
    where it cannot be driven.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with driven(chromium) as tab:
        _resize(tab, _LEAST)
        for place, picture in enumerate(pictures):
            if place == 0:
                tab.call("Page.navigate", url=page.resolve().as_uri() + picture.address)
            else:
                tab.value(f"location.hash = {json.dumps(picture.address)}")
            tab.wait(
                f"document.querySelector('main')?.dataset.ready === {json.dumps(picture.ready)}"
            )
            tab.value(_STILL)
            _resize(tab, max(_LEAST, int(tab.value(_BOTTOM))))
            tab.value(_STILL)
            data = tab.call("Page.captureScreenshot", format="png")["data"]
            target = folder / picture.name
            target.write_bytes(b64decode(data))
            yield target


def _resize(tab: Tab, height: int) -> None:
    tab.call(
        "Emulation.setDeviceMetricsOverride",
        width=_WIDTH,
        height=height,
        deviceScaleFactor=1,
        mobile=False,
    )
