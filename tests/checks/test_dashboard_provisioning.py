"""Grafana's provisioning files hold the settings that Grafana reads, and a mistake in
one is found.
"""

from __future__ import annotations

import pytest
from boards import check_dashboard
from pbmon.artifact import Artifact

PATH = "docker/grafana/provisioning/file.yml"
DATASOURCES = """\
apiVersion: 1
datasources:
  - name: Prometheus
    uid: prometheus
    type: prometheus
    access: proxy
    url: http://prometheus:9090
    isDefault: true
    jsonData:
      httpMethod: POST
      timeInterval: 15s
"""
DASHBOARDS = """\
apiVersion: 1
providers:
  - name: pybase
    folder: PyBase
    type: file
    allowUiUpdates: false
    updateIntervalSeconds: 30
    options:
      path: /var/lib/grafana/dashboards
"""


def problems(text: str) -> list[str]:
    return [finding.problem for finding in check_dashboard(Artifact(PATH, text))]


@pytest.mark.parametrize("text", [DATASOURCES, DASHBOARDS], ids=["datasources", "dashboards"])
def test_a_sound_file_has_no_finding(text: str) -> None:
    assert problems(text) == []


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (DATASOURCES, "apiVersion: 1", "apiVersion: 2"),
        (DATASOURCES, "url:", "adress:"),
        (DATASOURCES, "type: prometheus", "type: promtheus"),
        (DATASOURCES, "isDefault: true", "isDefault: 'true'"),
        (DATASOURCES, "timeInterval: 15s", "timeInterval: 15"),
        (DATASOURCES, "uid: prometheus", "uid: my prometheus"),
        (DATASOURCES, "http://prometheus", "prometheus"),
        (DASHBOARDS, "updateIntervalSeconds", "updateIntervalSecond"),
        (DASHBOARDS, "type: file", "type: folder"),
        (DASHBOARDS, "path:", "paths:"),
        (DASHBOARDS, "providers:", "provider:"),
    ],
)
def test_a_single_fault_is_found(text: str, old: str, new: str) -> None:
    assert problems(text.replace(old, new))


def test_text_that_is_not_yaml_gives_one_finding_at_its_line() -> None:
    (finding,) = check_dashboard(Artifact(PATH, "apiVersion: 1\nproviders: [\n"))
    assert str(finding.source) == f"{PATH}:3"


@pytest.mark.parametrize("text", ["", "apiVersion: 1\n", "- datasources\n"])
def test_a_file_that_sets_up_nothing_is_a_finding(text: str) -> None:
    (problem,) = problems(text)
    assert "passes over it" in problem
