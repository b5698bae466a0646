"""Every command and its options. What a command does is imported when it runs, so that `--help`
stays fast.
"""

from __future__ import annotations

import sys
from enum import Enum
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Optional

import typer

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

Definitions = Annotated[Path, typer.Option("--definitions", help="Folder of the definitions.")]
Out = Annotated[Path, typer.Option("--out", help="Folder that the files are rendered into.")]
Env = Annotated[str, typer.Option("--env", help="Overlay from definitions/environments/NAME.yaml.")]
Promtool = Annotated[
    Optional[Path],  # noqa: UP045 - typer reads it at run time on every supported Python
    typer.Option(
        "--promtool", help="promtool to check with; else PBMON_PROMTOOL, else the one on PATH."
    ),
]


class Kind(str, Enum):  # noqa: UP042 - typer shows the values of a str enum
    """What --only can name."""

    rules = "rules"
    config = "config"
    dashboards = "dashboards"
    code = "code"
    docs = "docs"
    proofs = "proofs"


class Format(str, Enum):  # noqa: UP042
    """How findings are printed."""

    text = "text"
    json = "json"
    github = "github"


class Report(str, Enum):  # noqa: UP042
    """How `verify` prints what it found."""

    text = "text"
    json = "json"
    junit = "junit"


class What(str, Enum):  # noqa: UP042
    """What `list` can show."""

    metrics = "metrics"
    rules = "rules"
    alerts = "alerts"
    dashboards = "dashboards"
    services = "services"


class Foreign(str, Enum):  # noqa: UP042
    """What `import` can read."""

    openslo = "openslo"


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
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Monitoring from one set of definitions."""


@app.command()
def build(
    definitions: Definitions = Path("definitions"),
    out: Out = Path("build"),
    env: Env = "development",
    only: Annotated[
        Kind | None, typer.Option("--only", help="Render one kind of file and leave the others.")
    ] = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Write nothing; print what would change and exit 1 if anything would."
        ),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite files that were edited by hand.")
    ] = False,
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
    app_folder: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--app",
            metavar="PATH",
            help="Source of the app: is every metric updated, with the labels it has?",
        ),
    ] = None,
    format: Annotated[
        Format, typer.Option("--format", help="How findings are printed.")
    ] = Format.text,
) -> None:
    """Check what the definitions render to.

    With promtool, amtool, JSON Schema and pbmon's own checks; and that the output folder holds it,
    where there is one.
    """
    from pbmon.cli.validate import run

    run(definitions, out, env, promtool, format.value, app_folder)


@app.command()
def verify(
    definitions: Definitions = Path("definitions"),
    out: Out = Path("build"),
    env: Env = "development",
    prometheus: Annotated[
        str, typer.Option("--prometheus", metavar="URL", help="Prometheus to look at.")
    ] = "",
    alertmanager: Annotated[
        str, typer.Option("--alertmanager", metavar="URL", help="Alertmanager to look at.")
    ] = "",
    grafana: Annotated[
        str, typer.Option("--grafana", metavar="URL", help="Grafana to look at.")
    ] = "",
    scrape: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--scrape",
            metavar="URL",
            help="Metrics to read directly, without Prometheus. Repeatable.",
        ),
    ] = None,
    may_be_empty: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--may-be-empty",
            metavar="METRIC",
            help="A metric of rare events that may have no series. Repeatable.",
        ),
    ] = None,
    wait: Annotated[
        str,
        typer.Option(
            "--wait", metavar="DURATION", help="Look again until all is well, for so long."
        ),
    ] = "0s",
    timeout: Annotated[
        str, typer.Option("--timeout", metavar="DURATION", help="For one answer of a server.")
    ] = "30s",
    token_file: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--token-file",
            metavar="[SERVER=]FILE",
            help="Token for one server: grafana=FILE. Repeatable.",
        ),
    ] = None,
    basic_auth_file: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--basic-auth-file",
            metavar="[SERVER=]FILE",
            help="`user:password` for one server. Repeatable.",
        ),
    ] = None,
    ca: Annotated[
        Path | None, typer.Option("--ca", metavar="FILE", help="Certificates to trust, PEM.")
    ] = None,
    format: Annotated[
        Report, typer.Option("--format", help="How findings are printed.")
    ] = Report.text,
) -> None:
    """Hold running systems against the definitions: targets, metrics, rules, panels, alerts,
    dashboards.
    """
    from pbmon.cli.verify import run

    addresses = {
        "prometheus": [prometheus] if prometheus else [],
        "alertmanager": [alertmanager] if alertmanager else [],
        "grafana": [grafana] if grafana else [],
        "scrape": scrape or [],
    }
    secrets = {"token": token_file or [], "basic-auth": basic_auth_file or []}
    run(
        definitions,
        out,
        env,
        addresses,
        secrets,
        ca,
        may_be_empty or [],
        wait,
        timeout,
        format.value,
    )


@app.command()
def prove(
    definitions: Definitions = Path("definitions"),
    env: Env = "development",
    promtool: Promtool = None,
    format: Annotated[
        Format, typer.Option("--format", help="How findings are printed.")
    ] = Format.text,
) -> None:
    """Run the derived tests: every alert fires at its limit and stays silent short of it.

    The tests are those in monitoring/rule-tests/; promtool runs them against the rendered rules.
    """
    from pbmon.cli.prove import run

    run(definitions, env, promtool, format.value)


@app.command()
def mutate(
    definitions: Definitions = Path("definitions"),
    env: Env = "development",
    promtool: Promtool = None,
    rule: Annotated[
        str, typer.Option("--rule", help="Only mutants of this alert or recording rule.")
    ] = "",
) -> None:
    """Show how strong the derived tests are: put faults into the rules, one at a time, and see
    whether a test notices.
    """
    from pbmon.cli.mutate import run

    run(definitions, env, promtool, rule)


@app.command(name="list")
def list_(
    what: Annotated[What, typer.Argument(help="What to list.")] = What.metrics,
    definitions: Definitions = Path("definitions"),
    env: Env = "development",
) -> None:
    """Show what is defined, as a table."""
    from pbmon.cli.list import run

    run(what.value, definitions, env)


@app.command(name="import")
def import_(
    format: Annotated[Foreign, typer.Argument(help="What kind of file it is.")],  # noqa: ARG001 - there is one so far
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File to read.")],
    definitions: Definitions = Path("definitions"),
) -> None:
    """Print somebody else's file as definitions.

    Save what is printed in the definitions folder. Metrics that the definitions know already are
    imported from there.
    """
    from pbmon.cli.import_ import run

    run(file, definitions)


@app.command()
def init(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="Folder to make; definitions/ must not exist in it."),
    ],
) -> None:
    """Make a small project that builds and validates as it is."""
    from pbmon.cli.init import run

    run(folder)


stack = typer.Typer(
    name="stack", help="Run the whole system on this machine, on 127.0.0.1.", no_args_is_help=True
)
app.add_typer(stack)
StackFolder = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        "--folder", help="Folder that holds the stack while it is up; else one for temporary files."
    ),
]


@stack.command(name="up")
def stack_up(
    definitions: Definitions = Path("definitions"),
    env: Env = "development",
    app_folder: Annotated[
        Path, typer.Option("--app", help="Folder of the app, with a stack.toml.")
    ] = Path("examples/pybase"),
    folder: StackFolder = None,
    binaries: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--binaries",
            envvar="PBMON_BINARIES",
            help="Folder to look for programs in before PATH.",
        ),
    ] = None,
) -> None:
    """Start databases, exporters, app, Prometheus and Alertmanager, or what has ended of them."""
    from pbmon.cli.stack import up

    up(definitions, env, app_folder, folder, binaries)


@stack.command(name="down")
def stack_down(definitions: Definitions = Path("definitions"), folder: StackFolder = None) -> None:
    """End what `up` started and delete its folder."""
    from pbmon.cli.stack import down

    down(definitions, folder)


@stack.command(name="status")
def stack_status(
    definitions: Definitions = Path("definitions"),
    folder: StackFolder = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """Show what runs, where, and what Prometheus sees of it."""
    from pbmon.cli.stack import status

    status(definitions, folder, as_json)


def main() -> None:
    """Run the command line; errors of definitions and usage become messages and exit code 2."""
    from pbmon.errors import DefinitionError, DefinitionErrors, UsageError

    # a name from the definitions may be beyond the encoding of a pipe
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        app(prog_name="pbmon")
    except (DefinitionError, DefinitionErrors, UsageError) as error:
        from pbmon.cli.printing import print_error

        print_error(error)
        raise SystemExit(2) from None
