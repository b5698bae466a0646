"""What differs between two revisions: told in words, and drawn side by side."""

from __future__ import annotations

import subprocess
from html import unescape
from pathlib import Path

import pytest
from pbmon.errors import UsageError
from pbmon.preview.comparison import Compared, summary
from pbmon.preview.html import page
from pbmon.preview.pictures import of_changes
from pbmon.preview.revision import checked_out
from pbmon.preview.situations import Situations
from pbmon.proof.cases.suite import suite
from small_projects import plan_of

from preview.browser import Tab
from preview.test_dashboards_drawn import AXE

BEFORE = """
many = Alert("ManyLamps", lamps > 90, for_="5m", **SAID)
board = Dashboard("Lamps", uid="lamps", file="lamps", rows=[Row(
    "Now",
    Panel("On", Query(lamps.sum(by=[room]), "{{room}}"), alerts=[many], unit="short",
        description="Lamps on."),
    Panel("Visits", Query(visits.rate(AUTO).sum(), "all"), unit="reqps", description="Visits."),
    Panel("Stay", Query(stay.quantile(0.95, AUTO, by=[]), "p95"), description="Stays."),
)])
other = Dashboard("Other", uid="other", file="other", rows=[Row(
    "Now", Panel("Visits", Query(visits.rate(AUTO).sum(), "all"), unit="reqps",
        description="Visits."))])
"""
AFTER = BEFORE.replace("lamps > 90", "lamps > 60").replace('Panel("Stay"', 'Panel("Time"')
ALERT = "ManyLamps"


def situations_of(body: str) -> Situations:
    plan = plan_of(body)
    return Situations(plan, list(suite(plan)))


@pytest.fixture(scope="module")
def compared() -> Compared:
    return Compared(situations_of(AFTER), situations_of(BEFORE))


def test_changed_panels_are_named_with_what_differs(compared: Compared) -> None:
    (dashboard,) = compared.changes["dashboards"]
    assert dashboard["uid"] == "lamps"
    told = {panel["title"]: (panel["status"], panel["why"]) for panel in dashboard["panels"]}
    assert told["On"] == (
        "changed",
        ["fieldConfig.defaults.thresholds.steps[1].value: 90.0 → 60.0"],
    )
    assert told["Visits"] == ("", [])
    assert told["Time"][0] == "added"
    assert told["Stay"][0] == "removed"


def test_a_changed_alert_is_named_with_its_condition(compared: Compared) -> None:
    (alert,) = compared.changes["alerts"]
    assert (alert["name"], alert["status"]) == (ALERT, "changed")
    assert any("lamps" in why and "> 90 → lamps" in why for why in alert["why"])
    assert compared.changed_alerts == [ALERT]


def test_a_panel_whose_record_is_another_is_changed() -> None:
    record = 'busy = Record("job:visits:rate5m", visits.rate("5m").sum(by=[job]))\n'
    panel = """board = Dashboard("Visits", uid="visits", file="visits", rows=[Row("Now",
    Panel("Visits", Query(busy, "{{job}}"), unit="reqps", description="Visits."))])
"""
    doubled = record.replace("sum(by=[job])", "sum(by=[job]) * 2")
    compared = Compared(situations_of(doubled + panel), situations_of(record + panel))
    (dashboard,) = compared.changes["dashboards"]
    assert [panel["why"] for panel in dashboard["panels"]] == [["its queries give other values"]]


def test_nothing_differs_from_itself() -> None:
    compared = Compared(situations_of(AFTER), situations_of(AFTER))
    assert compared.changes == {"dashboards": [], "alerts": []}
    assert summary(compared.changes) == "No dashboard and no alert is another.\n"


def test_the_summary_mentions_nobody_and_holds_no_markup() -> None:
    changes = {
        "dashboards": [],
        "alerts": [{"name": "A", "status": "changed", "why": ["x: @all → <img src=y>"]}],
    }
    text = summary(changes)
    assert not {"@", "<", ">"} & set(text)
    assert unescape(text).splitlines()[-1] == "  - x: @all → <img src=y>"


def test_the_picture_of_a_change_shows_its_alert_firing(compared: Compared) -> None:
    (picture,) = of_changes(compared.changes, compared.changed_alerts)
    assert picture.name == "changes-lamps-ManyLamps-dark.png"
    assert picture.address == "#/changes/lamps?while=ManyLamps"


def test_before_and_after_are_drawn_side_by_side(
    browser: Tab, compared: Compared, tmp_path: Path, axe: str
) -> None:
    data = {"contents": compared.contents([ALERT])}
    for side, situations in (("", compared.after), ("before ", compared.before)):
        data |= {f"{side}scenario {name}": situations.scenario(name) for name in ("", ALERT)}
    file = tmp_path / "changes.html"
    file.write_text(page("Lamps", data), "utf-8")
    browser.go(file.as_uri(), "#/changes/", "changes")
    text = "document.querySelector('main').innerText"
    assert "> 90 → lamps" in browser.value(text)
    browser.go(file.as_uri(), f"#/changes/lamps?while={ALERT}", f"changes lamps {ALERT}")
    browser.wait("document.querySelectorAll('.pb-pair canvas').length === 4")
    pairs = (
        "[...document.querySelectorAll('.pb-pair')].map((pair) => [pair.dataset.change,"
        " ...[...pair.querySelectorAll('figure')].map((figure) => !!figure.querySelector('canvas'))"
        "])"
    )
    assert sorted(browser.value(pairs)) == [
        ["added", False, True],
        ["changed", True, True],
        ["removed", True, False],
    ]
    assert "1 panel as before" in browser.value(text)
    browser.value(axe)
    assert browser.value(AXE) == []
    place = (
        "[...document.querySelectorAll('[data-change=changed] figure')]"
        ".map((each) => each.getBoundingClientRect().left)"
    )
    left, right = browser.value(place)
    assert left < 640 <= right


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with definitions in a sub folder, and a second revision."""

    def git(*arguments: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments],
            cwd=tmp_path,
            check=True,
            capture_output=True,
        )

    definitions = tmp_path / "monitoring/definitions"
    definitions.mkdir(parents=True)
    git("init", "--quiet")
    for text in ("one", "two"):
        (definitions / "shop.py").write_text(text, "utf-8")
        git("add", "--all")
        git("commit", "--quiet", "--message", text)
    (definitions / "shop.py").write_text("three", "utf-8")
    return definitions


def test_another_revision_is_read_without_touching_the_work_tree(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    def state() -> str:
        command = ["git", "status", "--porcelain", "--ignored"]
        done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True)
        return done.stdout

    before = state()
    for revision, text in (("HEAD", "two"), ("HEAD~1", "one")):
        folder = checked_out(revision, repository, tmp_path_factory.mktemp("revision"))
        assert folder.name == "definitions"
        assert (folder / "shop.py").read_text("utf-8") == text
    assert (repository / "shop.py").read_text("utf-8") == "three"
    assert state() == before


@pytest.mark.parametrize("revision", ["nowhere", "--output=/tmp/x", "HEAD:monitoring"])
def test_what_is_no_revision_is_refused(
    repository: Path, tmp_path_factory: pytest.TempPathFactory, revision: str
) -> None:
    with pytest.raises(UsageError, match="neither a folder nor a revision"):
        checked_out(revision, repository, tmp_path_factory.mktemp("revision"))


def test_a_revision_without_these_definitions_is_refused(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = repository.with_name("elsewhere")
    other.mkdir()
    with pytest.raises(UsageError, match="has no monitoring/elsewhere/"):
        checked_out("HEAD", other, tmp_path_factory.mktemp("revision"))
