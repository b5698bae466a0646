"""`pbmon audit`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pbmon.cli.options import (
    DEFINITIONS,
    TIMEOUT,
    CertificatesToTrust,
    FailOnOption,
    Timeout,
    UseCache,
    cache_file,
    seconds_of,
)
from pbmon.cli.printing import counted, print_findings, printable, progress, rows_of, say
from pbmon.cli.settling import fails
from pbmon.errors import UsageError

if TYPE_CHECKING:
    from pbmon.audit.auditing import Report
    from pbmon.audit.exposed import Exposed
    from pbmon.audit.files import Contents

AuditFormat = Literal["text", "json", "github", "html"]


def audit(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATHS...", help="Files, and folders to look through.")
    ],
    exposition: Annotated[
        list[str] | None,
        typer.Option(
            "--exposition",
            metavar="FILE|URL",
            help="What an app or exporter exposes: a file, or an address. Repeatable.",
        ),
    ] = None,
    prometheus: Annotated[
        str,
        typer.Option("--prometheus", metavar="URL", help="Prometheus whose series count."),
    ] = "",
    timeout: Timeout = TIMEOUT,
    token_file: Annotated[
        list[str] | None,
        typer.Option(
            "--token-file",
            metavar="[SERVER=]FILE",
            help="Token for one server: prometheus=FILE, or scrape=FILE for addresses.",
        ),
    ] = None,
    basic_auth_file: Annotated[
        list[str] | None,
        typer.Option(
            "--basic-auth-file",
            metavar="[SERVER=]FILE",
            help="`user:password` for one server.",
        ),
    ] = None,
    ca: CertificatesToTrust = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Also write one page to share.")
    ] = None,
    format: Annotated[
        AuditFormat, typer.Option("--format", help="How findings are printed.")
    ] = "text",
    fail_on: FailOnOption = "error",
    use_cache: UseCache = None,
) -> None:
    """Find what cannot work in rules and dashboards that others wrote.

    Reads rule files, PrometheusRule objects, dashboards, ConfigMaps of them, prometheus.yml and
    alertmanager.yml, each by what it holds. Needs no definitions.
    """
    from pbmon.audit.auditing import audit as run
    from pbmon.cache import opened

    exposed = _exposed(
        exposition or [], prometheus, timeout, token_file or [], basic_auth_file or [], ca
    )
    with opened(cache_file(DEFINITIONS, use_cache)) as cache:
        report = run(paths, exposed, cache, progress)
    if not report.files:
        raise UsageError(
            "none of these files holds rules, a dashboard, or configuration of Prometheus or"
            " Alertmanager",
            f"{counted(len(report.others), 'file')} looked at; name those that do",
        )
    if html is not None:
        _write(html, report)
    show(report, format)
    if fails(report.findings, fail_on):
        raise typer.Exit(1)


def show(report: Report, format: AuditFormat) -> None:
    """Print the report."""
    if format == "html":
        from pbmon.audit.html import page

        print(page(report), end="")
    elif format == "json":
        print(json.dumps(_as_json(report), indent=2))
    else:
        print_findings(report.findings, format)
        if format == "text":
            for file in report.files:
                if file.queries or file.alerts:
                    say(printable(f"{file.file}: {file}"))
            for note in report.notes:
                say(printable(f"note: {note}"))
            say(_summary(report))


def _as_json(report: Report) -> dict[str, object]:
    def figures(file: object) -> dict[str, int]:
        names = ("queries", "answered", "alerts", "firing", "proven")
        return {name: getattr(file, name) for name in names}

    return {
        "findings": rows_of(report.findings),
        "files": [
            {"file": file.file, "kinds": file.kinds, **figures(file)} for file in report.files
        ],
        "others": report.others,
        "notes": report.notes,
        "total": figures(report.total),
    }


def _summary(report: Report) -> str:
    levels = [each.level for each in report.findings]
    parts = [counted(levels.count(level), level) for level in ("error", "warning", "note")]
    return f"{', '.join(parts)} in {counted(len(report.files), 'file')}; {report.total}".rstrip(
        "; "
    )


def _exposed(
    expositions: list[str],
    prometheus: str,
    timeout: str,
    token_files: list[str],
    password_files: list[str],
    ca: Path | None,
) -> Callable[[Contents], Exposed | None]:
    from pbmon.audit.exposures import exposed
    from pbmon.cli.credentials import Access, authorizations, trusting

    urls = [each for each in expositions if each.startswith(("http://", "https://"))]
    files = [Path(each) for each in expositions if each not in urls]
    addresses = {"prometheus": [prometheus] if prometheus else [], "scrape": urls}
    secret_files = {"token": token_files, "basic-auth": password_files}
    limit, tls = seconds_of(timeout, "--timeout"), trusting(ca)
    secrets = authorizations(addresses, secret_files) if prometheus or urls else {}
    access = Access(secrets, tls, limit)
    scraped = [access.client("scrape", url) for url in urls]
    server = access.client("prometheus", prometheus) if prometheus else None
    return lambda found: exposed(found, files, scraped, server)


def _write(path: Path, report: Report) -> None:
    from pbmon.audit.html import page

    try:
        path.write_text(page(report), "utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "another --html") from None
