"""A headless Chromium, driven over its DevTools protocol.

https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import urlopen

from pbmon.preview.chromium import command
from pbmon.preview.server import Server
from websockets.sync.client import ClientConnection, connect

_SECONDS = 60


@dataclass
class Tab:
    """One tab. messages: what its console says and which errors nobody caught. requests: addresses
    that it asked for, those of embedded data left out.
    """

    socket: ClientConnection
    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    width: int = 0
    _number: int = 0

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Calls a method of the protocol."""
        self._number += 1
        number = self._number
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv(timeout=_SECONDS))
            if message.get("id") == number:
                assert "error" not in message, message["error"]
                return dict(message["result"])
            self._note(message)

    def _note(self, message: dict[str, Any]) -> None:
        parameters = message.get("params", {})
        match message["method"]:
            case "Runtime.consoleAPICalled" if parameters["type"] in {"error", "warning"}:
                texts = [
                    str(part.get("value", part.get("description"))) for part in parameters["args"]
                ]
                self.messages.append(" ".join(texts)[:500])
            case "Runtime.exceptionThrown":
                self.messages.append(str(parameters["exceptionDetails"])[:500])
            case "Log.entryAdded" if parameters["entry"]["level"] == "error":
                self.messages.append(parameters["entry"]["text"])
            case "Network.requestWillBeSent":
                address = parameters["request"]["url"]
                if not address.startswith(("data:", "blob:")):
                    self.requests.append(address)

    def value(self, script: str) -> Any:
        """What an expression of JavaScript gives, as JSON."""
        done = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def drag(self, begin: tuple[float, float], end: tuple[float, float]) -> None:
        """Moves the mouse from one point to another while its button is down."""
        middle = ((begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2)
        for kind, (x, y), buttons in (
            ("mouseMoved", begin, 0),
            ("mousePressed", begin, 1),
            ("mouseMoved", middle, 1),
            ("mouseMoved", end, 1),
            ("mouseReleased", end, 0),
        ):
            button = "none" if kind == "mouseMoved" and not buttons else "left"
            self.call(
                "Input.dispatchMouseEvent",
                type=kind,
                x=x,
                y=y,
                button=button,
                buttons=buttons,
                clickCount=1,
            )

    def open(self, address: str, width: int = 1280, height: int = 900) -> None:
        """Opens a page in a window of this size."""
        if self.value("location.href.split('#')[0]") == address.split("#", maxsplit=1)[0]:
            self.call("Page.navigate", url="about:blank")  # else the page would stay
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        self.call("Page.navigate", url=address)

    def go(self, address: str, place: str, ready: str, width: int = 1280) -> None:
        """Shows a place of a page, which is loaded where it is not there yet. ready: what the page
        says when the place is there.
        """
        if self.value("location.href.split('#')[0]") != address or width != self.width:
            self.open(f"{address}{place}", width)
        else:
            self.value(f"location.hash = {json.dumps(place)}")
        self.width = width
        self.wait(f"document.querySelector('main')?.dataset.ready === {json.dumps(ready)}")

    def press(self, key: str, text: str = "") -> None:
        """Presses a key, and lets it go."""
        codes = {"Enter": 13, "ArrowDown": 40, "ArrowUp": 38, "Escape": 27, "Tab": 9}
        pressed = {"key": key, "windowsVirtualKeyCode": codes.get(key, 0)}
        self.call("Input.dispatchKeyEvent", type="keyDown", **pressed, text=text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **pressed)

    def wait(self, script: str, what: str = "") -> None:
        """Waits until an expression is true."""
        _until(lambda: bool(self.value(f"!!({script})")), what or script)


def _until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + _SECONDS
    while not true():
        assert time.monotonic() < end, f"not within {_SECONDS} s: {what}"
        time.sleep(0.05)


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """The server of a page, answering while the block runs."""
    thread = Thread(target=server.listening.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.listening.shutdown()
        server.listening.server_close()
        thread.join()


@contextmanager
def tab(chromium: Path, profile: Path) -> Iterator[Tab]:
    """A tab of a new Chromium, which ends with it."""
    started = subprocess.Popen(
        [*command(chromium, profile), "--remote-debugging-port=0", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        port_file = profile / "DevToolsActivePort"
        _until(lambda: port_file.exists() and bool(port_file.read_text()), "Chromium listens")
        port = port_file.read_text().split()[0]
        with urlopen(f"http://127.0.0.1:{port}/json/list", timeout=_SECONDS) as answer:
            pages = [page for page in json.load(answer) if page["type"] == "page"]
        with connect(pages[0]["webSocketDebuggerUrl"], max_size=None) as socket:
            opened = Tab(socket)
            for domain in ("Runtime", "Log", "Network", "Page"):
                opened.call(f"{domain}.enable")
            yield opened
    finally:
        started.terminate()
        started.wait(timeout=_SECONDS)
