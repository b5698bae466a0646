"""The check of dashboards as resources of `dashboard.grafana.app/v2`."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pbmon.checks.case import Case
from pbmon.checks.dashboards.schema import misfits
from pbmon.finding import Finding
from pbmon.plan.paths import DASHBOARDS_V2


def dashboard_resource_fits_its_schema(case: Case) -> Iterator[Finding]:
    """A dashboard's resource has what Grafana's schema of `dashboard.grafana.app/v2` names.

    Grafana refuses a resource that does not fit when it is sent there or synced from Git.

    To fix it: the message names the setting, and what it may be. A setting that an author laid over
    a panel with `raw` stands in the resource, too.
    """
    for artifact in case.artifacts:
        if artifact.path.startswith(f"{DASHBOARDS_V2}/"):
            spec = json.loads(artifact.text)["spec"]
            elements = spec.pop("elements")
            parts = [(artifact.author(), artifact.path, "dashboard-v2.json", spec)]
            for name, panel in elements.items():
                author = artifact.author(("spec", "elements", name))
                what = f"panel {panel['spec']['title']!r} of {artifact.path}"
                parts.append((author, what, "dashboard-v2.json#/$defs/PanelKind", panel))
            for part in parts:
                yield from misfits("dashboard-resource-fits-its-schema", *part)
