"""`pbmon preview`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pbmon.cli.options import DEFINITIONS, ENV, Definitions, Env, UseCache, cache_file
from pbmon.cli.printing import say
from pbmon.errors import UsageError


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
            " there, and serve nothing. With --against, of what is another.",
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
    against: Annotated[
        str,
        typer.Option(
            "--against",
            metavar="REV|DIR",
            help="Show what is another than in this revision of git, or in these definitions.",
        ),
    ] = "",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port on 127.0.0.1; 0 for a free one.")
    ] = 0,
    open_: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Show each change of the definitions when it is saved.")
    ] = False,
    prometheus: Annotated[
        str,
        typer.Option(
            "--prometheus", metavar="URL", help="Show what this Prometheus has, in place of series."
        ),
    ] = "",
    token_file: Annotated[
        Path | None, typer.Option("--token-file", help="Token for the Prometheus.")
    ] = None,
    use_cache: UseCache = None,
) -> None:
    """Draw every dashboard with data, without a Grafana: all is well, or an alert fires.

    The page is drawn with Grafana's published code. Its series are made up: those of an alert come
    from the proof of it.
    """
    from pbmon.cli import previewing
    from pbmon.preview.chromium import find_chromium

    written = html is not None or png is not None
    if written and (watch or prometheus):
        raise UsageError(
            "--html and --png write what is made up now; --watch and --prometheus are for a page"
            " that is served",
            "leave one of the two out",
        )
    if prometheus and (watch or against or alert):
        raise UsageError(
            "--prometheus shows what is there, so nothing can be made to fire, compared or watched",
            "leave --alert, --against and --watch out",
        )
    if prometheus:
        previewing.serve_live(definitions, env, prometheus, token_file, port, opened=open_)
        return
    chromium = find_chromium() if png is not None else None
    order = previewing.Order(definitions, env, cache_file(definitions, use_cache), against)
    if not written:
        previewing.serve(order, port, opened=open_, watching=watch)
        return
    pages = previewing.Pages(order, alert)
    if html is not None:
        pages.write(html)
        say(f"wrote {html}")
        if open_:
            typer.launch(html.resolve().as_uri())
    if png is not None and chromium is not None:
        for path in pages.picture(chromium, png):
            say(f"wrote {path}")
