"""The variables of a dashboard: what each offers, and what it stands for in queries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import assert_never

from pbmon import durations
from pbmon.live.variables import LABEL_VALUES, LabelValues, all_of, expand, quoted
from pbmon.plan.dashboards import Variable
from pbmon.preview.timeline import Span

Chosen = Mapping[str, Sequence[str]]
"""What somebody chose, by the name of the variable; All where that is nothing."""


@dataclass(frozen=True)
class Variables:
    """offered: values to choose from, by name. chosen: those that panels and rows are repeated for.
    texts: what stands in queries. all by the name of the variable.
    """

    offered: Mapping[str, Sequence[str]]
    chosen: Mapping[str, Sequence[str]]
    texts: Mapping[str, str]

    def each(self, names: Sequence[str]) -> Iterator[tuple[str, Mapping[str, str]]]:
        """What is drawn once for each chosen value of these variables: how its place is marked, and
        what stands in its queries. A variable of which there are no values repeats nothing.
        """
        several = [name for name in names if self.chosen.get(name)]
        for values in product(*(self.chosen[name] for name in several)):
            each = {name: all_of([value]) for name, value in zip(several, values, strict=True)}
            yield "".join(f"@{value}" for value in values), {**self.texts, **each}


def variables(declared: Sequence[Variable], chosen: Chosen, values_of: LabelValues) -> Variables:
    """In the order of the dashboard: a later one may use those before it. A choice that is not
    offered counts for nothing.
    """
    offered: dict[str, Sequence[str]] = {}
    selection: dict[str, Sequence[str]] = {}
    texts: dict[str, str] = {}
    for variable in declared:
        name, wanted = variable.name, chosen.get(variable.name, ())
        match variable.kind:
            case "datasource":
                continue
            case "textbox":
                selection[name] = [*wanted, variable.query][:1]
                texts[name] = quoted(selection[name][0])
                continue
            case "custom":
                values: Sequence[str] = variable.values
            case "query":
                query = LABEL_VALUES.fullmatch(variable.query)
                values = values_of(query[2], expand(query[1], texts)) if query else ()
            case _:
                assert_never(variable.kind)
        some = [value for value in wanted if value in values]
        offered[name] = values
        selection[name] = (some or values) if variable.several else [*some, *values][:1]
        if variable.several:
            texts[name] = all_of(selection[name]) if selection[name] else ".*"
        else:
            texts[name] = quoted(selection[name][0]) if selection[name] else ""
    return Variables(offered, selection, texts)


def windows(span: Span, interval: float) -> dict[str, str]:
    """`$__interval`, `$__rate_interval` and `$__range` for points this far apart.

    interval: seconds between two scrapes. Grafana's rule, with the points that are really asked
    for.
    """
    rate = max(span.step + interval, 4 * interval)
    return {
        "__interval": durations.text(span.step),
        "__rate_interval": durations.text(rate),
        "__range": durations.text(span.length),
        "__range_s": str(span.length),
    }
