"""What a command's findings mean for its end, once the accepted ones are left out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pbmon.cli.options import FailOn
from pbmon.cli.printing import counted
from pbmon.errors import DefinitionErrors
from pbmon.finding import Finding
from pbmon.source import Source


def known_checks() -> frozenset[str]:
    """Ids of every check of every command."""
    from pbmon.checks.validation import IDS
    from pbmon.live.checks import IDS as LIVE_IDS

    return IDS | LIVE_IDS


def summary(findings: int, accepted: int) -> str:
    """`2 findings, 1 accepted`."""
    return counted(findings, "finding") + (f", {accepted} accepted" if accepted else "")


def fails(findings: Iterable[Finding], fail_on: FailOn) -> bool:
    """Whether the command ends with 1: over errors, and with `warning` over warnings, too."""
    levels = {"error"} if fail_on == "error" else {"error", "warning"}
    return any(finding.level in levels for finding in findings)


def mistakes(errors: DefinitionErrors, definitions: Path) -> list[Finding]:
    """Mistakes in the definitions as findings."""
    nowhere = Source(definitions.name, 0)
    return [
        Finding("definition", error.source or nowhere, error.problem, error.help)
        for error in errors.errors
    ]
