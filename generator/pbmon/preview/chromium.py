"""A headless Chromium: where it is, and one that is driven through a pipe.

https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pbmon.errors import UsageError

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
HELP = (
    "install chromium (Debian: apt-get install chromium), name one in PBMON_CHROMIUM, or look at"
    " the page itself: pbmon preview --open"
)
SECONDS = 120
"""For one answer of it."""
_CHUNK = 2**16


def find_chromium() -> Path:
    """PBMON_CHROMIUM, else the first on PATH. UsageError where there is none."""
    if named := os.environ.get("PBMON_CHROMIUM"):
        if path := shutil.which(named):
            return Path(path)
        raise UsageError(f"PBMON_CHROMIUM names {named}, which is no program", HELP)
    for name in _NAMES:
        if path := shutil.which(name):
            return Path(path)
    raise UsageError("there is no Chromium on PATH, so no picture can be taken", HELP)


def command(chromium: Path, profile: Path) -> list[str]:
    """A Chromium that shows nothing to anybody and talks to nobody, with a new profile."""
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return [
        str(chromium),
        "--headless",
        *sandbox,  # as root, as in most containers, a Chromium does not start with one
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        "--force-device-scale-factor=1",
        f"--user-data-dir={profile}",
    ]


class ChromiumFailed(UsageError):
    """It gives no answer that can be used."""

    def __init__(self, why: str) -> None:
        super().__init__(f"Chromium takes no picture: {why}", HELP)


@dataclass
class Tab:
    """Its only tab. incoming, outgoing: file descriptors. No port is opened, to which others on
    this machine could connect.
    """

    incoming: int
    outgoing: int
    _session: str = ""
    _number: int = 0
    _buffer: bytearray = field(default_factory=bytearray)

    def attach(self) -> None:
        """Makes the tab."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = str(attached["sessionId"])

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Calls a method of the protocol, and returns its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        session = {"sessionId": self._session} if self._session else {}
        text = json.dumps({**message, **session}).encode() + b"\0"
        try:
            while text:
                text = text[os.write(self.outgoing, text) :]
        except OSError as error:
            raise ChromiumFailed(f"it has ended ({error.strerror})") from None
        end = time.monotonic() + SECONDS
        while True:
            answer = json.loads(self._message(end))
            if answer.get("id") != self._number:
                continue  # an event
            if "error" in answer:
                raise ChromiumFailed(f"{method}: {answer['error'].get('message')}")
            result: dict[str, Any] = answer["result"]
            return result

    def value(self, script: str) -> Any:
        """What an expression of JavaScript gives, as JSON."""
        done = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in done:
            raise ChromiumFailed(str(done["exceptionDetails"].get("text")))
        return done["result"].get("value")

    def wait(self, script: str) -> None:
        """Waits until an expression is true."""
        end = time.monotonic() + SECONDS
        while not self.value(f"!!({script})"):
            if time.monotonic() > end:
                raise ChromiumFailed(f"the page is not there after {SECONDS} s")
            time.sleep(0.05)

    def _message(self, end: float) -> bytes:
        while True:
            message, zero, rest = self._buffer.partition(b"\0")
            if zero:
                self._buffer = bytearray(rest)
                return bytes(message)
            if not select.select([self.incoming], [], [], max(0.0, end - time.monotonic()))[0]:
                raise ChromiumFailed(f"it gives no answer within {SECONDS} s")
            chunk = os.read(self.incoming, _CHUNK)
            if not chunk:
                raise ChromiumFailed("it has ended")
            self._buffer += chunk


@contextmanager
def driven(chromium: Path) -> Iterator[Tab]:
    """The tab of a new Chromium, which ends with it. UsageError on Windows, which hands no pipes to
    it.
    """
    if os.name == "nt":
        raise UsageError(
            "pictures are taken on Linux and macOS, not on Windows", "pbmon preview --html FILE"
        )
    from fcntl import F_DUPFD, fcntl

    to_child, outgoing = os.pipe()
    incoming, from_child = os.pipe()
    ends = [to_child, outgoing, incoming, from_child]

    def connect() -> None:
        # it reads from descriptor 3 and writes to 4; copies first, since one may be the other's
        copies = [fcntl(end, F_DUPFD, 10) for end in (to_child, from_child)]
        for number, copy in enumerate(copies, 3):
            os.dup2(copy, number)

    with tempfile.TemporaryDirectory(
        prefix="pbmon-chromium-", ignore_cleanup_errors=True
    ) as profile:
        try:
            started = subprocess.Popen(
                [*command(chromium, Path(profile)), "--remote-debugging-pipe", "about:blank"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                close_fds=False,  # Python opens its own so that no other program gets them
                preexec_fn=connect,  # noqa: PLW1509 - two system calls, no lock
            )
        except OSError as error:
            raise ChromiumFailed(str(error)) from None
        try:
            for end in (to_child, from_child):
                os.close(end)
                ends.remove(end)
            tab = Tab(incoming, outgoing)
            tab.attach()
            yield tab
        finally:
            for end in ends:
                with suppress(OSError):
                    os.close(end)
            started.terminate()
            try:
                started.wait(10)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait()
