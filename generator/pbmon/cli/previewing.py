"""What `pbmon preview` does: reads definitions, serves their page, writes it, takes pictures."""

from __future__ import annotations

import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import typer

from pbmon.cache import opened
from pbmon.catalog.catalog import load
from pbmon.cli.printing import counted, printable, progress, say
from pbmon.cli.saved import files_of, settled
from pbmon.errors import DefinitionErrors, UsageError
from pbmon.plan.plan import resolve
from pbmon.preview.comparison import Compared, summary
from pbmon.preview.html import page
from pbmon.preview.memory import Memory
from pbmon.preview.pictures import Picture, of_changes, of_dashboards, take
from pbmon.preview.revision import checked_out
from pbmon.preview.server import Server
from pbmon.preview.situations import ALL_IS_WELL, Situations
from pbmon.proof.cases.suite import suite

Json = dict[str, Any]
SUMMARY = "changes.md"
"""Beside pictures of what is another: the same in words."""


@dataclass
class Order:
    """Which definitions to show. cache: file of known proofs, None for none. against: a revision of
    git or a folder to compare with, empty for none.
    """

    definitions: Path
    env: str
    cache: Path | None
    against: str = ""
    _memory: Memory = field(default_factory=Memory)

    def situations(self) -> Situations:
        """Of the definitions as they are now. DefinitionErrors where they are wrong."""
        return self._read(self.definitions)

    @cached_property
    def before(self) -> Situations | None:
        """Of what they are compared with."""
        if not self.against:
            return None
        try:
            if Path(self.against).is_dir():
                return self._read(Path(self.against))
            with tempfile.TemporaryDirectory(prefix="pbmon-revision-") as folder:
                return self._read(checked_out(self.against, self.definitions, Path(folder)))
        except DefinitionErrors as errors:
            raise UsageError(
                f"this pbmon cannot read the definitions of {self.against}:\n{errors}",
                "compare with a revision that it can read",
            ) from None

    def _read(self, definitions: Path) -> Situations:
        with (
            opened(self.cache) as cache,
            progress("deriving what makes each alert fire") as shown,
        ):
            plan = resolve(load(definitions, self.env))
            return Situations(plan, list(suite(plan, cache, shown)), self._memory)

    def subject(self) -> Situations | Compared:
        """What the page is about."""
        situations = self.situations()
        return situations if self.before is None else Compared(situations, self.before)


def serve(order: Order, port: int, *, opened: bool, watching: bool) -> None:
    """Until Ctrl+C. watching: shows each change of the definitions."""
    server = Server(order.subject(), port, order.before, watching)
    if watching:
        threading.Thread(target=_watch, args=(order, server), daemon=True).start()
    _listen(server, opened)


def serve_live(
    definitions: Path, env: str, url: str, token_file: Path | None, port: int, *, opened: bool
) -> None:
    """With what a running Prometheus has, until Ctrl+C."""
    from pbmon.cli.credentials import Access, authorizations
    from pbmon.live.servers.prometheus import Prometheus
    from pbmon.preview.live import Live

    files = {"token": [str(token_file)] if token_file else []}
    access = Access(authorizations({"prometheus": [url]}, files))
    client = access.client("prometheus", url)
    plan = resolve(load(definitions, env))
    live = Live(plan, Prometheus(client), client.public_url)
    live.prometheus.now()  # a wrong address is said here, not in the page
    _listen(Server(live, port), opened)


def _listen(server: Server, opened: bool) -> None:
    try:
        listening = server.listening
    except OSError as error:
        raise UsageError(
            f"port {server.port} cannot be used: {error.strerror}", "--port 0"
        ) from error
    number = len(server.subject.contents()["dashboards"])
    say(f"{server.address} shows {counted(number, 'dashboard')}; Ctrl+C ends it")
    sys.stdout.flush()  # whoever reads the address from a pipe needs it now
    if opened:
        typer.launch(server.address)
    try:
        listening.serve_forever()
    except KeyboardInterrupt:
        listening.server_close()


def _watch(order: Order, server: Server) -> None:
    files = settled(order.definitions, {})
    while True:
        while files == (now := files_of(order.definitions)):
            pass
        files = settled(order.definitions, now)
        try:
            server.show(order.subject())
            say("shows what was saved")
        except (DefinitionErrors, UsageError) as error:
            server.fail(str(error))
            say(printable(str(error)), sys.stderr)


@dataclass
class Pages:
    """The page as a file, and pictures of it. alerts: those that can be shown firing; where it is
    None, every one, or with a comparison those that are others.
    """

    order: Order
    alerts: Sequence[str] | None
    _subject: Situations | Compared = field(init=False)

    def __post_init__(self) -> None:
        self._subject = self.order.subject()
        for name in self.alerts or ():
            if name not in self._subject.names:
                raise UsageError(
                    f"no series are known that fire {name}",
                    f"the page can show {', '.join(self._subject.names) or 'no alert'}",
                )

    def write(self, path: Path) -> None:
        """The page with these alerts."""
        names = self._subject.names if self.alerts is None else self.alerts
        if isinstance(self._subject, Compared) and self.alerts is None:
            names = self._subject.changed_alerts
        self._write(path, names)

    def picture(self, chromium: Path, folder: Path) -> Iterator[Path]:
        """Pictures of all dashboards, when all is well and while each of these alerts fires; with a
        comparison, of what is another. Returns the files as they are there.
        """
        names: Sequence[str] = self.alerts or []
        if isinstance(self._subject, Compared):
            names = self.alerts if self.alerts is not None else self._subject.changed_alerts
            pictures: list[Picture] = of_changes(self._subject.changes, names)
        else:
            pictures = of_dashboards(self._subject.plan.dashboards, ["", *names])
        with tempfile.TemporaryDirectory(prefix="pbmon-preview-") as temporary:
            file = Path(temporary) / "preview.html"
            self._write(file, names)
            for taken in take(chromium, file, pictures, folder):
                yield folder / taken.name
        if isinstance(self._subject, Compared):
            text = folder / SUMMARY
            text.parent.mkdir(parents=True, exist_ok=True)
            text.write_text(summary(self._subject.changes), "utf-8")
            yield text

    def _write(self, path: Path, names: Sequence[str]) -> None:
        subject = self._subject
        data: Json = {"contents": subject.contents(names)}
        sides = {"": subject.after if isinstance(subject, Compared) else subject}
        if isinstance(subject, Compared):
            sides["before "] = subject.before
        for side, situations in sides.items():
            for name in (ALL_IS_WELL, *(name for name in names if name in situations.names)):
                with progress(f"computing {f'while {name} fires' if name else 'all is well'}"):
                    data[f"{side}scenario {name}"] = situations.scenario(name)
        text = page(subject.title, data)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}") from error
