"""Names that overrides of a panel look for: each has to be one that its series or columns can have.

Grafana says nothing of an override that no field fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice, product

from pbmon.catalog.catalog import Catalog
from pbmon.errors import DefinitionError
from pbmon.labels import names
from pbmon.model.panels import AnyPanel, SeriesChart
from pbmon.model.query import LEGEND_LABEL, Query
from pbmon.model.standard_options import pattern_of
from pbmon.panels.kinds import kind_of
from pbmon.panels.table import Table
from pbmon.panels.timeseries import Panel

_MOST_NAMES = 1000
"""Of one legend; where there can be more, any name is taken for one of them."""


def mistakes(catalog: Catalog) -> Iterator[DefinitionError]:
    """Overrides of names that no series or column of their panel can have."""
    for dashboard in catalog.dashboards:
        for panel in dashboard.panels:
            lines = panel.lines if isinstance(panel, Panel) else ()
            for override in (*panel.overrides, *lines):
                if isinstance(override.of, str) and not _can_fit(override.of, panel):
                    shown = ", ".join(repr(name) for name in _columns(panel) or _legends(panel))
                    yield DefinitionError(
                        override.source,
                        f"{override.what} fits nothing that {panel.what} shows, so it changes"
                        " nothing",
                        f"it shows {shown}; text between slashes is a regular expression: /^5../",
                    )


def _can_fit(of: str, panel: AnyPanel) -> bool:
    """Whether a field of the panel can have the name, or one that the pattern matches."""
    if isinstance(panel, Table):
        return _is_among(of, _columns(panel))
    if not isinstance(panel, SeriesChart):
        return True  # Grafana has names of its own for these fields
    return any(
        _can_be(of, legend, query)
        for legend, query in zip(_legends(panel), panel.queries, strict=True)
    )


def _columns(panel: AnyPanel) -> list[str]:
    if not isinstance(panel, Table):
        return []
    if panel.columns:
        return [heading or column for column, heading in panel.columns.items()]
    labels = {name for query in panel.queries for name in names(query.expr.label_set)}
    return [*sorted(labels), *panel.values]


def _legends(panel: AnyPanel) -> list[str]:
    return [kind_of(panel).legend(panel, query) for query in panel.queries]


def _can_be(of: str, legend: str, query: Query) -> bool:
    """Whether a series of the query can be called so. A label without a closed set has any text."""
    labels = {label.name: label for label in query.expr.label_set}
    places = [labels[name].domain for name in LEGEND_LABEL.findall(legend)]
    texts = LEGEND_LABEL.split(legend)[::2]
    if pattern_of(of) is None:
        values = ("|".join(map(re.escape, place)) or ".*" for place in places)
        name = _between(map(re.escape, texts), (f"({each})" for each in values))
        return re.fullmatch(name, of) is not None
    if not all(places):
        return True
    every = [_between(texts, values) for values in islice(product(*places), _MOST_NAMES)]
    return len(every) == _MOST_NAMES or _is_among(of, every)


def _between(texts: Iterable[str], values: Iterable[str]) -> str:
    """The texts with a value between each two."""
    first, *rest = texts
    return first + "".join(value + text for value, text in zip(values, rest, strict=True))


def _is_among(of: str, every: Iterable[str]) -> bool:
    pattern = pattern_of(of)
    if pattern is None:
        return of in every
    return any(re.search(pattern, name) for name in every)
