"""In a real Chromium, PyBase's dashboards are drawn in every situation, from a file alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from pbmon.catalog.catalog import load
from pbmon.plan.plan import resolve
from pbmon.preview.html import page
from pbmon.preview.situations import Situations
from pbmon.proof.cases.suite import suite

from preview.browser import Tab, tab

ROOT = Path(__file__).parents[2]
ALERTS = ("HighAPIErrorRate", "WorkerQueueBacklog", "PostgresDown")
DASHBOARDS = (
    "pybase-api-performance",
    "pybase-celery-workers",
    "pybase-database-redis",
    "pybase-overview",
    "pybase-slo-overview",
)
DRAWN = """
[...document.querySelectorAll('[data-panel]')].filter(
  (panel) => panel.dataset.panel !== 'row'
    && !panel.querySelector('canvas, svg[role=img], [data-empty], [role=grid], .markdown-html, '
      + '[data-testid*="Bar gauge"], [data-testid*="value"], [class*="panel-content"] span')
).map((panel) => panel.dataset.title)
"""
BROKEN = (
    "[...document.querySelectorAll('[data-broken], [role=alert]')].map((each) => each.innerText)"
)
EMPTY = """
[...document.querySelectorAll('[data-panel]')].filter(
  (panel) => panel.querySelector('[data-empty]')).map((panel) => panel.dataset.title)
"""


@pytest.fixture(scope="module")
def situations() -> Situations:
    plan = resolve(load(ROOT / "definitions"))
    return Situations(plan, list(suite(plan)))


@pytest.fixture(scope="module")
def file(situations: Situations, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page with every dashboard when all is well, and while each of ALERTS fires."""
    data = {"contents": situations.contents(list(ALERTS))}
    data |= {f"scenario {name}": situations.scenario(name) for name in ("", *ALERTS)}
    path = tmp_path_factory.mktemp("preview") / "preview.html"
    path.write_text(page("PyBase", data), "utf-8")
    return path


@pytest.fixture
def opened(chromium: Path, file: Path, tmp_path: Path) -> Iterator[tuple[Tab, str]]:
    with tab(chromium, tmp_path / "profile") as found:
        yield found, file.as_uri()


def show(found: Tab, address: str, uid: str, alert: str = "", width: int = 1280) -> None:
    query = f"?while={quote(alert)}" if alert else ""
    found.open("about:blank")
    found.open(f"{address}#/d/{uid}{query}", width)
    found.wait(f"document.querySelector('main')?.dataset.ready === '{uid} {alert}'")
    found.wait(f"document.querySelectorAll('[data-panel]').length && !({DRAWN}).length", DRAWN)


@pytest.mark.parametrize("alert", ["", *ALERTS])
def test_every_panel_is_drawn_and_nothing_is_wrong(
    opened: tuple[Tab, str], situations: Situations, alert: str
) -> None:
    found, address = opened
    for uid in DASHBOARDS:
        show(found, address, uid, alert)
        assert found.value(BROKEN) == []
        assert bool(alert) == found.value("!!document.querySelector('.pb-firing')")
    assert found.messages == []


@pytest.mark.parametrize("alert", ALERTS)
def test_the_firing_alert_is_marked_on_its_dashboard(
    opened: tuple[Tab, str], situations: Situations, alert: str
) -> None:
    found, address = opened
    panel = situations.worlds.alerts[alert].panel
    assert panel
    show(found, address, panel[0], alert)
    assert alert in found.value("document.querySelector('.pb-marks').innerText")
    assert alert in situations.scenario(alert)["firing"]


def test_when_all_is_well_nothing_fires_and_every_panel_has_data(
    opened: tuple[Tab, str], situations: Situations
) -> None:
    found, address = opened
    assert situations.scenario("")["firing"] == []
    for uid in DASHBOARDS:
        show(found, address, uid)
        assert found.value(EMPTY) == []


def test_the_page_reaches_nothing(opened: tuple[Tab, str]) -> None:
    found, address = opened
    show(found, address, DASHBOARDS[0])
    asked = {request.partition("#")[0] for request in found.requests}
    assert asked <= {address, "about:blank"}
    refused = "fetch('https://example.com/').then(() => false, () => true)"
    assert found.value(refused)


@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_is_wider_than_its_window(opened: tuple[Tab, str], width: int) -> None:
    found, address = opened
    for uid in DASHBOARDS:
        show(found, address, uid, width=width)
        assert found.value("document.documentElement.scrollWidth") <= width
    for path in ("", "alert/HighAPIErrorRate", "metrics/"):
        found.open("about:blank")
        found.open(f"{address}#/{path}", width)
        found.wait("document.querySelector('main')?.dataset.ready")
        assert found.value("document.documentElement.scrollWidth") <= width


def test_the_keyboard_alone_leads_to_an_alert(opened: tuple[Tab, str]) -> None:
    found, address = opened
    found.open(f"{address}#/")
    found.wait("document.querySelector('main')?.dataset.ready")
    found.press("/", "/")
    found.wait("document.activeElement.type === 'search'")
    found.call("Input.insertText", text="high api error")
    found.wait("document.querySelector('[role=option]')")
    found.press("Enter")
    found.wait("document.querySelector('main')?.dataset.ready === 'alert HighAPIErrorRate'")
    text = found.value("document.querySelector('main').innerText")
    assert "Who is told" in text
    assert "Runbook" in text
    found.wait("document.querySelector('main img').naturalWidth > 0")


def test_a_row_folds_and_opens_again(opened: tuple[Tab, str]) -> None:
    found, address = opened
    show(found, address, DASHBOARDS[0])
    count = "document.querySelectorAll('[data-panel]').length"
    before = found.value(count)
    row = "document.querySelector('.pb-row')"
    found.value(f"{row}.click()")
    found.wait(f"{count} < {before}")
    assert found.value(f"{row}.getAttribute('aria-expanded')") == "false"
    found.value(f"{row}.click()")
    found.wait(f"{count} === {before}")
