"""Every command and its options. What a command does is imported when it runs, so that `--help` stays fast."""

from __future__ import annotations

import sys
from enum import Enum
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Optional

import typer

app = typer.Typer(
    name="pbmon",
    help="Monitoring from one set of definitions: rules, alerts, dashboards, metrics modules and runbooks, checked before they ship.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # boxes make help and messages slower, and in a log of CI harder to read
    context_settings={"help_option_names": ["-h", "--help"]},
)

Definitions = Annotated[Path, typer.Option("--definitions", help="Folder of the definitions.")]
Out = Annotated[Path, typer.Option("--out", help="Folder that the files are rendered into.")]
Env = Annotated[str, typer.Option("--env", help="Overlay from definitions/environments/NAME.yaml.")]
Promtool = Annotated[
    Optional[Path],  # noqa: UP045 - typer reads it at run time on every supported Python
    typer.Option("--promtool", help="promtool to check with; else PBMON_PROMTOOL, else the one on PATH."),
]


class Kind(str, Enum):  # noqa: UP042 - typer shows the values of a str enum
    """What --only can name."""

    rules = "rules"
    config = "config"
    dashboards = "dashboards"
    code = "code"
    docs = "docs"


class Format(str, Enum):  # noqa: UP042
    """How findings are printed."""

    text = "text"
    json = "json"
    github = "github"


class What(str, Enum):  # noqa: UP042
    """What `list` can show."""

    metrics = "metrics"
    rules = "rules"
    alerts = "alerts"
    dashboards = "dashboards"
    services = "services"


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"pbmon {version('pbmon')}")
        except PackageNotFoundError:
            typer.echo("pbmon, run from its source without being installed")
        raise typer.Exit


@app.callback()
def pbmon(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Monitoring from one set of definitions."""


@app.command()
def build(
    definitions: Definitions = Path("definitions"),
    out: Out = Path("build"),
    env: Env = "development",
    only: Annotated[Optional[Kind], typer.Option("--only", help="Render one kind of file and leave the others.")] = None,  # noqa: UP045
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; print what would change and exit 1 if anything would.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that were edited by hand.")] = False,
) -> None:
    """Render every file from the definitions."""
    from pbmon.cli.build import run

    run(definitions, out, env, only.value if only else None, check=check, force=force)


@app.command()
def validate(
    definitions: Definitions = Path("definitions"),
    out: Out = Path("build"),
    env: Env = "development",
    promtool: Promtool = None,
    format: Annotated[Format, typer.Option("--format", help="How findings are printed.")] = Format.text,
) -> None:
    """Check what the definitions render to.

    With promtool, amtool, JSON Schema and pbmon's own checks; and that the output folder holds it, where there is one.
    """
    from pbmon.cli.validate import run

    run(definitions, out, env, promtool, format.value)


@app.command(name="list")
def list_(
    what: Annotated[What, typer.Argument(help="What to list.")] = What.metrics,
    definitions: Definitions = Path("definitions"),
    env: Env = "development",
) -> None:
    """Show what is defined, as a table."""
    from pbmon.cli.list import run

    run(what.value, definitions, env)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make; definitions/ must not exist in it.")],
) -> None:
    """Make a small project that builds and validates as it is."""
    from pbmon.cli.init import run

    run(folder)


def main() -> None:
    """Run the command line; errors of definitions and usage become messages and exit code 2."""
    from pbmon.errors import DefinitionErrors, UsageError

    if isinstance(sys.stdout, TextIOWrapper):  # a name from the definitions may be beyond the encoding of a pipe
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        app(prog_name="pbmon")
    except (DefinitionErrors, UsageError) as error:
        from pbmon.cli.printing import print_error

        print_error(error)
        raise SystemExit(2) from None
