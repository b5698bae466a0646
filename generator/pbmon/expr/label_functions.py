"""Functions that give series a label.

https://prometheus.io/docs/prometheus/latest/querying/functions/#label_replace
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TypeVar

from pbmon.arguments import checked
from pbmon.expr.aggregations import Aggregated, Labels
from pbmon.expr.elementwise import Applied
from pbmon.expr.nodes import String
from pbmon.labels import Label, checked_pattern

Result = TypeVar("Result")


@checked
class LabelFunctions(Aggregated[Result], Applied[Result]):
    """Functions whose result has one label more, with the values that the author's label has."""

    @abstractmethod
    def _with_label(self, made: Result, target: Label) -> Result:
        """The result, its label of this name being the author's."""

    def label_replace(
        self, target: Label, replacement: str, source_label: Label, pattern: str = "(.*)"
    ) -> Result:
        """`label_replace()`: adds target with the replacement (`$1` stands for a group) where
        source_label matches.
        """
        checked_pattern(pattern)  # promtool does not look into it
        texts = (target.name, replacement, source_label.name, pattern)
        return self._with_label(self._apply("label_replace", *map(String, texts)), target)

    def label_join(self, target: Label, separator: str, *source_labels: Label) -> Result:
        """`label_join()`: adds target with the values of the source labels, joined."""
        texts = (target.name, separator, *(label.name for label in source_labels))
        return self._with_label(self._apply("label_join", *map(String, texts)), target)

    def count_values(self, target: Label, by: Labels = None, without: Labels = None) -> Result:
        """Number of series for each value, which becomes the label target."""
        counted = self._aggregated("count_values", by, without, String(target.name))
        return self._with_label(counted, target)
