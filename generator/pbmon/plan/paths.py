"""Where every rendered file goes: paths relative to the output folder.

They are laid out as the app's own repository is, so that copying the folder over it installs them.
"""

from __future__ import annotations

MONITORING = "monitoring"
ALERTS = f"{MONITORING}/alerts"
RECORDING = f"{MONITORING}/recording"
RULE_TESTS = f"{MONITORING}/rule-tests"
DASHBOARDS = f"{MONITORING}/grafana-dashboards"
DASHBOARDS_V2 = f"{MONITORING}/grafana-dashboards-v2"
"""Apart from the classic ones: Grafana provisions no resources from files."""
OPENSLO = f"{MONITORING}/openslo"
PROMETHEUS = f"{MONITORING}/prometheus.yml"
ALERTMANAGER = f"{MONITORING}/alertmanager.yml"

PROVISIONING = "docker/grafana/provisioning"
DATASOURCES = f"{PROVISIONING}/datasources/prometheus.yml"
DASHBOARD_PROVIDERS = f"{PROVISIONING}/dashboards/dashboards.yml"
MOUNTED_DASHBOARDS = "/var/lib/grafana/dashboards"
"""Where Grafana finds the dashboards: not below /etc/grafana/provisioning, where a mount would hide
the provider file.
"""

REFERENCE = "docs/monitoring.md"
RUNBOOKS = "docs/runbooks"
CHARTS = "charts"
"""Below the folder of the runbooks."""


def runbook(alert: str) -> str:
    """The runbook of the alert of that name."""
    return f"{RUNBOOKS}/{alert}.md"


def chart(alert: str) -> str:
    """The chart of an alert in its runbook. alert: `AlertKey.file_name`."""
    return f"{RUNBOOKS}/{CHARTS}/{alert}.svg"
