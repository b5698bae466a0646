"""In a real Chromium, the page of a server: choices, times, live data, what is saved."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from live.servers import answer, http
from pbmon.live.servers.client import Client
from pbmon.live.servers.prometheus import Prometheus
from pbmon.preview.live import Live
from pbmon.preview.server import Server
from pbmon.preview.situations import Situations
from pbmon.proof.cases.suite import suite
from small_projects import PROJECT, SHOP, plan_of

from preview.browser import Tab, serving

BODY = """
many = Alert("ManyLamps", lamps > 90, for_="5m", **SAID)
board = Dashboard("Lamps", uid="lamps", file="lamps", rows=[
    Row("Now", Panel("On", Query(lamps.sum(by=[room]), "{{room}}"), alerts=[many],
        unit="short", description="Lamps on.")),
])
"""
ROOMS = """
rooms = QueryVariable("picked", lamps, room, title="Room")
size = CustomVariable("size", ["kitchen", "hall"], title="Size")
search = TextVariable("search", title="Search")
here = lamps.where(rooms.chosen(room)).sum(by=[room])
choices = Dashboard("Rooms", uid="rooms", file="rooms", variables=[rooms, size, search], rows=[
    Row("All", Panel("In $picked", Query(here, "{{room}}"), unit="short", description="L.",
        repeat=rooms)),
    Row("Room $picked", Stat("Lamps", here, unit="short", description="L."), repeat=rooms),
    Row("Rest",
        Panel("Of $size", Query(lamps.where(size.chosen(room)).sum(by=[room]), "{{room}}"),
            unit="short", description="L."),
        Panel("Like $search", Query(lamps.where(search.chosen(room)).sum(by=[room]), "{{room}}"),
            unit="short", description="L.")),
])
"""
READY = "document.querySelector('main')?.dataset.ready"
TEXT = "document.querySelector('main').innerText"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    plan = plan_of(BODY, ROOMS, store=STORE)
    with serving(Server(Situations(plan, list(suite(plan))))) as server:
        yield server.address


STORE = """\
from pbmon import *
store = Service("store", jobs=[Job("store", ["store:80", "store:81"])], module="store.py")
boxes = Gauge("boxes", "Boxes.")
shelf = Dashboard("Boxes", uid="boxes", file="boxes", rows=[
    Row("Now", Panel("Boxes", Query(boxes.max(by=[instance]), "{{instance}}"), unit="short",
        description="Boxes."))])
"""


def choose(browser: Tab, drop: str, text: str) -> None:
    """Opens a drop-down, and clicks on what has this text."""
    browser.value(
        f"[...document.querySelectorAll('.pb-drop summary')]"
        f".find((each) => each.innerText.includes({json.dumps(drop)})).click()"
    )
    browser.value(
        f"[...document.querySelectorAll('.pb-drop[open] :is(label, button)')]"
        f".find((each) => each.innerText.trim() === {json.dumps(text)}).click()"
    )


def test_a_choice_narrows_the_panels_and_stands_in_the_address(browser: Tab, address: str) -> None:
    browser.go(address, "#/d/boxes", "boxes ")
    browser.wait(f"{TEXT}.includes('store:81')")
    choose(browser, "Instance", "store:80")
    browser.wait("location.hash.includes('var-instance=store%3A80')")
    browser.wait(
        f"{READY} && ![...document.querySelectorAll('[data-panel=timeseries] button')]"
        ".some((each) => each.innerText.includes('store:81'))"
    )


TITLES = "[...document.querySelectorAll('[data-panel]')].map((each) => each.dataset.title)"


def names_in(title: str) -> str:
    """A script for the names in the legend of a panel."""
    return (
        f"[...document.querySelectorAll('[data-title={json.dumps(title)}] button')]"
        ".map((each) => each.innerText.trim()).filter(Boolean)"
    )


def test_panels_and_rows_are_repeated_for_what_is_chosen(browser: Tab, address: str) -> None:
    browser.go(address, "#/d/rooms", "rooms ")
    browser.wait("document.querySelectorAll('[data-panel=timeseries] canvas').length === 4")
    titles = browser.value(TITLES)
    repeated = ["In hall", "In kitchen", "Room hall", "Lamps", "Room kitchen", "Lamps"]
    assert [title for title in titles if title in repeated] == repeated
    assert browser.value(names_in("In hall")) == ["hall"]
    choose(browser, "Room", "hall")
    browser.wait(f"{READY} && !{TITLES}.includes('In kitchen')")
    assert "Room hall" in browser.value(TITLES)


def test_a_single_choice_and_a_text_narrow_their_panels(browser: Tab, address: str) -> None:
    browser.go(address, "#/d/rooms?var-picked=hall", "rooms ")
    browser.wait(f"{TITLES}.includes('Of kitchen') && {TITLES}.includes('Like .*')")
    browser.wait(f"String({names_in('Of kitchen')}) === 'kitchen'")
    browser.go(address, "#/d/rooms?var-size=hall&var-search=kit.*", "rooms ")
    browser.wait(f"String({names_in('Of hall')}) === 'hall'")
    browser.wait(f"String({names_in('Like kit.*')}) === 'kitchen'")


def test_a_time_can_be_chosen(browser: Tab, address: str) -> None:
    browser.go(address, "#/d/lamps", "lamps ")
    choose(browser, "Time", "Last 6 hours")
    browser.wait("location.hash.includes('from=now-6h')")
    browser.wait(f"{READY} && {TEXT}.includes('Last 6 hours')")


def test_on_a_narrow_screen_choices_stay_within_it(browser: Tab, address: str) -> None:
    browser.go(address, "#/d/rooms", "rooms ", width=390)
    for drop in ("Job", "Room", "Time"):
        browser.value(
            "[...document.querySelectorAll('.pb-drop summary')]"
            f".find((each) => each.innerText.includes('{drop}')).click()"
        )
        left, right = browser.value(
            "(({left, right}) => [left, right])"
            "(document.querySelector('.pb-drop[open] .pb-drop-body').getBoundingClientRect())"
        )
        assert 0 <= left < right <= 390
        assert browser.value("document.documentElement.scrollWidth") <= 390
        browser.value("document.querySelector('.pb-drop[open] summary').focus()")
        browser.press("Escape")
        browser.wait("!document.querySelector('.pb-drop[open]')")


def test_an_address_leads_to_the_same_view_again(browser: Tab, address: str) -> None:
    browser.open(f"{address}#/d/boxes?from=now-3h&to=now&var-instance=store%3A81&theme=light")
    browser.wait(f"{READY} === 'boxes '")
    browser.wait(f"{TEXT}.includes('Last 3 hours')")
    drops = "[...document.querySelectorAll('.pb-drop summary')].map((each) => each.textContent)"
    assert browser.value(drops) == ["Job: All", "Instance: store:81", "Time: Last 3 hours"]


def test_every_request_goes_to_the_page_s_own_server(browser: Tab, address: str) -> None:
    browser.go(address, "#/d/lamps?while=ManyLamps", "lamps ManyLamps")
    browser.go(address, "#/slos/", "slos")
    assert {urlsplit(each).netloc for each in browser.requests} <= {urlsplit(address).netloc}


class Api:
    """Answers as a Prometheus with lamps in two rooms. queries: those it was asked."""

    def __init__(self) -> None:
        self.queries: list[str] = []

    def reply(self, handler: BaseHTTPRequestHandler) -> None:
        path = urlsplit(handler.path).path
        if path.startswith("/api/v1/label/"):
            label = path.split("/")[4]
            found: object = {"job": ["shop"], "instance": ["a:80", "b:80"]}[label]
            return answer(handler, json.dumps({"status": "success", "data": found}))
        body = getattr(handler, "body", b"").decode()  # the helper has read it
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self.queries.append(form["query"])
        now = time.time()
        if path.endswith("query_range"):
            times = range(int(float(form["start"])), int(float(form["end"])), 60)
            series = [
                {"metric": {"room": room}, "values": [[at, str(level)] for at in times]}
                for room, level in (("kitchen", 3), ("hall", 5))
                if "lamps" in form["query"]
            ]
            data = {"resultType": "matrix", "result": series}
        elif form["query"] == "time()":
            data = {"resultType": "scalar", "result": [now, str(now)]}
        else:
            result = [{"metric": {"alertname": "ManyLamps"}, "value": [now, "1"]}]
            data = {"resultType": "vector", "result": result}
        return answer(handler, json.dumps({"status": "success", "data": data}))


@pytest.fixture
def live() -> Iterator[tuple[str, Api]]:
    """Address of a page that shows what the Prometheus has, and this."""
    api = Api()
    with http(api.reply) as prometheus:
        client = Client("Prometheus", prometheus)
        subject = Live(plan_of(BODY), Prometheus(client), client.public_url)
        with serving(Server(subject)) as server:
            yield server.address, api
        client.close()


def test_live_data_is_drawn_and_asked_for_again(browser: Tab, live: tuple[str, Api]) -> None:
    address, api = live
    browser.open(f"{address}#/d/lamps")
    browser.wait(f"{READY} === 'lamps '")
    browser.wait("document.querySelector('[data-panel=timeseries] canvas')")
    panel = "document.querySelector('[data-panel=timeseries]').innerText"
    assert {"kitchen", "hall"} <= set(browser.value(panel).split())
    assert "Live from http://127.0.0.1" in browser.value("document.body.innerText")
    assert "ManyLamps" in browser.value("document.querySelector('.pb-firing').innerText")
    assert 'job=~"shop",instance=~"(a:80|b:80)"' in "".join(api.queries).replace(", ", ",")
    before = len(api.queries)
    browser.value(
        "[...document.querySelectorAll('button')].find((b) => b.innerText === 'Refresh').click()"
    )
    browser.wait(f"{READY}")
    deadline = time.monotonic() + 20
    while len(api.queries) == before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(api.queries) > before
    choose(browser, "Instance", "b:80")
    browser.wait("location.hash.includes('var-instance=b%3A80')")
    browser.wait(f"{READY}")
    assert any('instance=~"b:80"' in query for query in api.queries)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Address of `pbmon preview --watch`, and the module that it watches."""
    folder = tmp_path / "definitions"
    folder.mkdir()
    (folder / "project.py").write_text(PROJECT, "utf-8")
    module = folder / "shop.py"
    module.write_text(SHOP + BODY, "utf-8")
    command = [sys.executable, "-c", "import pbmon.cli; pbmon.cli.main()", "preview", "--watch"]
    with subprocess.Popen(
        [*command, "--no-cache", "--definitions", str(folder)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        line = process.stdout.readline()
        found = re.search(r"http://127.0.0.1:\d+/", line)
        assert found, line
        yield found[0], module
        process.terminate()


def test_what_is_saved_is_shown_and_a_mistake_is_told(
    browser: Tab, watched: tuple[str, Path]
) -> None:
    address, module = watched
    browser.open(f"{address}#/d/lamps")
    browser.wait(f"{READY} === 'lamps '")
    text = module.read_text("utf-8")
    module.write_text(text.replace('Panel("On"', 'Panel("Lamps that burn"'), "utf-8")
    browser.wait(f"{TEXT}.includes('Lamps that burn')")
    module.write_text(text.replace("lamps.sum(", "lamp.sum("), "utf-8")
    browser.wait("document.querySelector('.pb-problem')?.innerText.includes('shop.py')")
    assert "Lamps that burn" in browser.value(TEXT)
    module.write_text(text, "utf-8")
    browser.wait("!document.querySelector('.pb-problem')")
    browser.wait(f"!{TEXT}.includes('Lamps that burn')")
    browser.open("about:blank")  # else it would look for the server that ends now
