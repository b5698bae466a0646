"""`pbmon verify`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pbmon.cli.options import (
    DEFINITIONS,
    ENV,
    TIMEOUT,
    CertificatesToTrust,
    Definitions,
    Env,
    FailOnOption,
    Out,
    Timeout,
    output_folder,
    seconds_of,
)
from pbmon.cli.printing import print_findings, printable, progress, say
from pbmon.cli.settling import fails, known_checks, summary
from pbmon.errors import UsageError

if TYPE_CHECKING:
    from pbmon.artifact import Artifact
    from pbmon.live.servers.client import Client
    from pbmon.live.verification import Report
    from pbmon.plan.plan import Plan

ReportFormat = Literal["text", "json", "junit"]


def verify(
    definitions: Definitions = DEFINITIONS,
    out: Out = None,
    env: Env = ENV,
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
        list[str] | None,
        typer.Option(
            "--scrape",
            metavar="URL",
            help="Metrics to read directly, without Prometheus. Repeatable.",
        ),
    ] = None,
    may_be_empty: Annotated[
        list[str] | None,
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
    timeout: Timeout = TIMEOUT,
    token_file: Annotated[
        list[str] | None,
        typer.Option(
            "--token-file",
            metavar="[SERVER=]FILE",
            help="Token for one server: grafana=FILE. Repeatable.",
        ),
    ] = None,
    basic_auth_file: Annotated[
        list[str] | None,
        typer.Option(
            "--basic-auth-file",
            metavar="[SERVER=]FILE",
            help="`user:password` for one server. Repeatable.",
        ),
    ] = None,
    ca: CertificatesToTrust = None,
    format: Annotated[
        ReportFormat, typer.Option("--format", help="How findings are printed.")
    ] = "text",
    fail_on: FailOnOption = "warning",
) -> None:
    """Compare running systems with the definitions: targets, metrics, rules, panels, alerts,
    dashboards.
    """
    from pbmon.catalog.catalog import load
    from pbmon.cli.credentials import Access, authorizations, trusting
    from pbmon.live.observation import Servers
    from pbmon.live.verification import verify_until
    from pbmon.plan.plan import resolve
    from pbmon.render.artifacts import render

    addresses = {
        "prometheus": [prometheus] if prometheus else [],
        "alertmanager": [alertmanager] if alertmanager else [],
        "grafana": [grafana] if grafana else [],
        "scrape": scrape or [],
    }
    secret_files = {"token": token_file or [], "basic-auth": basic_auth_file or []}
    seconds, limit = seconds_of(wait, "--wait"), seconds_of(timeout, "--timeout")
    access = Access(authorizations(addresses, secret_files), trusting(ca), limit)
    with progress("reading definitions"):
        plan = resolve(load(definitions, env))
    _check_names(plan, may_be_empty or [])

    def clients(kind: str) -> list[Client]:
        return [access.client(kind, url) for url in addresses[kind]]

    def client(kind: str) -> Client | None:
        return next(iter(clients(kind)), None)

    servers = Servers(
        client("prometheus"),
        client("alertmanager"),
        client("grafana"),
        clients("scrape"),
        frozenset(may_be_empty or []),
    )
    with progress("rendering"):
        artifacts = render(plan)
    stale = _stale(artifacts, output_folder(out, env), env, definitions)
    rendered = {artifact.path: artifact.text for artifact in artifacts}
    try:
        report = verify_until(plan, rendered, servers, known_checks(), seconds, _progress)
    finally:
        _progress("")
    show(report, format, stale)
    if fails(report.findings, fail_on):
        raise typer.Exit(1)


def _stale(artifacts: list[Artifact], out: Path, env: str, definitions: Path) -> str:
    """A note on rendered files that are out of date; empty where they are current."""
    from pbmon.output.compare import compare

    if not out.exists():
        return ""
    stale = len(compare(artifacts, out, environment=env, definitions=definitions))
    fact = f"{stale} files in {out} differ from the definitions that this compares with"
    return fact if stale else ""


def show(report: Report, format: str, stale: str) -> None:
    """Print the report. stale: a note on rendered files that are out of date."""
    from pbmon.live.report.formats import as_json, as_junit

    if format == "json":
        print(as_json(report))
    elif format == "junit":
        print(as_junit(report))
    else:
        print_findings(report.findings, "text")
        for line in (*report.notes, *report.skipped, *filter(None, [stale])):
            say(f"note: {printable(line)}")
        if report.costliest:
            say(printable(f"costliest: {report.costliest}"))
        say(f"{summary(len(report.findings), report.accepted)}; {report.coverage}")


def _progress(text: str) -> None:
    """One line on a terminal, overwritten by the next."""
    if sys.stderr.isatty():
        print(f"\r\033[K{printable(text)[:100]}", end="", file=sys.stderr, flush=True)


def _check_names(plan: Plan, names: Sequence[str]) -> None:
    known = {metric.name for metric in plan.catalog.metrics}
    for name in names:
        if name not in known:
            raise UsageError(
                f"--may-be-empty names {name}, which is not defined",
                "`pbmon list metrics` shows what is",
            )
