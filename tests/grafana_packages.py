"""The npm packages that Grafana publishes, of the version that the table was taken from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import npm_packages
from pbmon.checks.dashboards.grafana.registries import TABLE

PACKAGES: Mapping[str, Mapping[str, str]] = TABLE["source"]
"""Name → version and licence."""
_CACHE = Path(__file__).parent.parent / ".cache/grafana"


def installed() -> Path:
    """A folder that holds them, kept for the next run."""
    versions = {name: source["version"] for name, source in PACKAGES.items()}
    why = "Grafana's packages, to compare pbmon with them"
    return npm_packages.installed(versions, _CACHE / next(iter(versions.values())), why)
