"""The page as text, and the server that has it."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from gzip import decompress
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path

import pytest
from pbmon.preview.html import asset, page
from pbmon.preview.server import HOST, Server
from pbmon.preview.situations import Situations
from pbmon.proof.cases.suite import suite
from small_projects import plan_of

from preview.browser import serving

BODY = """
many = Alert("ManyLamps", lamps > 90, for_="5m", **SAID)
board = Dashboard(
    "Lamps",
    uid="lamps",
    file="lamps",
    rows=[Row("Now", Stat("On", lamps.sum(), unit="short", description="Lamps on."))],
)
"""


@pytest.fixture(scope="module")
def situations() -> Situations:
    plan = plan_of(BODY)
    return Situations(plan, list(suite(plan)))


def test_the_page_runs_its_own_script_alone_and_reaches_nothing() -> None:
    text = page("Shop", {"contents": {}})
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    script = re.search(r'<script type="module">(.*)</script>', text, re.S)
    assert policy
    assert script
    digest = b64encode(sha256(script[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy[1]
    assert "default-src 'none'" in policy[1]
    assert "connect-src 'none'" in policy[1]


def test_data_comes_back_as_it_was_whatever_it_holds() -> None:
    hurting = {"text": "</script><script>alert(1)</script> \u2028 é"}
    text = page("</title>", {"contents": hurting})
    block = re.search(r'id="data:contents">([^<]*)<', text)
    assert block
    assert json.loads(decompress(b64decode(block[1]))) == hurting
    assert "</title></title>" not in text


def test_two_pages_of_the_same_data_are_equal(situations: Situations) -> None:
    other = Situations(situations.plan, situations.proofs)
    assert page("Shop", situations.scenario("")) == page("Shop", other.scenario(""))


def test_the_licences_name_every_package_of_the_lock_that_is_grafanas() -> None:
    lock = json.loads((Path(__file__).parents[2] / "preview/package-lock.json").read_text())
    text = asset("LICENSES.txt")
    for name in ("@grafana/ui", "@grafana/data", "react", "uplot"):
        assert f"\n{name} {lock['packages'][f'node_modules/{name}']['version']}: " in text
    assert "AGPL" not in text.partition("-----")[0]


@pytest.fixture
def server(situations: Situations) -> Iterator[Server]:
    with serving(Server(situations)) as started:
        yield started


def asked(server: Server, path: str, host: str = "") -> tuple[int, bytes]:
    port = int(server.listening.server_address[1])
    connection = HTTPConnection(HOST, port, timeout=30)
    connection.request("GET", path, headers={"Host": host or f"{HOST}:{port}"})
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_the_server_has_the_page_and_each_situation(server: Server) -> None:
    status, text = asked(server, "/")
    assert status == 200
    assert b"connect-src 'self'" in text
    contents = json.loads(asked(server, "/data/contents.json")[1])
    assert contents["scenarios"] == ["ManyLamps"]
    shown = json.loads(asked(server, "/data/shown.json?uid=lamps&while=ManyLamps")[1])
    assert shown["firing"] == ["ManyLamps"]
    assert shown["offered"] == {"instance": ["shop:80"], "job": ["shop"]}


def test_a_part_of_the_time_can_be_asked_for(server: Server) -> None:
    whole = json.loads(asked(server, "/data/shown.json?uid=lamps")[1])
    assert whole["end"] - whole["begin"] == 3600
    last = json.loads(asked(server, "/data/shown.json?uid=lamps&last=21600")[1])
    assert (last["begin"], last["end"]) == (whole["end"] - 21600, whole["end"])
    begin, end = whole["begin"] + 600, whole["begin"] + 1200
    part = json.loads(asked(server, f"/data/shown.json?uid=lamps&begin={begin}&end={end}")[1])
    assert begin - 60 <= part["begin"] < part["end"] <= end


def test_the_server_listens_on_this_machine_alone(server: Server) -> None:
    assert server.listening.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize(
    "path",
    [
        "/data/shown.json?uid=nowhere",
        "/data/shown.json?uid=lamps&while=Nobody",
        "/data/shown.json?uid=lamps&of=before",
        "/news",
        "/etc/passwd",
        "/data/../x",
    ],
)
def test_what_is_not_there_is_not_found(server: Server, path: str) -> None:
    assert asked(server, path)[0] == 404


def test_a_time_that_is_none_is_refused(server: Server) -> None:
    status, text = asked(server, "/data/shown.json?uid=lamps&begin=yesterday")
    assert status == 400
    assert b"yesterday" in text


def test_a_page_of_others_gets_nothing(server: Server) -> None:
    assert asked(server, "/data/contents.json", host="evil.example:80")[0] == 403
