"""Units: Grafana's ids, and the name suffix Prometheus asks for.

Suffixes: https://prometheus.io/docs/practices/naming/#base-units Ids:
https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts
"""

from __future__ import annotations

import difflib
from importlib.resources import files

from pbmon.errors import DefinitionError
from pbmon.source import Source

SUFFIX_OF_UNIT = {
    "s": "seconds",
    "bytes": "bytes",
    "percentunit": "ratio",
    "celsius": "celsius",
    "volt": "volts",
    "amp": "amperes",
    "joule": "joules",
    "lengthm": "meters",
    "massg": "grams",
}
"""Grafana unit → suffix of a metric's name."""

UNIT_OF_SUFFIX = {suffix: unit for unit, suffix in SUFFIX_OF_UNIT.items()}

GRAFANA_UNITS = frozenset(files("pbmon").joinpath("units.txt").read_text("utf-8").split())
"""Every unit id that Grafana 11 to 13 know."""


def checked(unit: str, what: str, source: Source) -> str:
    """The unit, or a DefinitionError that names near ones. `prefix:x` and `suffix:x` pass."""
    if unit in GRAFANA_UNITS or (
        unit.partition(":")[0] in {"prefix", "suffix", "si", "time", "count", "currency", "bool"}
        and ":" in unit
    ):
        return unit
    near = difflib.get_close_matches(unit, GRAFANA_UNITS, 4, 0.5)
    raise DefinitionError(
        source,
        f"{what} has unit {unit!r}, which Grafana does not know, so it would print bare numbers",
        (
            f"near it: {', '.join(near)}"
            if near
            else "usual ones: s, bytes, percentunit, reqps, ops, short"
        ),
    )


def of_name(name: str) -> str:
    """The unit in a metric's name (`…_seconds`, `…_bytes_total`), else an empty string."""
    last = name.removesuffix("_total").rpartition("_")[2]
    return UNIT_OF_SUFFIX.get(last, "")
