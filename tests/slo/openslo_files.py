"""OpenSLO files of the shop, and what `pbmon import openslo` makes of a text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pbmon.cli.import_ import import_
from pbmon.expr.text import promql
from pbmon.plan.plan import Plan
from pbmon.render.artifacts import render
from slo.shop import RATIO

EVERYTHING = (
    RATIO.format(', minimum_traffic="0.5", by=[job, path], owner="tills"')
    + 'wins = Slo("wins", good=requests.where(path.is_not("/b")), total=requests,'
    ' objective="99.95", window="28d")\n'
    + 'speed = Slo("speed", "No waiting.", good=latency.where(path.is_("/a")).at_most(1),'
    ' objective="90", window="4w")\n'
    + 'health = Slo("health", good=healthy, objective="99", window="7d", alerts=False, by=[])\n'
    + 'reach = Slo("reach", good=up.where(job.is_("web")), objective="99")\n'
)
FILE = """\
apiVersion: openslo/v1
kind: SLO
metadata:
  name: checkout
spec:
  description: Customers can pay.
  service: shop
  indicator:
    metadata: {name: checkout}
    spec:
      ratioMetric:
        counter: true
        bad:
          metricSource:
            type: Prometheus
            spec:
              query: sum by (job) (payments_total{job="web",class=~"5.."})
        total:
          metricSource:
            type: Prometheus
            spec:
              query: sum by (job) (payments_total{job="web"})
  timeWindow:
    - duration: 30d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - target: 0.999
"""


def files(made: Plan) -> dict[str, str]:
    return {
        artifact.path: artifact.text
        for artifact in render(made, "rules")
        if "/openslo/" in artifact.path
    }


def imported(
    text: str, folder: Path, capsys: pytest.CaptureFixture[str], definitions: str = "definitions"
) -> str:
    """What `pbmon import openslo` prints for the text, with the definitions in the folder."""
    (folder / "slos.yaml").write_text(text, "utf-8")
    import_("openslo", folder / "slos.yaml", folder / definitions)
    return capsys.readouterr().out


def others(folder: Path, text: str) -> Path:
    """A folder of definitions with the text, and with nothing else but a service."""
    made = folder / "other"
    made.mkdir()
    project = (
        'from pbmon import *\nproject = Project(name="shop", title="Shop",'
        ' runbook_url="https://example.com")\n'
    )
    service = (
        'service = Service("web", jobs=[Job("web", ["web:80"])], exporter=Exporter("a", "1"))\n'
    )
    (made / "project.py").write_text(project + service, "utf-8")
    (made / "slos.py").write_text(text, "utf-8")
    return made


def rules(made: Plan) -> dict[str, tuple[Any, ...]]:
    """Every rule of the objectives: expression, labels and annotations."""
    records: dict[str, tuple[Any, ...]] = {
        record.name: (promql(record.expr),) for record in made.records
    }
    return records | {
        alert.name: (promql(alert.expr), alert.for_, alert.labels, alert.annotations)
        for alert in made.alerts
    }
