"""A query of a panel, and the legend of its series."""

from __future__ import annotations

import re

from pbmon.arguments import checked
from pbmon.errors import DefinitionError
from pbmon.expr.vector import Vector
from pbmon.labels import listed, names
from pbmon.source import here

LEGEND_LABEL = re.compile(r"{{\s*(\w+)\s*}}")
"""A label in a legend, which Grafana replaces by its value."""


@checked
class Query:
    """One query of a panel. legend: text with `{{label}}`; without it the labels that tell the
    series of the result apart.
    """

    def __init__(self, expr: Vector, legend: str = "") -> None:
        self.expr = expr
        self.legend = legend
        self.source = here()
        for name in LEGEND_LABEL.findall(legend):
            if name not in names(expr.label_set):
                raise DefinitionError(
                    self.source,
                    f"legend {legend!r} names {name!r}, which the query does not keep, so every"
                    " series gets the same name",
                    f"the query keeps {listed(expr.label_set)}",
                )
