"""`pbmon init`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from pbmon.cli.printing import say


def init(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="Folder to make; definitions/ must not exist in it."),
    ],
    grafana_url: Annotated[
        str | None,
        typer.Option(
            "--grafana-url",
            metavar="URL",
            help="Grafana, for the links in alerts. Asked for on a terminal; else"
            " http://localhost:3000.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Make a small project, named after its folder, that builds and validates as it is."""
    from pbmon.cli.app import version
    from pbmon.output.scaffold import GRAFANA, scaffold

    url = grafana_url or (_asked(GRAFANA) if grafana_url is None else "")
    _check(url)
    project = scaffold(folder, grafana_url=url, release=version() or "0.1.0")
    for path in project.written:
        say(f"made {path.as_posix()}")
    for path in project.existing:
        say(f"kept {path.as_posix()}, which was there")
    enter = [] if folder.resolve() == Path.cwd() else [f"cd {shlex.quote(folder.as_posix())}"]
    lines = [
        *enter,
        "pbmon build              # renders build/; into an app's repository: pbmon build --out .",
        "pbmon validate           # checks it with promtool, which Prometheus brings",
        "pbmon prove              # every alert fires at its limit",
        "git add --all            # definitions/ and build/ are committed together",
    ]
    say("\nNext:\n\n" + "".join(f"  {line}\n" for line in lines))
    module = next(
        path for path in project.written if path.name != "project.py" and _is_module(path)
    )
    say(
        f"Then put your own service into {module.as_posix()}, and the addresses of runbooks and"
        " receivers into project.py."
    )


def _is_module(path: Path) -> bool:
    return path.suffix == ".py"


def _asked(default: str) -> str:
    """The address that the user types; the default without a terminal."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        return default
    return str(typer.prompt("Address of Grafana, for the links in alerts", default=default))


def _check(url: str) -> None:
    """UsageError for what a project does not take as grafana_url."""
    from pbmon.errors import DefinitionError, UsageError
    from pbmon.model.project import Project

    try:
        Project(name="check", title="Check", runbook_url="https://example.com", grafana_url=url)
    except DefinitionError as error:
        raise UsageError(f"--grafana-url: {error.problem}", error.help) from None
    if not url.isprintable() or set(url) & set('"\\ '):
        raise UsageError(f"--grafana-url {url!r} is no address", "as https://grafana.example.com")
