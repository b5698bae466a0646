"""`pbmon import`."""

from __future__ import annotations

from pathlib import Path

from pbmon.cli.printing import say
from pbmon.errors import UsageError
from pbmon.openslo.definitions import source
from pbmon.openslo.documents import read
from pbmon.openslo.known import known
from pbmon.openslo.objectives import objectives


def run(file: Path, definitions: Path) -> None:
    """Print the file's objectives as definitions."""
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
