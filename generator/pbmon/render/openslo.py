"""Service level objectives as OpenSLO files.

Format: https://github.com/OpenSLO/OpenSLO#slo
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import partial

from pbmon.artifact import Artifact
from pbmon.expr.text import number, promql
from pbmon.model.slo_indicators import GaugeIndicator
from pbmon.plan.slo import PlannedSlo
from pbmon.render.environment import rendered
from pbmon.render.texts import Texts


def render(slos: Iterable[PlannedSlo], texts: Texts) -> Iterator[Artifact]:
    """One file an objective."""
    for planned in slos:
        text = texts.get("openslo", (planned, planned.definition), partial(_text, planned))
        yield Artifact(planned.file, text, {(): planned.source})


def _text(planned: PlannedSlo) -> str:
    return rendered("openslo.yaml.j2", **_values(planned))


def _values(planned: PlannedSlo) -> dict[str, object]:
    slo = planned.definition
    annotations = {} if slo.alerts else {"pbmon.burn-alerts": "off"}
    if Decimal(slo.minimum_traffic):
        annotations["pbmon.minimum-traffic"] = number(Decimal(slo.minimum_traffic))
    return {
        "slo": slo,
        "title": slo.name.replace("-", " ").capitalize(),
        "owner": planned.owner,
        "service": planned.service,
        "annotations": annotations,
        "counter": not isinstance(slo.indicator, GaugeIndicator),
        "queries": (
            ("bad" if slo.indicator.part_is_bad else "good", promql(planned.numerator)),
            ("total", promql(planned.total)),
        ),
        "percent": Decimal(slo.objective),
    }
