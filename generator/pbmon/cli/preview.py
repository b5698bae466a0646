"""`pbmon preview`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pbmon.cli.options import DEFINITIONS, ENV, Definitions, Env, UseCache, cache_file
from pbmon.cli.printing import counted, progress, say
from pbmon.errors import UsageError

if TYPE_CHECKING:
    from pbmon.preview.situations import Situations


def preview(
    definitions: Definitions = DEFINITIONS,
    env: Env = ENV,
    html: Annotated[
        Path | None,
        typer.Option("--html", help="Write the page into this file, and serve nothing."),
    ] = None,
    png: Annotated[
        Path | None,
        typer.Option(
            "--png",
            help="Take a picture of every dashboard into this folder, with a Chromium that is"
            " there, and serve nothing.",
        ),
    ] = None,
    alert: Annotated[
        list[str] | None,
        typer.Option(
            "--alert",
            help="The page or pictures of --html and --png show this alert firing, too; once for"
            " each. Without it, the page can show every alert, and pictures show none.",
        ),
    ] = None,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port on 127.0.0.1; 0 for a free one.")
    ] = 0,
    open_: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    use_cache: UseCache = None,
) -> None:
    """Draw every dashboard with data, without a Grafana: all is well, or an alert fires.

    The page is drawn with Grafana's published code. Its series are made up: those of an alert come
    from the proof of it.
    """
    from pbmon.cache import opened
    from pbmon.catalog.catalog import load
    from pbmon.plan.plan import resolve
    from pbmon.preview.pictures import find_chromium
    from pbmon.preview.situations import Situations
    from pbmon.proof.cases.suite import suite

    chromium = find_chromium() if png is not None else None

    with (
        opened(cache_file(definitions, use_cache)) as cache,
        progress("deriving what makes each alert fire") as shown,
    ):
        plan = resolve(load(definitions, env))
        situations = Situations(plan, list(suite(plan, cache, shown)))
    for name in alert or ():
        if name not in situations.names:
            raise UsageError(
                f"no series are known that fire {name}",
                f"the page can show {', '.join(situations.names) or 'no alert'}",
            )
    if html is None and png is None:
        _serve(situations, port, open_)
        return
    if html is not None:
        _write(situations, html, situations.names if alert is None else alert)
        say(f"wrote {html}")
        if open_:
            typer.launch(html.resolve().as_uri())
    if png is not None and chromium is not None:
        _picture(situations, chromium, png, alert or [])


def _serve(situations: Situations, port: int, opened: bool) -> None:
    from pbmon.preview.server import Server

    server = Server(situations, port)
    try:
        listening = server.listening
    except OSError as error:
        raise UsageError(f"port {port} cannot be used: {error.strerror}", "--port 0") from error
    say(
        f"{server.address} shows {counted(len(situations.plan.dashboards), 'dashboard')};"
        " Ctrl+C ends it"
    )
    sys.stdout.flush()  # whoever reads the address from a pipe needs it now
    if opened:
        typer.launch(server.address)
    try:
        listening.serve_forever()
    except KeyboardInterrupt:
        listening.server_close()


def _write(situations: Situations, path: Path, names: list[str]) -> None:
    from pbmon.preview.html import page

    data = {"contents": situations.contents(names)}
    for name in ("", *names):
        with progress(f"computing {f'while {name} fires' if name else 'all is well'}"):
            data[f"scenario {name}"] = situations.scenario(name)
    text = page(situations.plan.catalog.project.title, data)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def _picture(situations: Situations, chromium: Path, folder: Path, names: list[str]) -> None:
    from pbmon.preview.pictures import Picture, take

    pictures = [
        Picture(dashboard, name)
        for name in ("", *names)
        for dashboard in situations.plan.dashboards
    ]
    with tempfile.TemporaryDirectory(prefix="pbmon-preview-") as temporary:
        page = Path(temporary) / "preview.html"
        _write(situations, page, names)
        for taken in take(chromium, page, pictures, folder):
            say(f"wrote {folder / taken.name}")
