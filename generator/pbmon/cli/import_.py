"""`pbmon import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from pbmon.cli.options import DEFINITIONS, Definitions
from pbmon.cli.printing import say
from pbmon.errors import UsageError


def import_(
    format: Annotated[  # noqa: ARG001 - there is one so far
        Literal["openslo"], typer.Argument(help="What kind of file it is.")
    ],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File to read.")],
    definitions: Definitions = DEFINITIONS,
) -> None:
    """Print somebody else's file as definitions.

    Save what is printed in the definitions folder. Metrics that the definitions know already are
    imported from there.
    """
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
