"""The programs that tests run, and what becomes of a test whose program is not there.

On a developer's machine it is left out, and the end of the run says so; with CI=true it fails.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from typing import NoReturn

import pytest

FIXTURES = frozenset(
    {
        "alertmanager_command",
        "amtool",
        "binaries",
        "chromium",
        "client_path",
        "docker_compose",
        "framework",
        "grafana_packages",
        "program",
        "prometheus",
        "promtool",
        "promtools",
        "redis",
        "redis_server",
        "server",
    }
)
"""A test that asks for one of them, itself or through a fixture, needs programs of others."""

LONG = frozenset({"one_stack", "oracle"})
"""A test that asks for one of them runs a whole stack, or servers for minutes."""

REASON = re.compile(r"(?:Skipped: )?(?P<what>.+?) (?:is|are) not there(?:: (?P<help>.+))?", re.S)


def missing(what: str, help: str) -> NoReturn:
    """Leaves the test out, or fails with CI=true."""
    reason = f"{what} is not there: {help}"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; with CI=true nothing is skipped")
    pytest.skip(reason)


def mark(item: pytest.Item) -> None:
    """Marks a test by what it asks for: `program`, and `end_to_end` for what LONG is."""
    names = set(getattr(item, "fixturenames", ()))
    if names & FIXTURES:
        item.add_marker("program")
    if names & LONG:
        item.add_marker("end_to_end")


def reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Why a test was skipped."""
    return str(report.longrepr[-1]) if isinstance(report.longrepr, tuple) else str(report.longrepr)


def left_out(reasons: list[str]) -> list[str]:
    """Lines that say how many tests each missing program left out, and what brings them."""
    counts: Counter[str] = Counter()
    for reason in reasons:
        absent = REASON.match(reason)
        if absent is not None:
            counts[absent["what"]] += 1
    if not counts:
        return []
    return [
        f"{counts.total()} tests were left out, for these programs are not there:",
        *(f"{count:6}  {what}" for what, count in counts.most_common()),
        "`make programs` brings what they need.",
    ]
