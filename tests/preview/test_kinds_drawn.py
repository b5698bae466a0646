"""In a real Chromium, a panel of every kind is drawn with its data, in both themes."""

from __future__ import annotations

from pathlib import Path

import pytest
from pbmon.panels.kinds import KINDS
from pbmon.preview.html import page
from pbmon.preview.situations import Situations
from pbmon.proof.cases.suite import suite
from small_projects import plan_of

from preview.browser import Tab

EVERY_KIND = """
HEALTH = {0: ("down", "red"), 1: ("up", "green")}
by_room = visits.rate(AUTO).sum(by=[room])

def about(title):
    return dict(description=f"What {title} is about.")

every_kind = Dashboard("Every kind", uid="every-kind", file="every-kind", rows=[Row(
    "All",
    Panel("Visits", by_room, unit="reqps", **about("Visits")),
    Stat("Lamps", lamps.sum(), unit="short", **about("Lamps")),
    GaugePanel("Lit", lamps.max(), unit="short", limits=(0, 100), **about("Lit")),
    BarGauge("Rooms", lamps.sum(by=[room]), unit="short", **about("Rooms")),
    Table("Slowest", stay.quantile(0.95, AUTO, by=[]), **about("Slowest")),
    Heatmap("Stays", stay.bucket_counts.rate(AUTO).sum(by=[le]), unit="s", **about("Stays")),
    StateTimeline("Up", Query(up, "{{job}}"), mappings=HEALTH, **about("Up")),
    StatusHistory("Probes", Query(up, "{{job}}"), mappings=HEALTH, **about("Probes")),
    PieChart("Shares", by_room, unit="reqps", donut=True, **about("Shares")),
    BarChart("By room", Query(by_room, "all"), by=room, unit="reqps", **about("By room")),
    HistogramPanel("How often", lamps.sum(), unit="short", bars=10, **about("How often")),
    Text("Notes", "# Where to look next\\n\\n- [the runbook](https://example.com/)"),
)])
"""
EMPTY = """
[...document.querySelectorAll('[data-panel]')].filter(
  (panel) => panel.querySelector('[data-empty], [data-broken]')).map((panel) => panel.innerText)
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    plan = plan_of(EVERY_KIND)
    situations = Situations(plan, list(suite(plan)))
    data = {"contents": situations.contents([]), "scenario ": situations.scenario("")}
    path = tmp_path_factory.mktemp("kinds") / "kinds.html"
    path.write_text(page("Kinds", data), "utf-8")
    return path


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_panel_of_every_kind_is_drawn_with_data(browser: Tab, file: Path, theme: str) -> None:
    browser.go(file.as_uri(), f"#/d/every-kind?theme={theme}", "every-kind ")
    browser.wait("document.querySelectorAll('[data-panel=histogram] rect').length")
    kinds = "[...document.querySelectorAll('[data-panel]')].map((panel) => panel.dataset.panel)"
    assert set(browser.value(kinds)) == {"row", *(kind.type for kind in KINDS)}
    assert browser.value(EMPTY) == []
    for kind, mark, least in (
        ("piechart", "path", 2),
        ("barchart", "rect", 2),
        ("gauge", "path", 2),
        ("histogram", "rect", 10),
    ):
        count = f"document.querySelectorAll('[data-panel={kind}] svg[role=img] {mark}').length"
        assert browser.value(count) >= least, kind
