"""What pbmon holds Grafana to know is what Grafana's published packages know."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from grafana_packages import PACKAGES
from pbmon.checks.dashboards.grafana.registries import TABLE

ROOT = Path(__file__).parent.parent.parent
TABLE_FILE = ROOT / "generator/pbmon/checks/dashboards/grafana/registries.json"


def test_the_table_is_what_the_packages_of_its_version_hold(grafana_packages: Path) -> None:
    script = ROOT / "scripts/grafana_registries.cjs"
    # no other package than the pinned ones: NODE_PATH could name some
    environment = {key: value for key, value in os.environ.items() if key != "NODE_PATH"}
    printed = subprocess.run(
        ["node", str(script), str(grafana_packages)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env=environment,
    ).stdout
    assert json.loads(printed) == TABLE
    assert printed == TABLE_FILE.read_text("utf-8")


def test_the_table_says_where_it_comes_from_and_under_which_licence() -> None:
    assert {source["license"] for source in PACKAGES.values()} == {"Apache-2.0"}
    assert len({source["version"] for source in PACKAGES.values()}) == 1


def test_the_table_is_as_large_as_what_grafana_13_has() -> None:
    sizes = {key: len(TABLE[key]) for key in ("units", "reducers", "transformations")}
    assert sizes == {"units": 274, "reducers": 124, "transformations": 43}
