"""What the variables of a dashboard stand for in its queries, as Grafana fills them in.

https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import assert_never

from pbmon import durations
from pbmon.labels import ANY
from pbmon.plan.dashboards import Variable

LabelValues = Callable[[str, str], Sequence[str]]
"""Values of a label, the first argument, on the series of a selector, the second."""

_VARIABLE = re.compile(r"\$(\w+)|\$\{(\w+)(?::\w+)?\}")
_SPECIAL = re.compile(r"[$^*{}\[\]'+?.()|]")
LABEL_VALUES = re.compile(r"label_values\((.+), *(\w+)\)", re.DOTALL)
"""A query of a variable: a selector, and the label whose values it wants."""


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


def variables(
    declared: Sequence[Variable], chosen: Chosen, label_values: LabelValues, nothing: str = ANY
) -> Variables:
    """In the order of the dashboard: a later one may use those before it. A choice that is not
    offered counts for nothing; without one it is all, or the first where one is chosen. nothing:
    what stands for all where there are none.
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
                values = label_values(query[2], expand(query[1], texts)) if query else ()
            case _:
                assert_never(variable.kind)
        some = [value for value in wanted if value in values]
        offered[name] = values
        selection[name] = (some or values) if variable.several else [*some, *values][:1]
        if variable.several:
            texts[name] = all_of(selection[name]) if selection[name] else nothing
        else:
            texts[name] = quoted(selection[name][0]) if selection[name] else ""
    return Variables(offered, selection, texts)


def windows(interval: float, scrape_interval: float, length: float) -> dict[str, str]:
    """`$__interval`, `$__rate_interval` and `$__range` for points this far apart, by its rule.

    All in seconds. scrape_interval: of the data source, or of the panel. length: of what is shown.
    """
    rate = max(interval + scrape_interval, 4 * scrape_interval)
    lengths = {"__interval": interval, "__rate_interval": rate, "__range": length}
    return {name: durations.text(seconds) for name, seconds in lengths.items()}


def quoted(value: str) -> str:
    """A single value as Grafana writes it into a quoted PromQL string."""
    return value.replace("\\", "\\\\").replace('"', '\\"')


def all_of(values: Sequence[str]) -> str:
    """What a variable stands for where All is chosen, as Grafana writes it into a quoted PromQL
    string.
    """
    escaped = [_SPECIAL.sub(r"\\\\\g<0>", value.replace("\\", "\\\\\\\\")) for value in values]
    return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"


def expand(text: str, values: Mapping[str, str]) -> str:
    """The text with each variable replaced; one without a value stays, and Prometheus will refuse
    it.
    """
    return _VARIABLE.sub(lambda match: values.get(match[1] or match[2], match[0]), text)
