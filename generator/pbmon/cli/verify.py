"""`pbmon verify`."""

from __future__ import annotations

import ssl
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import typer

from pbmon import durations
from pbmon.catalog.catalog import load
from pbmon.cli.printing import print_findings, printable, progress, say
from pbmon.errors import UsageError
from pbmon.live.observation import Servers
from pbmon.live.report.formats import as_json, as_junit
from pbmon.live.servers.client import Client, basic, bearer
from pbmon.live.verification import Report, verify_until
from pbmon.output.compare import compare
from pbmon.plan.plan import Plan, resolve
from pbmon.render.artifacts import render

_KINDS = ("prometheus", "alertmanager", "grafana", "scrape")


def run(
    definitions: Path,
    out: Path,
    env: str,
    addresses: Mapping[str, Sequence[str]],
    secret_files: Mapping[str, Sequence[str]],
    ca: Path | None,
    may_be_empty: Sequence[str],
    wait: str,
    timeout: str,
    format: str,
) -> None:
    """Print what was found and exit 1 when there is a finding.

    addresses: URLs by kind of server. secret_files: `token` and `basic-auth`, each `[SERVER=]FILE`.
    """
    seconds, limit = _seconds(wait, "--wait"), _seconds(timeout, "--timeout")
    authorizations = _authorizations(addresses, secret_files)
    tls = _trusting(ca)
    with progress("reading definitions"):
        plan = resolve(load(definitions, env))
    _check_names(plan, may_be_empty)

    def clients(kind: str) -> list[Client]:
        name = "the exposition" if kind == "scrape" else kind.capitalize()
        given = authorizations.get(kind, "")
        return [
            Client(name, url, authorization=given, tls=tls, timeout=limit)
            for url in addresses[kind]
        ]

    def client(kind: str) -> Client | None:
        return next(iter(clients(kind)), None)

    servers = Servers(
        client("prometheus"),
        client("alertmanager"),
        client("grafana"),
        clients("scrape"),
        frozenset(may_be_empty),
    )
    with progress("rendering"):
        artifacts = render(plan)
    rendered = {artifact.path: artifact.text for artifact in artifacts}
    try:
        report = verify_until(plan, rendered, servers, seconds, _progress)
    finally:
        _progress("")
    stale = len(compare(artifacts, out, definitions=definitions)) if out.exists() else 0
    show(
        report,
        format,
        (
            f"{stale} files in {out} differ from the definitions that this compares with"
            if stale
            else ""
        ),
    )
    if report.findings:
        raise typer.Exit(1)


def show(report: Report, format: str, stale: str) -> None:
    """Print the report. stale: what is to be said of files that were rendered before."""
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
        count = len(report.findings)
        say(f"{count} finding{'s' if count != 1 else ''}; {report.coverage}")


def _progress(text: str) -> None:
    """One line on a terminal, overwritten by the next."""
    if sys.stderr.isatty():
        print(f"\r\033[K{printable(text)[:100]}", end="", file=sys.stderr, flush=True)


def _seconds(text: str, option: str) -> float:
    try:
        return durations.seconds(text)
    except ValueError:
        raise UsageError(
            f"{option} {text!r} is not a duration that Prometheus reads", "as 30s, 2m, 1h30m"
        ) from None


def _authorizations(
    addresses: Mapping[str, Sequence[str]], secret_files: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """`Authorization` by kind of server. A file without `SERVER=` belongs to the only server; a
    secret goes to no other.
    """
    named = [kind for kind in _KINDS if addresses[kind]]
    if not named:
        raise UsageError(
            "no server is named, so there is nothing to verify",
            "--prometheus http://localhost:9090, or --scrape URL",
        )
    found: dict[str, str] = {}
    for option, files in secret_files.items():
        for given in files:
            kind, equals, file = given.partition("=")
            if not equals:
                kind, file = named[0], given
            if (not equals and len(named) > 1) or kind not in named:
                listed = ", ".join(f"{name}=FILE" for name in named)
                raise UsageError(
                    f"--{option}-file does not say which server it is for",
                    f"--{option}-file with one of {listed}",
                )
            if kind in found:
                raise UsageError(f"two secrets are given for {kind}, which takes one", "keep one")
            secret = _secret(Path(file), f"--{option}-file")
            found[kind] = bearer(secret) if option == "token" else basic(secret)
    return found


def _secret(path: Path, option: str) -> str:
    try:
        text = path.read_text("utf-8").strip()
    except (OSError, ValueError):
        raise UsageError(
            f"{option} names {path}, which cannot be read", "one line: the token, or user:password"
        ) from None
    if not text or not text.isprintable() or (option == "--token-file" and not text.isascii()):
        raise UsageError(
            f"{path} does not hold one line of text, so it is no secret to send",
            "one line: the token, or user:password",
        )
    return text


def _trusting(ca: Path | None) -> ssl.SSLContext | None:
    try:
        return ssl.create_default_context(cafile=str(ca)) if ca else None
    except (OSError, ssl.SSLError):
        raise UsageError(
            f"--ca names {ca}, which holds no certificates", "a file in PEM format"
        ) from None


def _check_names(plan: Plan, names: Sequence[str]) -> None:
    known = {metric.name for metric in plan.catalog.metrics}
    for name in names:
        if name not in known:
            raise UsageError(
                f"--may-be-empty names {name}, which is not defined",
                "`pbmon list metrics` shows what is",
            )
