"""What the variables of a dashboard stand for in its queries, as Grafana fills them in.

https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import assert_never

from pbmon.plan.dashboards import Variable

LabelValues = Callable[[str, str], Sequence[str]]
"""Values of a label, the first argument, on the series of a selector, the second."""

_VARIABLE = re.compile(r"\$(\w+)|\$\{(\w+)(?::\w+)?\}")
_SPECIAL = re.compile(r"[$^*{}\[\]'+?.()|]")
LABEL_VALUES = re.compile(r"label_values\((.+), *(\w+)\)", re.DOTALL)
"""A query of a variable: a selector, and the label whose values it wants."""


def chosen_at_first(variables: Sequence[Variable], label_values: LabelValues) -> dict[str, str]:
    """What stands in queries when the dashboard is opened, by name: all values, or the first where
    one is chosen. In the order of the dashboard: a later variable may use those before it.
    """
    texts: dict[str, str] = {}
    for variable in variables:
        match variable.kind:
            case "datasource":
                continue
            case "textbox":
                texts[variable.name] = quoted(variable.query)
                continue
            case "custom":
                values: Sequence[str] = variable.values
            case "query":
                match = LABEL_VALUES.fullmatch(variable.query)
                values = label_values(match[2], expand(match[1], texts)) if match else ()
            case _:
                assert_never(variable.kind)
        one = quoted(values[0]) if values else ""
        texts[variable.name] = all_of(values) if variable.several else one
    return texts


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
