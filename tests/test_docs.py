"""What the documents show and count is so."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

from pbmon.catalog.catalog import load
from pbmon.plan.plan import resolve

ROOT = Path(__file__).parent.parent


def test_the_examples_of_the_authoring_guide_do_what_they_show() -> None:
    ran = doctest.testfile(
        str(ROOT / "docs/authoring.md"), module_relative=False, optionflags=doctest.ELLIPSIS
    )
    assert ran.attempted > 20
    assert ran.failed == 0


def test_the_readme_counts_what_the_definitions_make() -> None:
    plan = resolve(load(ROOT / "definitions"))
    panels = sum(len(row.panels) for dashboard in plan.dashboards for row in dashboard.rows)
    numbers = {
        "metrics": len(plan.catalog.metrics),
        "recording rules": len(list(plan.records)),
        "alerts": len(list(plan.alerts)),
        "dashboards": len(plan.dashboards),
        "panels": panels,
    }
    told = re.search(
        r"(\d+) (metrics), (\d+) (recording rules), (\d+) (alerts), (\d+) (dashboards) with (\d+)"
        r" (panels)",
        readme(),
    )
    assert told is not None
    assert dict(zip(told.groups()[1::2], map(int, told.groups()[::2]), strict=True)) == numbers


def test_the_readme_names_every_command() -> None:
    from pbmon.cli.app import app

    commands = {
        command.name or str(command.callback and command.callback.__name__)
        for command in app.registered_commands
    }
    commands |= {
        group.typer_instance.info.name or ""
        for group in app.registered_groups
        if group.typer_instance
    }
    assert commands - set(re.findall(r"^\| `pbmon (\w+)", readme(), re.MULTILINE)) == set()


def readme() -> str:
    return (ROOT / "README.md").read_text("utf-8")
