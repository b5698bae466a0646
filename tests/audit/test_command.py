"""`pbmon audit` as people call it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from audited_files import alert, dashboard, panel, rules
from pbmon.cli.ending import exit_code

DEAD = rules(alert("avg(up) > 1"))
FINE = rules(alert("up == 0"))
Call = Callable[..., tuple[int, str]]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Runs it in a folder of its own; gives the exit code and what is printed."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["pbmon", "audit", "--no-cache", *arguments])
        printed = io.StringIO()
        with redirect_stdout(printed), redirect_stderr(printed):
            code = exit_code()
        return code, printed.getvalue()

    return run


def test_text_is_for_people(call: Call) -> None:
    Path("a.yml").write_text(DEAD)
    Path("b.json").write_text(dashboard(panel("up")))
    code, text = call("a.yml", "b.json")
    assert code == 1
    first, *_, last = text.splitlines()
    assert first.startswith("a.yml:7: alert Watched can never fire: ")
    assert "a.yml: 0 of 1 alerts can fire, 0 proven" in text
    assert last == (
        "1 error, 0 warnings, 0 notes in 2 files; 1 of 1 queries can return data;"
        " 0 of 1 alerts can fire, 0 proven"
    )


def test_json_is_for_programs(call: Call) -> None:
    Path("a.yml").write_text(DEAD)
    code, text = call(".", "--format", "json")
    report = json.loads(text)
    assert code == 1
    assert report["total"] == {"queries": 0, "answered": 0, "alerts": 1, "firing": 0, "proven": 0}
    assert [f["check"] for f in report["findings"]] == ["alert-can-fire"]
    assert report["files"][0]["file"] == "a.yml"


def test_github_shows_it_at_its_line(call: Call) -> None:
    Path("a.yml").write_text(DEAD)
    Path("b.json").write_text(dashboard(panel("up", fieldConfig={})))
    _, text = call(".", "--format", "github")
    lines = text.splitlines()
    assert lines[0].startswith("::error file=a.yml,line=7,title=alert-can-fire::alert Watched")
    assert lines[1].startswith("::notice file=b.json,")


LEVELS = {
    "fine": (FINE, "warning", 0),
    "an error": (DEAD, "error", 1),
    "a warning, which passes": (rules(alert("a:b > 1")), "error", 0),
    "a warning": (rules(alert("a:b > 1")), "warning", 1),
}


@pytest.mark.parametrize(("text", "fail_on", "code"), LEVELS.values(), ids=LEVELS)
def test_the_exit_code_follows_the_level(call: Call, text: str, fail_on: str, code: int) -> None:
    Path("a.yml").write_text(text)
    assert call("a.yml", "--fail-on", fail_on)[0] == code


def test_a_note_never_fails_a_run(call: Call) -> None:
    Path("a.json").write_text(dashboard(panel("up", fieldConfig={})))
    code, text = call("a.json", "--fail-on", "warning")
    assert code == 0 and "note: panel 'Orders' shows numbers without a unit" in text


USAGE = {
    "a path that is not there": (["gone.yml"], "gone.yml does not exist"),
    "nothing that is known": (["other.json"], "none of these files holds rules"),
    "no exposition": (["a.yml", "--exposition", "a.yml"], "a.yml is no exposition"),
    "an exposition that is not there": (["a.yml", "--exposition", "x"], "x cannot be read"),
    "an empty one": (["a.yml", "--exposition", "empty"], "empty exposes no series"),
    "a folder that is not there": (["a.yml", "--html", "x/y.html"], "x/y.html cannot be written"),
}


@pytest.mark.parametrize(("arguments", "problem"), USAGE.values(), ids=USAGE)
def test_a_call_that_cannot_be_carried_out_ends_with_2(
    call: Call, arguments: list[str], problem: str
) -> None:
    Path("a.yml").write_text(FINE)
    Path("other.json").write_text('{"name": "shop"}')
    Path("empty").write_text("")
    code, text = call(*arguments)
    assert code == 2 and problem in text


def test_the_page_needs_nothing_and_escapes_everything(call: Call) -> None:
    script = "<script>alert(1)</script>"
    Path("a.yml").write_text(rules(alert("avg(up) > 1", alert=script)))
    code, _ = call("a.yml", "--html", "page.html")
    page = Path("page.html").read_text()
    assert code == 1
    assert "<script" not in page and "&lt;script&gt;" in page
    assert "http://" not in page and "https://" not in page and "src=" not in page
    assert "default-src 'none'" in page and "width=device-width" in page
    assert call("a.yml", "--format", "html")[1] == page


def test_a_type_that_an_exposition_gives_twice_counts_as_unknown(call: Call) -> None:
    Path("a.yml").write_text(rules(alert("rate(orders[5m]) > 1")))
    Path("x.txt").write_text("# TYPE orders gauge\norders 1\n# TYPE orders counter\n")
    code, text = call("a.yml", "--exposition", "x.txt")
    assert code == 0 and "rate-reads-a-counter" not in text
    assert "note: x.txt gives orders two types, counter and gauge" in text


class _Prometheus(BaseHTTPRequestHandler):
    """Answers as a Prometheus that has two series."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self._answer(self.rfile.read(length).decode())

    def _answer(self, form: str = "") -> None:
        if "Authorization" not in self.headers:
            self.send_error(401)
            return
        query = parse_qs(form).get("query", [""])[0]
        data: object = {
            "/api/v1/label/__name__/values": ["orders_total", "up"],
            "/api/v1/targets/metadata": [
                {
                    "target": {"job": "shop"},
                    "metric": "orders",
                    "type": "gauge",
                    "help": "",
                    "unit": "",
                }
            ],
        }.get(urlsplit(self.path).path)
        if query == "time()":
            data = {"resultType": "scalar", "result": [1, "1700000000"]}
        elif query:
            labels = {"__name__": "orders_total", "job": "shop", "status": "paid"}
            data = {"resultType": "vector", "result": [{"metric": labels, "value": [1, "5"]}]}
        body = json.dumps({"status": "success", "data": data}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def prometheus() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Prometheus)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_prometheus_says_what_exists(call: Call, prometheus: str) -> None:
    Path("a.yml").write_text(
        rules(alert('orders_total{status="failed"} > 5'), alert("gone > 1", alert="Gone"))
    )
    Path("token").write_text("secret")
    code, text = call("a.yml", "--prometheus", prometheus, "--token-file", "token")
    assert code == 1 and "secret" not in text
    assert "this Prometheus had nothing called gone in 30 days" in text
    assert "no series of orders_total has status='failed' now" in text


def test_a_server_that_asks_for_a_login_is_told(call: Call, prometheus: str) -> None:
    Path("a.yml").write_text(FINE)
    code, text = call("a.yml", "--prometheus", prometheus)
    assert code == 2 and "refuses a question without a token or password (status 401)" in text
    code, text = call("a.yml", "--exposition", prometheus)
    assert code == 2 and "status 401" in text


def test_a_server_that_is_not_there_is_told(call: Call) -> None:
    Path("a.yml").write_text(FINE)
    code, text = call("a.yml", "--prometheus", "http://127.0.0.1:1", "--timeout", "2s")
    assert code == 2 and "127.0.0.1:1" in text
