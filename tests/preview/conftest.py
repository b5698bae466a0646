"""One Chromium for all tests of a worker, and PyBase's page, computed once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import npm_packages
import pytest
from pbmon.catalog.catalog import load
from pbmon.errors import UsageError
from pbmon.plan.plan import Plan, resolve
from pbmon.preview.chromium import find_chromium
from pbmon.preview.html import page
from pbmon.preview.situations import Situations
from pbmon.proof.cases.suite import suite
from programs import missing

from preview.browser import Tab, tab

ROOT = Path(__file__).parents[2]
ALERTS = ("HighAPIErrorRate", "WorkerQueueBacklog", "PostgresDown")


@pytest.fixture(scope="session")
def chromium() -> Path:
    """PBMON_CHROMIUM, else the one on PATH."""
    try:
        return find_chromium()
    except UsageError:
        missing("chromium", "apt-get install chromium")


@pytest.fixture(scope="session")
def one_tab(chromium: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """The only tab of the worker's Chromium."""
    with tab(chromium, tmp_path_factory.mktemp("chromium") / "profile") as opened:
        yield opened


@pytest.fixture
def browser(one_tab: Tab) -> Iterator[Tab]:
    """The tab, in which nothing may go wrong."""
    one_tab.messages.clear()
    one_tab.requests.clear()
    yield one_tab
    assert one_tab.messages == []


@pytest.fixture(scope="session")
def pybase() -> Situations:
    """PyBase's situations, with what makes ALERTS fire."""
    plan = resolve(load(ROOT / "definitions"))
    return Situations(plan, list(suite(_with(plan, ALERTS))))


def _with(plan: Plan, titles: tuple[str, ...]) -> Plan:
    """The plan with these alerts alone: proofs of the others would take seconds."""
    groups = (
        replace(group, rules=tuple(rule for rule in group.rules if rule.title in titles))
        for group in plan.alerting
    )
    return replace(plan, alerting=tuple(groups))


@pytest.fixture(scope="session")
def file(pybase: Situations, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of a file with every dashboard when all is well, and while each of ALERTS fires."""
    data = {"contents": pybase.contents(ALERTS)}
    data |= {f"scenario {name}": pybase.scenario(name) for name in ("", *ALERTS)}
    path = tmp_path_factory.mktemp("preview") / "preview.html"
    path.write_text(page("PyBase", data), "utf-8")
    return path.as_uri()


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core, as preview/package.json pins it."""
    pinned = json.loads((ROOT / "preview/package.json").read_text())["devDependencies"]["axe-core"]
    why = "axe-core, to look for what keeps people from using the page"
    folder = ROOT / ".cache" / f"axe-core-{pinned}"
    packages = npm_packages.installed({"axe-core": pinned}, folder, why)
    return (packages / "node_modules/axe-core/axe.min.js").read_text("utf-8")
