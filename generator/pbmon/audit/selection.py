"""What of all that is exposed a selector selects."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from pbmon.audit import lacks
from pbmon.audit.exposed import BUILT_IN, Exposed, Series
from pbmon.audit.expressions import UNKNOWN
from pbmon.audit.lacks import Lack
from pbmon.expr.nodes import Names, Selector
from pbmon.expr.shapes import fulfils
from pbmon.finding import Level
from pbmon.labels import Label, Matcher
from pbmon.model.builtin import ALERT_SERIES

MIXED = -1
"""The origin of what was aggregated over several expositions."""
_MOST_SERIES = 2_000
"""Of a vector; of more no labels are kept."""
_NAME = Label("name", "Name of a series.", max_values=1)


@dataclass(frozen=True)
class Vector:
    """series: None where there are some whose labels are not known. lack: why there is none."""

    series: tuple[Series, ...] | None = None
    lack: Lack | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is surely nothing, as far as is known."""
        return self.series == ()


SOME = Vector()
ONE = Vector((Series({}, MIXED),))


def bounded(series: tuple[Series, ...] | None, lack: Lack | None = None) -> Vector:
    """A vector of these series; of very many only that there are some."""
    return Vector(None if series is not None and len(series) > _MOST_SERIES else series, lack)


class Selection:
    """jobs: names of all scrape jobs; None where there may be others."""

    def __init__(self, exposed: Exposed | None, jobs: Collection[str] | None) -> None:
        self._exposed = exposed
        self._jobs = jobs
        self._unknown: dict[str, Lack] = {}

    def of(self, selector: Selector) -> Vector:
        """Of scraped series."""
        name, exposed = selector.series.name, self._exposed
        is_scraped = name not in ALERT_SERIES and ":" not in name
        if is_scraped and (lack := lacks.of_job(selector.matchers, self._jobs)):
            return Vector((), lack)
        if exposed is None or name in BUILT_IN:
            return SOME
        if name not in exposed.names:
            if not is_scraped and not exposed.is_whole:
                return SOME  # recorded elsewhere
            if name not in self._unknown:
                self._unknown[name] = lacks.of_name(name, exposed)
            return Vector((), self._unknown[name])
        every = exposed.series.get(name)
        if every is None:  # it has none now, or its labels were not asked for
            return SOME
        return bounded(*lacks.selected(selector, every, exposed))

    def within(self, selector: Selector, recorded: Vector) -> Vector:
        """Of the series of a record."""
        if not recorded.series or self._exposed is None:
            return recorded
        return bounded(*lacks.selected(selector, recorded.series, self._exposed))

    def of_names(self, node: Names, recorded: Collection[str]) -> Vector:
        """Of names that fulfil a pattern. recorded: names of all records."""
        if self._exposed is None or any(UNKNOWN in value for _, value in node.matchers):
            return SOME
        checks = [Matcher(_NAME, op, value) for op, value in node.matchers]
        known = {*self._exposed.names, *recorded, *BUILT_IN}
        if any(all(fulfils(check, name) for check in checks) for name in known):
            return SOME
        texts = ", ".join(f"__name__{op}{value!r}" for op, value in node.matchers)
        level: Level = "error" if self._exposed.is_whole else "warning"
        return Vector((), Lack("series-exists", f"no series fulfils {texts}", "", level))
