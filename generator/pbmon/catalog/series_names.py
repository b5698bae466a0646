"""The series that definitions have made so far, by name: what text given to `promql()` may read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pbmon.catalog.record_names import joined
from pbmon.catalog.unbound import definitions_in
from pbmon.expr.nodes import Series
from pbmon.model.builtin import ALERT_SERIES, BUILTIN
from pbmon.model.definition import Definition
from pbmon.model.metrics import Metric
from pbmon.model.rules import Record
from pbmon.model.slo import Slo


class SeriesNames:
    """Series of the metrics, records and objectives in the namespaces of modules.

    namespaces: of every module that runs or has run; more may be added.
    """

    def __init__(self) -> None:
        self.namespaces: list[Mapping[str, Any]] = []
        self._series: dict[str, Series] = {}

    def series(self, name: str) -> Series | None:
        """The series of this name, None where no definition has it yet."""
        if name not in self._series or name in ALERT_SERIES:  # each alert may add labels to these
            self._read()
        return self._series.get(name) or self._of_objective(name)

    def all_series(self) -> Iterable[Series]:
        """Every series, those of objectives left out."""
        self._read()
        return self._series.values()

    def _read(self) -> None:
        by_name: dict[str, dict[Series, None]] = {}
        for definition in self._definitions():
            for series in _series_of(definition):
                of_name = by_name.setdefault(series.name, {})
                if not isinstance(definition, Record):
                    of_name.clear()
                of_name[series] = None
        self._series = {name: joined(of_name) for name, of_name in by_name.items()}

    def _of_objective(self, name: str) -> Series | None:
        """A series that an objective records; whether it does is known later."""
        for definition in self._definitions():
            if isinstance(definition, Slo):
                beginning = definition.record_name("")
                if name.startswith(beginning):
                    return definition.series(name.removeprefix(beginning)).selector.series
        return None

    def _definitions(self) -> Iterator[Definition]:
        yield from BUILTIN
        for namespace in self.namespaces:
            yield from definitions_in([*namespace.values()])


def _series_of(definition: Definition) -> tuple[Series, ...]:
    if isinstance(definition, Metric):
        return definition.series
    return (definition.selector.series,) if isinstance(definition, Record) else ()
