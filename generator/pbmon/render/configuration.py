"""Configuration of Prometheus, Alertmanager and Grafana's provisioning.

Formats: https://prometheus.io/docs/prometheus/latest/configuration/configuration/
https://prometheus.io/docs/alerting/latest/configuration/
https://grafana.com/docs/grafana/latest/administration/provisioning/
"""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.artifact import Artifact
from pbmon.plan.plan import Plan
from pbmon.render.environment import rendered

PROMETHEUS = "monitoring/prometheus.yml"
ALERTMANAGER = "monitoring/alertmanager.yml"
DATASOURCES = "docker/grafana/provisioning/datasources/prometheus.yml"
DASHBOARDS = "docker/grafana/provisioning/dashboards/dashboards.yml"
MOUNTED_DASHBOARDS = "/var/lib/grafana/dashboards"
"""Where Grafana finds the dashboards: not below /etc/grafana/provisioning, where a mount would hide
the provider file.
"""


def render(plan: Plan) -> Iterator[Artifact]:
    """prometheus.yml, alertmanager.yml, and what Grafana reads at its start."""
    # Named one by one: a glob would also load files that lie beside them and were never checked.
    rule_files = sorted(
        group.file.removeprefix("monitoring/") for group in (*plan.recording, *plan.alerting)
    )
    yield Artifact(
        PROMETHEUS,
        rendered(
            "prometheus.yml.j2", settings=plan.settings, jobs=plan.jobs, rule_files=rule_files
        ),
    )
    yield Artifact(
        ALERTMANAGER,
        rendered("alertmanager.yml.j2", routes=plan.routes, inhibitions=plan.inhibitions),
    )
    yield Artifact(DATASOURCES, rendered("grafana-datasources.yml.j2", settings=plan.settings))
    project = plan.catalog.project
    yield Artifact(
        DASHBOARDS, rendered("grafana-dashboards.yml.j2", project=project, path=MOUNTED_DASHBOARDS)
    )
