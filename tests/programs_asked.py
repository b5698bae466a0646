"""promtool and amtool, asked about artifacts without a plan behind them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pbmon.artifact import Artifact
from pbmon.checks.programs.amtool import check_alertmanager
from pbmon.checks.programs.promtool import check_config, check_metrics, check_rules
from pbmon.finding import Finding


def run_all(
    promtool: Path, amtool: Path | None, artifacts: Sequence[Artifact], exposition: str = ""
) -> list[Finding]:
    """Every finding on rules, configuration, metrics and alertmanager.yml, in this order."""
    return [
        *check_rules(promtool, artifacts),
        *check_config(promtool, artifacts),
        *check_metrics(promtool, exposition),
        *(check_alertmanager(amtool, artifacts) if amtool is not None else ()),
    ]
