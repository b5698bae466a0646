"""The variables of a dashboard: what each offers, and what it stands for in queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pbmon import durations
from pbmon.live.panels_asked import LABEL_VALUES, all_of, expand
from pbmon.plan.dashboards import Variable
from pbmon.preview.timeline import Span

Asked = Callable[[str, str], Sequence[str]]
"""Values of a label, the first argument, on the series of a selector, the second."""

Chosen = Mapping[str, Sequence[str]]
"""What somebody chose, by the name of the variable; All where that is nothing."""


@dataclass(frozen=True)
class Variables:
    """offered: values to choose from, by name. texts: what stands in queries, by name."""

    offered: Mapping[str, Sequence[str]]
    texts: Mapping[str, str]


def variables(declared: Sequence[Variable], chosen: Chosen, asked: Asked) -> Variables:
    """In the order of the dashboard: a later one may use those before it. A choice that is not
    offered counts for nothing.
    """
    offered: dict[str, Sequence[str]] = {}
    texts: dict[str, str] = {}
    for variable in declared:
        match = LABEL_VALUES.fullmatch(variable.query)
        if variable.kind != "query" or match is None:
            continue
        values = asked(match[2], expand(match[1], texts))
        some = [value for value in chosen.get(variable.name, ()) if value in values]
        offered[variable.name] = values
        texts[variable.name] = all_of(some or values) if values else ".*"
    return Variables(offered, texts)


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
