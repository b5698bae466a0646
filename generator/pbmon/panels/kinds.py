"""The kinds of panels, listed once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from pbmon.model.panels import AnyPanel
from pbmon.panels.barchart import BAR_CHART
from pbmon.panels.bargauge import BAR_GAUGE
from pbmon.panels.gauge import GAUGE
from pbmon.panels.heatmap import HEATMAP
from pbmon.panels.histogram import HISTOGRAM
from pbmon.panels.kind import D, Kind
from pbmon.panels.piechart import PIE_CHART
from pbmon.panels.stat import STAT
from pbmon.panels.state_timeline import STATE_TIMELINE
from pbmon.panels.status_history import STATUS_HISTORY
from pbmon.panels.table import TABLE
from pbmon.panels.text import TEXT
from pbmon.panels.timeseries import TIME_SERIES

KINDS: tuple[Kind[Any], ...] = (
    TIME_SERIES,
    STAT,
    GAUGE,
    BAR_GAUGE,
    TABLE,
    HEATMAP,
    STATE_TIMELINE,
    STATUS_HISTORY,
    PIE_CHART,
    BAR_CHART,
    HISTOGRAM,
    TEXT,
)

BY_TYPE: Mapping[str, Kind[Any]] = {kind.type: kind for kind in KINDS}
"""By Grafana's id of the panel plugin."""
_BY_DEFINITION: Mapping[type[AnyPanel], Kind[Any]] = {kind.definition: kind for kind in KINDS}


def kind_of(panel: D) -> Kind[D]:
    """The kind of an author's panel; for a subclass that an author wrote, that of the class above.

    Raises LookupError for a class without a kind.
    """
    for above in type(panel).__mro__:
        if kind := _BY_DEFINITION.get(above):
            return cast("Kind[D]", kind)
    raise LookupError(f"{type(panel).__name__} is of no kind in pbmon.panels.kinds")
