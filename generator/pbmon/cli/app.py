"""The commands, in the order of their help."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from pbmon.cli import stack
from pbmon.cli.audit import audit
from pbmon.cli.build import build
from pbmon.cli.import_ import import_
from pbmon.cli.init import init
from pbmon.cli.list import list_
from pbmon.cli.mutate import mutate
from pbmon.cli.preview import preview
from pbmon.cli.prove import prove
from pbmon.cli.validate import validate
from pbmon.cli.verify import verify
from pbmon.cli.watch import watch

COMMANDS: dict[str, Callable[..., None]] = {
    "build": build,
    "validate": validate,
    "verify": verify,
    "prove": prove,
    "watch": watch,
    "mutate": mutate,
    "preview": preview,
    "audit": audit,
    "list": list_,
    "import": import_,
    "init": init,
}
STACK_COMMANDS: dict[str, Callable[..., None]] = {
    "up": stack.up,
    "down": stack.down,
    "status": stack.status,
}

app = typer.Typer(
    name="pbmon",
    help=(
        "Rules, alerts, dashboards, metrics modules and runbooks from one set of definitions,"
        " checked before they ship."
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # boxes make help and messages slower, and in a log of CI harder to read
    context_settings={"help_option_names": ["-h", "--help"]},
)
stack_app = typer.Typer(
    name="stack", help="Run the whole system on this machine, on 127.0.0.1.", no_args_is_help=True
)
for name, command in COMMANDS.items():
    app.command(name)(command)
for name, command in STACK_COMMANDS.items():
    stack_app.command(name)(command)
app.add_typer(stack_app)


def version() -> str:
    """The version of the installed package."""
    from importlib import metadata

    try:
        return metadata.version("pbmon")
    except metadata.PackageNotFoundError:
        return ""


def _print_version(requested: bool) -> None:
    if requested:
        typer.echo(
            f"pbmon {installed}"
            if (installed := version())
            else "pbmon, run from its source without being installed"
        )
        raise typer.Exit


@app.callback()
def pbmon(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Monitoring from one set of definitions."""
