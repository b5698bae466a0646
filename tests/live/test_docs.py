"""docs/verify.md says of each check what its docstring says."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from pbmon.finding import id_of
from pbmon.live.checks import CHECKS
from pbmon.live.checks.case import Check

PAGE = Path(__file__).parents[2] / "docs/verify.md"
TOP = "<!-- From the docstrings; `pytest tests/live/test_docs.py --rewrite` writes them anew. -->\n"


def test_the_page_has_every_check_with_its_docstring(request: pytest.FixtureRequest) -> None:
    page = PAGE.read_text("utf-8")
    wanted = "".join(
        f"\n### {shelf.heading}\n{''.join(map(_section, shelf.checks))}" for shelf in CHECKS
    )
    if request.config.getoption("--rewrite"):
        PAGE.write_text(page.partition(TOP)[0] + TOP + wanted, "utf-8")
    assert PAGE.read_text("utf-8").partition(TOP)[2] == wanted


def _section(check: Check) -> str:
    return f"\n#### {id_of(check)}\n\n{inspect.getdoc(check)}\n"
