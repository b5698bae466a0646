"""`pbmon build`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pbmon.artifact import Target
from pbmon.cli.options import (
    DEFINITIONS,
    ENV,
    Definitions,
    Env,
    Out,
    UseCache,
    build_command,
    cache_file,
    output_folder,
)
from pbmon.cli.printing import counted, print_diff, progress, say

if TYPE_CHECKING:
    from pbmon.artifact import Artifact
    from pbmon.output.compare import Difference

LINES = 60
"""Lines of one file's diff that are shown; the diff of one changed definition is shorter."""
FILES = 20
"""Files whose diffs are shown."""


def build(
    definitions: Definitions = DEFINITIONS,
    out: Out = None,
    env: Env = ENV,
    only: Annotated[
        Target | None,
        typer.Option("--only", help="Render one kind of file and leave the others."),
    ] = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Write nothing; print what would change and exit 1 if anything would."
        ),
    ] = False,
    full: Annotated[
        bool, typer.Option("--full", help="With --check: whole diffs, as `git apply` reads them.")
    ] = False,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Overwrite files that were edited by hand, or of another environment."
        ),
    ] = False,
    use_cache: UseCache = None,
) -> None:
    """Render every file from the definitions."""
    from pbmon.cache import opened
    from pbmon.catalog.catalog import load
    from pbmon.output.compare import compare
    from pbmon.output.write import write
    from pbmon.plan.plan import resolve
    from pbmon.proof.cases.suite import suite
    from pbmon.render.artifacts import render

    with progress("reading definitions"):
        plan = resolve(load(definitions, env))
    with progress("rendering") as shown, opened(cache_file(definitions, use_cache)) as cache:
        artifacts = render(plan, only, lambda: suite(plan, cache, shown), cache)
    folder, partial = output_folder(out, env), only is not None
    if check:
        differences = compare(
            artifacts, folder, environment=env, definitions=definitions, partial=partial
        )
        _show(differences, artifacts, folder, full, build_command(definitions, out, env))
        if differences:
            raise typer.Exit(1)
        return
    with progress("writing"):
        result = write(
            artifacts,
            folder,
            environment=env,
            force=force,
            definitions=definitions,
            partial=partial,
        )
    say(
        f"{folder}: {counted(result.written, 'file')} written, {result.unchanged} unchanged,"
        f" {result.removed} removed"
    )
    if hidden := _hidden(folder, artifacts):
        say(f"note: {hidden}; what is not committed is not checked in CI")


def _show(
    differences: Sequence[Difference],
    artifacts: Sequence[Artifact],
    out: Path,
    full: bool,
    command: str,
) -> None:
    """Print what a build would change: a diff of each file, and a summary. command: that build."""
    from pbmon.output.compare import is_all_new

    rendered = counted(len(artifacts), "file")
    if not differences:
        say(f"{out} is up to date: {rendered}")
        return
    if is_all_new(differences, artifacts):
        hidden = _hidden(out, artifacts)
        fact = f"{out} holds none of {rendered}" + (f", and {hidden}" if hidden else "")
        say(f"{fact}; run `{command}` and commit the result")
        return
    for difference in differences if full else differences[:FILES]:
        print_diff(difference.diff, None if full else LINES)
    if not full and len(differences) > FILES:
        say(f"... and {counted(len(differences) - FILES, 'file')} more; --full shows all")
    say(
        f"{len(differences)} of {rendered} differ from {out}; run `{command}` and commit the result"
    )


def _hidden(out: Path, artifacts: Sequence[Artifact]) -> str:
    """How many files git ignores, and by which line; empty where it ignores none."""
    from pbmon.output.ignored import ignored

    ignored_files = ignored(out, (artifact.path for artifact in artifacts))
    if ignored_files is None:
        return ""
    number = "all" if ignored_files.number == len(artifacts) else f"{ignored_files.number} of"
    return f"git ignores {number} {counted(len(artifacts), 'file')}, by {ignored_files.rule}"
