"""docs/verify.md says of each check what its docstring says."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pbmon.live import verification
from pbmon.live.checks.metrics import METRIC_CHECKS
from pbmon.live.checks.targets import metrics_arrive_as_declared

PAGE = Path(__file__).parents[2] / "docs/verify.md"
TOP = "<!-- From the docstrings; `pytest tests/live/test_docs.py --rewrite` writes them anew. -->\n"
GROUPS: tuple[tuple[str, tuple[Callable[..., Any], ...]], ...] = (
    ("A metric, from Prometheus or read directly", METRIC_CHECKS),
    ("The series of a service, from Prometheus or read directly", verification.SERIES_CHECKS),
    (
        "Prometheus",
        tuple(
            check
            for check in verification.PROMETHEUS_CHECKS
            if check is not metrics_arrive_as_declared
        ),
    ),
    ("Alertmanager", verification.ALERTMANAGER_CHECKS),
    ("From Prometheus to Alertmanager", verification.DELIVERY_CHECKS),
    ("Grafana", verification.GRAFANA_CHECKS),
)


def test_the_page_has_every_check_with_its_docstring(request: pytest.FixtureRequest) -> None:
    page = PAGE.read_text("utf-8")
    wanted = "".join(
        f"\n### {heading}\n{''.join(map(_section, checks))}" for heading, checks in GROUPS
    )
    if request.config.getoption("--rewrite"):
        PAGE.write_text(page.partition(TOP)[0] + TOP + wanted, "utf-8")
    assert PAGE.read_text("utf-8").partition(TOP)[2] == wanted


def _section(check: Callable[..., Any]) -> str:
    """Paragraphs about arguments are left out."""
    paragraphs = (inspect.getdoc(check) or "").split("\n\n")
    kept = "\n\n".join(
        paragraph for paragraph in paragraphs if not paragraph.startswith("rendered: ")
    )
    return f"\n#### {verification.check_id(check)}\n\n{kept}\n"
