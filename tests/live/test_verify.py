"""`pbmon verify` as it is called: what it prints, its exit codes, its secrets, its patience."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from live import servers
from live.conftest import FAULTY
from live.servers import answer
from pbmon.cli import main
from pbmon.cli.printing import print_error, print_findings
from pbmon.errors import UsageError
from pbmon.finding import Finding
from pbmon.live import verification
from pbmon.live.observation import Servers
from pbmon.live.report.formats import as_junit
from pbmon.live.servers.client import Client, Unreachable
from pbmon.live.verification import Coverage, Report, verify_until
from pbmon.source import Source


class Called:
    """A call in the project's folder."""

    def __init__(
        self,
        project: servers.Project,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys
        monkeypatch.chdir(project.folder)

    def verify(self, *options: str) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        self._monkeypatch.setattr(
            sys, "argv", ["pbmon", "verify", "--env", "test", "--out", "nowhere", *options]
        )
        with pytest.raises(SystemExit) as ended:
            main()
        printed = self._capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> servers.Project:
    return servers.project(tmp_path_factory.mktemp("verify"), shop="a:1", prometheus="b:1")


@pytest.fixture
def called(
    project: servers.Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Called:
    return Called(project, monkeypatch, capsys)


@pytest.fixture
def faulty() -> Iterator[str]:
    """The address of an exposition with faults."""
    with servers.http(
        lambda handler: answer(handler, FAULTY.read_text(), kind="text/plain")
    ) as url:
        yield f"{url}/metrics"


def test_findings_are_printed_and_end_with_1(called: Called, faulty: str) -> None:
    code, out, err = called.verify("--scrape", faulty)
    assert (code, err) == (1, "")
    assert (
        "definitions/shop.py:43: shop_baskets does not arrive from the exposition, so what reads it"
        " stays silent" in out
    )
    assert out.splitlines()[-4:] == [
        "note: Prometheus was not looked at: no --prometheus",
        "note: Alertmanager was not looked at: no --alertmanager",
        "note: Grafana was not looked at: no --grafana",
        "10 findings; metrics seen 4/7",
    ]


def test_no_finding_ends_with_0(called: Called, project: servers.Project) -> None:
    module, registry = servers.metrics_of(project.rendered)
    module.shop_requests_total.labels("GET", "/").inc()
    with servers.exporter(registry) as address:
        code, out, _ = called.verify(
            "--scrape", f"http://{address}/metrics", "--may-be-empty", "shop_refunds_total"
        )
    assert (code, out.splitlines()[-1]) == (0, "0 findings; metrics seen 5/7")


def test_json_holds_findings_notes_and_figures(called: Called, faulty: str) -> None:
    code, out, _ = called.verify("--scrape", faulty, "--format", "json")
    told = json.loads(out)
    assert code == 1
    assert told["findings"][0] == {
        "check": "metric-arrives",
        "file": "definitions/shop.py",
        "line": 43,
        "problem": (
            "shop_baskets does not arrive from the exposition, so what reads it stays silent"
        ),
        "help": (
            "see whether the running version has the generated module and counts; --may-be-empty"
            " NAME for what is rare"
        ),
    }
    assert told["coverage"]["metrics seen"] == {"seen": 4, "total": 7}


def test_junit_has_a_case_for_each_check_and_each_finding(called: Called, faulty: str) -> None:
    code, out, _ = called.verify("--scrape", faulty, "--format", "junit")
    suite = ElementTree.fromstring(out)
    assert code == 1
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("16", "10", "3")
    assert len(suite.findall("testcase")) == 16
    assert len(suite.findall("testcase/failure")) == 10


def test_junit_holds_any_text() -> None:
    """Values of labels come from clients, so they may hold what XML cannot."""
    finding = Finding(
        "label-values-are-declared", Source("a.py", 1), "has '<&\"\x00\ud800]]>'", "help"
    )
    suite = ElementTree.fromstring(as_junit(Report((finding,), (), (), (), Coverage())).encode())
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert failure.get("message") == "has '<&\"��]]>'"


def test_a_server_that_is_not_there_ends_with_2(called: Called) -> None:
    code, out, err = called.verify(
        "--prometheus", f"http://ann:pw@127.0.0.1:{servers.free_port()}", "--timeout", "1s"
    )
    assert (code, out) == (2, "")
    assert "cannot be reached: Connection refused" in err
    assert "pw" not in err


def test_a_server_with_tls_is_trusted_where_its_authority_is_named(
    called: Called, tmp_path: Path
) -> None:
    tls = servers.certificate(tmp_path)
    with servers.http(
        lambda handler: answer(handler, FAULTY.read_text(), kind="text/plain"), tls=tls
    ) as url:
        trusted = called.verify("--scrape", url, "--ca", str(tls[0]))
        code, out, err = called.verify("--scrape", url)
    assert (trusted[0], trusted[1].splitlines()[-1], trusted[2]) == (
        1,
        "10 findings; metrics seen 4/7",
        "",
    )
    assert (code, out) == (2, "")
    assert f"the exposition at {url} cannot prove who it is" in err
    assert "help: name the certificate of its authority: --ca FILE" in err


OWNED = "\x1b[2J\x1b]0;owned\x07"


def test_what_a_server_answers_moves_no_cursor_and_fills_no_screen(called: Called) -> None:
    with servers.raw(f"{OWNED}{'x' * 60_000}\r\n\r\n".encode()) as address:
        code, out, err = called.verify("--prometheus", f"http://{address}")
    assert (code, out) == (2, "")
    assert "instead of HTTP" in err
    assert "\x1b" not in err
    assert len(err) < 400


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        (OWNED, r"\x1b[2J\x1b]0;owned\x07"),
        ("a\r\nb.py:1: forged", "a b.py:1: forged"),
        ("\x9b2J \x7f \u202eabc \ud800", r"\x9b2J \x7f \u202eabc \ud800"),
        ("“größer” → 5 µs", "“größer” → 5 µs"),
        ("x" * 1000, "x" * 1000),
        ("x" * 3000, "x" * 1000 + " … (2,000 more characters)"),
    ],
)
def test_a_finding_is_one_line_that_a_terminal_shows_as_it_is(
    capsys: pytest.CaptureFixture[str], text: str, printed: str
) -> None:
    print_findings([Finding("rule-is-evaluated", Source("a.py", 1), text, text)], "text")
    assert capsys.readouterr().out == f"a.py:1: {printed} (rule-is-evaluated)\n  help: {printed}\n"


def test_an_error_keeps_the_lines_that_are_ours(capsys: pytest.CaptureFixture[str]) -> None:
    print_error(UsageError(f"these are wrong:\n  {OWNED}", "one of\n  a"))
    assert (
        capsys.readouterr().err
        == "these are wrong:\n  \\x1b[2J\\x1b]0;owned\\x07\n  help: one of\n  a\n"
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "no server is named, so there is nothing to verify"),
        (["--prometheus", "localhost"], "'localhost' is no address of Prometheus"),
        (
            ["--prometheus", "ann:s3cret@prom.example:9090"],
            "'…@prom.example:9090' is no address of Prometheus",
        ),
        (["--prometheus", "http://x", "--wait", "soon"], "--wait 'soon' is not a duration"),
        (
            ["--prometheus", "http://x", "--ca", "nowhere"],
            "--ca names nowhere, which holds no certificates",
        ),
        (
            ["--prometheus", "http://x", "--may-be-empty", "cats"],
            "--may-be-empty names cats, which is not defined",
        ),
        (
            ["--prometheus", "http://x", "--token-file", "nowhere"],
            "--token-file names nowhere, which cannot be read",
        ),
        (
            ["--prometheus", "http://x", "--token-file", "grafana=t"],
            "--token-file does not say which server it is for",
        ),
        (
            ["--prometheus", "http://x", "--grafana", "http://y", "--token-file", "t"],
            "does not say which server it is for",
        ),
    ],
)
def test_what_cannot_be_done_is_said_and_ends_with_2(
    called: Called, options: list[str], said: str
) -> None:
    code, out, err = called.verify(*options)
    assert (code, out) == (2, "")
    assert said in err


def test_a_secret_goes_only_to_the_server_it_was_given_for(
    called: Called, tmp_path: Path, project: servers.Project
) -> None:
    seen: dict[str, set[str]] = {}

    def listener(name: str) -> servers.Reply:
        def reply(handler: servers.BaseHTTPRequestHandler) -> None:
            seen.setdefault(name, set()).add(str(handler.headers["Authorization"]))
            answer(handler, FAULTY.read_text(), kind="text/plain")

        return reply

    (tmp_path / "token").write_text("s3cret\n")
    with servers.http(listener("scrape")) as one, servers.http(listener("grafana")) as other:
        code, out, err = called.verify(
            "--scrape", one, "--grafana", other, "--token-file", f"grafana={tmp_path / 'token'}"
        )
        assert code == 2  # that is no Grafana
        called.verify("--scrape", one, "--basic-auth-file", f"scrape={tmp_path / 'token'}")
    assert seen == {"scrape": {"None", "Basic czNjcmV0"}, "grafana": {"Bearer s3cret"}}
    assert "s3cret" not in out + err


def test_a_secret_of_two_lines_is_refused_and_not_shown(called: Called, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret\r\nX-Header: 1\n")
    code, out, err = called.verify("--scrape", "http://x", "--token-file", str(tmp_path / "token"))
    assert code == 2
    assert "does not hold one line of text" in err
    assert "s3cret" not in out + err


class _Clock:
    """Time that passes only in sleep()."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


FINDING = Finding("target-is-up", Source("a.py", 1), "down")


@pytest.mark.parametrize(
    ("looks", "wait", "asked", "ends"),
    [
        ([[FINDING], Unreachable("away"), []], 60, 3, 4.0),
        ([[FINDING]], 0, 1, 0.0),
        ([[FINDING]] * 9, 5, 4, 5.0),
    ],
)
def test_it_looks_again_until_all_is_well_or_the_time_is_over(
    monkeypatch: pytest.MonkeyPatch,
    looks: list[list[Finding] | Exception],
    wait: float,
    asked: int,
    ends: float,
) -> None:
    clock, told, left = _Clock(), list[str](), list(looks)

    def look(*_: object) -> Report:
        found = left.pop(0)
        if isinstance(found, Exception):
            raise found
        return Report(tuple(found), (), (), (), Coverage())

    monkeypatch.setattr(verification, "time", clock)
    monkeypatch.setattr(verification, "verify", look)
    report = verify_until(None, {}, Servers(), (), wait, told.append)  # type: ignore[arg-type]
    assert (len(looks) - len(left), clock.now) == (asked, ends)
    assert len(told) == asked - 1
    assert bool(report.findings) == (ends == wait)


def test_a_server_that_never_comes_is_an_error_at_the_end_of_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = _Clock()
    monkeypatch.setattr(verification, "time", clock)
    monkeypatch.setattr(verification, "verify", lambda *_: _away())
    with pytest.raises(Unreachable):
        verify_until(None, {}, Servers(), (), 10, lambda _: None)  # type: ignore[arg-type]
    assert clock.now == 10


def _away() -> Report:
    raise Unreachable("away")


def test_what_waiting_cannot_mend_ends_at_once(
    monkeypatch: pytest.MonkeyPatch, project: servers.Project
) -> None:
    clock = _Clock()
    monkeypatch.setattr(verification, "time", clock)
    with servers.http(lambda handler: answer(handler, "{}", 401)) as url, pytest.raises(UsageError):
        verify_until(
            project.plan,
            project.rendered,
            Servers(prometheus=Client("Prometheus", url)),
            (),
            60,
            lambda _: None,
        )
    assert clock.now == 0
