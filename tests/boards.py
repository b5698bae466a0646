"""The checks of dashboards, on files without a plan behind them."""

from __future__ import annotations

from typing import cast

from pbmon.artifact import Artifact
from pbmon.checks.case import Case
from pbmon.checks.dashboards.listed import DASHBOARD_CHECKS
from pbmon.finding import Finding
from pbmon.plan.plan import Plan


def check_dashboard(file: Artifact) -> list[Finding]:
    """Every finding on a file, in the order of the checks; they ask for no plan."""
    case = Case(cast("Plan", None), artifacts=[file])
    return [finding for check in DASHBOARD_CHECKS for finding in check(case)]
