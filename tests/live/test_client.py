"""Servers that hang, lie, refuse or lead astray."""

from __future__ import annotations

import gzip
import socket
import ssl
import time
import traceback
import tracemalloc
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from live import servers
from live.servers import answer, raw
from pbmon.errors import UsageError
from pbmon.live.servers import client as client_module
from pbmon.live.servers import limits
from pbmon.live.servers.client import Client, Unreachable, basic, bearer
from pbmon.live.servers.limits import Budget
from pbmon.live.servers.prometheus import Prometheus

Reply = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "PAUSE", 0.01)


def _hang(_: BaseHTTPRequestHandler) -> None:
    time.sleep(2)


def _drip(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then, so that no single read ever times out."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(20):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.1)


def _drip_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(20):
        handler.wfile.write(b"X-%d: 1\r\n" % number)
        handler.wfile.flush()
        time.sleep(0.1)


@pytest.mark.parametrize("reply", [_hang, _drip, _drip_headers])
def test_an_answer_that_does_not_end_is_cut_off(reply: Reply) -> None:
    def quietly(handler: BaseHTTPRequestHandler) -> None:
        try:
            reply(handler)
        except OSError:
            handler.close_connection = True

    with servers.http(quietly) as url:
        begun = time.monotonic()
        with pytest.raises(
            Unreachable, match=r"^Prometheus at http://127.0.0.1:\d+ gives no answer within 0.4 s"
        ):
            Client("Prometheus", url, timeout=0.4).json("/api/v1/targets")
        assert time.monotonic() - begun < 1.5


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (
            "<html>Sign in</html>",
            "text/html",
            "answers with status 200 and text/html instead of JSON",
        ),
        ("{", "application/json", "answers with status 200 and application/json instead of JSON"),
        (
            "[" * 100_000,
            "application/json",
            "answers with status 200 and application/json instead of JSON",
        ),
        ("[]", "application/json", "answers with JSON of another kind"),
        (
            '{"status":"success","data":{"activeTargets":[{}]}}',
            "application/json",
            "answers with JSON of another kind",
        ),
        (
            '{"status":"error","error":"shutting down"}',
            "application/json",
            "refuses /api/v1/targets.*: shutting down",
        ),
    ],
)
def test_an_answer_that_is_not_prometheus_s_is_named(body: str, kind: str, said: str) -> None:
    with (
        servers.http(lambda handler: answer(handler, body, kind=kind)) as url,
        pytest.raises(Unreachable, match=said),
    ):
        Prometheus(Client("Prometheus", url)).targets()


def test_a_server_that_is_busy_is_asked_again() -> None:
    asked: list[str] = []

    def reply(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        if len(asked) < 3:
            answer(handler, "later", 503, "text/plain")
        else:
            answer(handler, "{}")

    with servers.http(reply) as url:
        assert Client("Prometheus", url).json("/x") == {}
    assert len(asked) == 3


def test_a_server_that_stays_busy_or_is_not_there_is_unreachable() -> None:
    busy = servers.http(lambda handler: answer(handler, "later", 502, "text/plain"))
    with busy as url, pytest.raises(Unreachable, match="answers with status 502"):
        Client("Prometheus", url).json("/")
    with pytest.raises(Unreachable, match="cannot be reached: Connection refused"):
        Client("Prometheus", url).json("/")


def test_a_refusal_names_no_secret() -> None:
    with servers.http(lambda handler: answer(handler, "{}", 401)) as url:
        with pytest.raises(UsageError, match="refuses the secret given for it") as caught:
            Client("Grafana", url.replace("//", "//ann:pass%40word@")).json("/")
        assert "pass" not in str(caught.value)
        with pytest.raises(UsageError, match="refuses a question without a token or password"):
            Client("Grafana", url).json("/")


def test_a_redirect_is_not_followed_so_that_the_token_stays_here() -> None:
    asked: list[str] = []
    with servers.http(lambda handler: asked.append(str(handler.headers["Authorization"]))) as other:
        to = f"{other.replace('//', '//user:word@')}/login?token=x"
        astray = servers.http(lambda handler: answer(handler, "", 302, Location=to))
        with astray as url, pytest.raises(UsageError) as caught:
            Client("Grafana", url, authorization=bearer("secret")).json("/")
    assert (
        caught.value.problem
        == f"Grafana at {url} redirects to {other}/login, which is not followed"
    )
    assert asked == []


def test_user_and_password_of_an_address_are_sent_and_not_shown() -> None:
    seen: list[str | None] = []

    def reply(handler: BaseHTTPRequestHandler) -> None:
        seen.append(handler.headers["Authorization"])
        answer(handler, "{}")

    with servers.http(reply) as url:
        client = Client("Prometheus", f"{url.replace('//', '//ann:p%40ss@')}/prefix/")
        client.json("/x")
    assert seen == [basic("ann:p@ss")]
    assert str(client) == f"Prometheus at {url}/prefix"


def test_an_answer_without_end_is_not_read_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BYTES", 2**20)
    long = servers.http(lambda handler: answer(handler, "x" * (2**20 + 1)))
    with long as url, pytest.raises(UsageError, match="answers with more than 1 MiB"):
        Client("Prometheus", url).json("/")


@pytest.mark.parametrize(
    "url",
    [
        "localhost:9090",
        "ftp://x",
        "http://",
        "http://x:y",
        "http://[",
        "http://x/?q=1",
        "http://a b/",
        "http://a..b/",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        Client("Prometheus", url)


@pytest.mark.parametrize(
    ("url", "public_url"),
    [
        ("ann:s3cret@prom.example:9090", "'…@prom.example:9090' is no address"),
        ("http:ann:s3cret@h", "'…@h' is no address"),
        ("http:/ann:s3cret@h", "'…@h' is no address"),
        ("//ann:s3cret@h", "'…@h' is no address"),
        ("s3cret://ann@h", "'…@h' is no address"),
        ("http://ann:s3cret@h?x=s3cret", "'http://h' is no address"),
        ("http://ann:9/s3cret@h", "'…@h' is no address"),
        ("http://ann:9?s3cret@h", "'…@h' is no address"),
        ("http://ann:9#s3cret@h", "'…@h' is no address"),
        ("http://ann:s3cret/@h", "cannot be read"),
        ("http://ann:s3cret@h:x", "cannot be read"),
        ("http://[ann:s3cret@h", "cannot be read"),
    ],
)
def test_nothing_before_the_last_at_sign_of_an_address_is_shown(url: str, public_url: str) -> None:
    with pytest.raises(UsageError) as caught:
        Client("Prometheus", url)
    assert public_url in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_password_may_hold_any_character_that_is_escaped() -> None:
    assert (
        Client("Prometheus", "HTTPS://ann:s3%40%2Fcret@[::1]:9090/p/").public_url
        == "HTTPS://[::1]:9090/p"
    )


@pytest.mark.parametrize("reply", [b"SSH-2.0-OpenSSH_9.2\r\n", b"x" * 200_000, b"\r\n\r\n", b""])
def test_what_is_not_http_is_named_and_not_shown(reply: bytes) -> None:
    with (
        raw(reply) as address,
        pytest.raises(Unreachable, match=r"instead of HTTP\n|Connection reset"),
    ):
        Client("Prometheus", f"http://{address}").json("/")


def test_no_secret_is_in_a_message_whatever_is_answered() -> None:
    """A server that sends back what it is asked, headers and all."""

    prefixes = [b"", b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 302 x\r\nLocation: "]
    secrets = (basic("ann:s3cret"), "s3cret")
    for prefix in prefixes:
        with raw(prefix, echo=True) as address, pytest.raises(UsageError) as caught:
            Client("Prometheus", f"http://{address}", authorization=secrets[0]).json("/")
        text = "".join(traceback.format_exception(caught.value))
        assert not [secret for secret in secrets if secret in text]


def test_proxies_and_netrc_of_the_environment_are_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[str | None] = []

    def reply(handler: BaseHTTPRequestHandler) -> None:
        seen.append(handler.headers["Authorization"])
        answer(handler, "{}")

    (tmp_path / "netrc").write_text("default login ann password s3cret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with servers.http(lambda handler: answer(handler, '"proxy"')) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy)
        with servers.http(reply) as url:
            assert Client("Prometheus", url).json("/") == {}
    assert seen == [None]


def test_an_address_of_ip_version_6_is_asked() -> None:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
    except OSError:
        pytest.skip("this machine has no ::1")
    with servers.http(lambda handler: answer(handler, "{}"), host="::1") as url:
        assert url.startswith("http://[::1]:")
        assert Client("Prometheus", url).json("/x") == {}


@pytest.mark.parametrize(
    "piece", [b"[],", b'{"a":{}},', b"1.5,", b'"x",', b'{"labels":{"job":"","instance":""}},']
)
def test_an_answer_of_many_values_is_refused_before_they_are_made(
    monkeypatch: pytest.MonkeyPatch, piece: bytes
) -> None:
    monkeypatch.setattr(limits, "VALUES", 100_000)
    text = (b"[" + piece * 100_000 + b"0]").decode()
    with servers.http(lambda handler: answer(handler, text)) as url:
        client = Client("Prometheus", url)
        found = client.ask("/")
    tracemalloc.start()  # when the server's thread has ended, for its memory would count too
    with pytest.raises(UsageError, match="answers with more than 100,000 values"):
        client.parsed(found)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000


def test_answers_that_are_kept_beside_each_other_share_one_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "VALUES", 100)
    one = f'{{"status":"success","data":{{"result":[{"[]," * 20}[]]}}}}'
    with servers.http(lambda handler: answer(handler, one)) as url:
        kept = Budget()
        assert Client("Prometheus", url).json("/", budget=kept)
        with pytest.raises(UsageError, match="more than 100 values"):
            for _ in range(2):
                Client("Prometheus", url).json("/", budget=kept)


def test_an_answer_is_not_unpacked() -> None:
    packed = gzip.compress(b" " * 10_000_000 + b"{}")
    asked: list[str] = []

    def reply(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.headers["Accept-Encoding"])
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", str(len(packed)))
        handler.end_headers()
        handler.wfile.write(packed)

    with servers.http(reply) as url:
        client = Client("Prometheus", url)
        assert client.ask("/").body == packed
        with pytest.raises(Unreachable, match="instead of JSON"):
            client.json("/")
    assert asked == ["identity"] * 2


@pytest.mark.parametrize(
    "reply", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b"\0" * 100]
)
def test_https_to_a_server_without_tls_is_named(reply: bytes) -> None:
    with raw(reply) as address, pytest.raises(UsageError) as caught:
        Client("Prometheus", f"https://ann:s3cret@{address}").json("/")
    assert (
        str(caught.value)
        == f"Prometheus at https://{address} does not speak TLS, so https:// does not reach it\n "
        f" help: http://{address} may be meant"
    )


def test_a_tls_connection_that_is_broken_off_is_tried_again() -> None:
    with (
        raw(b"") as address,
        pytest.raises(Unreachable, match=r"breaks the TLS connection off|Connection reset"),
    ):
        Client("Prometheus", f"https://{address}").json("/")


def test_tls_trusts_the_authority_that_is_named_and_no_other(tmp_path: Path) -> None:
    certificate, key = servers.certificate(tmp_path)
    with servers.http(lambda handler: answer(handler, "{}"), tls=(certificate, key)) as url:
        with pytest.raises(UsageError, match="cannot prove who it is"):
            Client("Prometheus", url).json("/")
        trusting = ssl.create_default_context(cafile=str(certificate))
        assert Client("Prometheus", url, tls=trusting).json("/") == {}
