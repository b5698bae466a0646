"""`pbmon build`."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import typer

from pbmon.catalog.catalog import load
from pbmon.cli.printing import counted, print_diff, progress, say
from pbmon.output.compare import compare
from pbmon.output.write import write
from pbmon.plan.plan import resolve
from pbmon.render.artifacts import Kind, render


def run(
    definitions: Path, out: Path, env: str, only: str | None, *, check: bool, force: bool
) -> None:
    """Render into `out`, or with check print the differences and exit 1 when there are any."""
    with progress("reading definitions"):
        plan = resolve(load(definitions, env))
    with progress("rendering"):
        artifacts = render(plan, cast("Kind | None", only))
    if check:
        differences = compare(artifacts, out, definitions=definitions, partial=only is not None)
        for difference in differences:
            print_diff(difference.diff)
        if differences:
            rendered = counted(len(artifacts), "file")
            say(
                f"{len(differences)} of {rendered} differ from {out}; run `pbmon build` and commit"
                " the result"
            )
            raise typer.Exit(1)
        say(f"{out} is up to date: {counted(len(artifacts), 'file')}")
        return
    with progress("writing"):
        result = write(
            artifacts, out, force=force, definitions=definitions, partial=only is not None
        )
    say(
        f"{out}: {counted(result.written, 'file')} written, {result.unchanged} unchanged,"
        f" {result.removed} removed"
    )
