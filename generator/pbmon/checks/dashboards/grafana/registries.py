"""What Grafana knows by name: units, calculations, transformations, matchers and more.

registries.json is written by scripts/grafana_registries.cjs.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from pbmon.finding import Level

TABLE: Mapping[str, Any] = json.loads(
    files("pbmon.checks.dashboards.grafana").joinpath("registries.json").read_text("utf-8")
)


@dataclass(frozen=True, eq=False)
class Registry:
    """Names of one kind.

    what: one of them, in messages. consequence: what becomes of a name that Grafana does not know.
    called: names of former times, and what they are called today. prefixes: what begins a name
    that its author made up (`suffix:widgets`).
    """

    what: str
    names: frozenset[str]
    consequence: str
    called: Mapping[str, str]
    prefixes: tuple[str, ...] = ()
    level: Level = "error"

    def knows(self, name: str) -> bool:
        """Whether Grafana finds it."""
        return name in self.names or name.startswith(self.prefixes)

    def help(self, name: str) -> str:
        """What to write instead of a name that it does not know."""
        if name in self.called:
            return f"it is called {self.called[name]}"
        near = difflib.get_close_matches(name, sorted(self.names), 4, 0.6)
        of_its_own = [f"{self.prefixes[0]}{name} is a unit of your own"] if self.prefixes else []
        if near or of_its_own:
            return "; ".join([f"near it: {', '.join(near)}"][: len(near)] + of_its_own)
        return f"it is one of {', '.join(sorted(self.names)[:20])}"


def _registry(key: str, what: str, consequence: str) -> Registry:
    return Registry(what, frozenset(TABLE[key]), consequence, {})


REDUCER_NAMES: Mapping[str, str] = TABLE["reducers"]
"""Id of a calculation → what the column of its results is called."""

UNIT = Registry(
    "unit",
    frozenset(TABLE["units"]),
    "so it prints it behind bare numbers",
    {},
    prefixes=("suffix:", "prefix:", "time:", "si:", "count:", "currency:", "bool:"),
    level="warning",
)
REDUCER = Registry(
    "calculation",
    frozenset(REDUCER_NAMES),
    "so its value stays blank",
    TABLE["reducerAliases"],
)
REDUCER_OR_ALIAS = Registry(
    "calculation",
    frozenset({*REDUCER_NAMES, *TABLE["reducerAliases"]}),
    "so its column is missing",
    {},
)
LEGEND_CALCULATION = Registry(
    "calculation in its legend",
    frozenset(REDUCER_NAMES),
    "so the legend has no such values",
    TABLE["reducerAliases"],
)
TRANSFORMATION = _registry("transformations", "transformation", "so it is skipped")
FIELD_MATCHER = _registry("fieldMatchers", "matcher of fields", "so its rule is skipped")
FRAME_MATCHER = _registry("frameMatchers", "matcher of queries", "so the transformation fails")
VALUE_MATCHER = _registry("valueMatchers", "matcher of values", "so the transformation fails")
COLOR_MODE = _registry("colorModes", "colour mode", "so it colours by thresholds")
MAPPING = _registry("mappingTypes", "type of value mapping", "so it maps nothing")
SPECIAL_VALUE = _registry("specialValues", "special value in a mapping", "so it maps nothing")
THRESHOLD_MODE = _registry(
    "thresholdModes", "threshold mode", "so the steps are values, not per cent"
)
DRAW_STYLE = _registry("drawStyles", "draw style", "so it draws no line and no bar")
CELL = _registry("cellTypes", "type of cell", "so the cell is plain")
