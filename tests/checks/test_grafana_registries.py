"""What pbmon holds Grafana to know is what Grafana's published packages know."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from pbmon.checks.dashboards.grafana.registries import TABLE

ROOT = Path(__file__).parent.parent.parent
PACKAGES: Mapping[str, Mapping[str, str]] = TABLE["source"]
TABLE_FILE = ROOT / "generator/pbmon/checks/dashboards/grafana/registries.json"
INSTALL = ("--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0", "--no-save")


@pytest.fixture(scope="module")
def grafana_packages() -> Path:
    """A folder with the packages that the table was taken from, kept for the next run.

    Node and a registry of npm packages are no part of what pbmon needs, so a machine without them
    leaves this test out with CI=true too.
    """
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip(
            "npm is not there: it brings Grafana's packages, to compare them with the table"
        )
    wanted = [f"{name}@{source['version']}" for name, source in PACKAGES.items()]
    folder = ROOT / ".cache/grafana" / wanted[0].rpartition("@")[2]
    if not (folder / "complete").exists():
        folder.mkdir(parents=True, exist_ok=True)
        installing = subprocess.run(
            [npm, "install", *INSTALL, "--prefix", str(folder), *wanted],
            capture_output=True,
            text=True,
            check=False,
            timeout=500,
        )
        if installing.returncode:
            last = (installing.stderr.strip().splitlines() or ["no message"])[-1]
            pytest.skip(f"a registry of npm packages is not there: {last}")
        (folder / "complete").touch()
    return folder


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
