"""`pbmon import`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal, assert_never

import typer

from pbmon.cli.options import DEFINITIONS, Definitions
from pbmon.cli.printing import counted, printable, say
from pbmon.errors import UsageError

Format = Literal["openslo", "metrics"]


def import_(
    format: Annotated[Format, typer.Argument(help="What kind of file it is.")],
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="File to read; of metrics also an address.")
    ],
    definitions: Definitions = DEFINITIONS,
) -> None:
    """Print somebody else's file as definitions.

    Save what is printed in the definitions folder. `openslo`: metrics that the definitions know
    already are imported from there. `metrics`: what an app or exporter exposes, as observed
    metrics, labels with the bounds that were seen.
    """
    match format:
        case "openslo":
            _openslo(Path(file), definitions)
        case "metrics":
            _metrics(file)
        case _:
            assert_never(format)


def _openslo(file: Path, definitions: Path) -> None:
    from pbmon.openslo.definitions import source
    from pbmon.openslo.documents import read
    from pbmon.openslo.known import known
    from pbmon.openslo.objectives import objectives

    try:
        content = file.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{file} cannot be read: {error.strerror}", "name an OpenSLO file"
        ) from None
    say(
        source(
            objectives(read(content, file.as_posix())), known(definitions), file.name
        ).removesuffix("\n")
    )


def _metrics(file: str) -> None:
    from pbmon.audit.exposures import of_file
    from pbmon.importing.module import module
    from pbmon.live.servers.address import public_url
    from pbmon.live.servers.client import Client
    from pbmon.live.servers.exposition import scrape
    from pbmon.live.servers.limits import Budget

    notes: list[str] = []
    if file.startswith(("http://", "https://")):
        exposure = scrape(Client("the exposition", file), Budget())
        origin = public_url(file)
    else:
        exposure, notes = of_file(Path(file))
        origin = Path(file).name
    text, lost = module(exposure, origin)
    say(text.removesuffix("\n"))
    for each in (*notes, *lost):
        say(printable(f"note: {each}"), sys.stderr)
    if lost:
        say(f"{counted(len(lost), 'thing')} left out, see the end of the module", sys.stderr)
