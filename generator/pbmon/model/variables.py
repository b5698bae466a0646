"""Variables of a dashboard: choices that its readers make, and that queries and repeats use.

https://grafana.com/docs/grafana/latest/dashboards/variables/
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

from pbmon.arguments import checked
from pbmon.errors import DefinitionError
from pbmon.expr.selection import Selectable
from pbmon.labels import ANY, Choice, Label, Matcher, listed, names, re2_quote
from pbmon.source import Source, here

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class _Variable:
    """name: of `$name` in texts. title: beside the choices; made from the name where it is empty.
    several: whether more than one may be chosen, and all.
    """

    EXAMPLE = 'CustomVariable("size", ["small", "large"])'

    def __init__(self, name: str, title: str, several: bool) -> None:
        self.source = here()
        self.name = name
        self.title = title or name.replace("_", " ").capitalize()
        self.several = several
        if not _NAME.fullmatch(name):
            raise DefinitionError(
                self.source,
                f"Grafana reads no variable called {name!r} in a query",
                "a name has letters, digits and _ and begins with a letter",
            )

    def chosen(self, label: Label) -> Matcher:
        """`label=~"$name"`: only series with what is chosen, in panels of the dashboard."""
        return Matcher(label, "=~", self._any, Choice(self.name, self.several))

    @property
    def _any(self) -> str:
        """A pattern of all that can be chosen."""
        return ANY


@checked
class QueryVariable(_Variable):
    """The values that a label has in the series of a metric.

    of: the metric, or a selection of it. label: one that it carries.
    """

    EXAMPLE = 'QueryVariable("room", lamps, room)'

    def __init__(
        self, name: str, of: Selectable, label: Label, *, title: str = "", several: bool = True
    ) -> None:
        super().__init__(name, title, several)
        self.of = of
        self.label = label
        if label.name not in names(of.shape.labels):
            raise DefinitionError(
                self.source,
                f"variable {name!r} offers values of {label.name!r}, which the series do not carry,"
                " so there is no choice",
                f"they carry {listed(of.shape.labels)}",
            )


@checked
class CustomVariable(_Variable):
    """A choice of these values; the first is chosen at first, or all where several may be."""

    def __init__(
        self, name: str, values: Sequence[str], *, title: str = "", several: bool = False
    ) -> None:
        super().__init__(name, title, several)
        self.values = tuple(values)
        # https://grafana.com/docs/grafana/latest/dashboards/variables/add-template-variables/
        if not values or any(not value.strip() or set(value) & set(",\\") for value in values):
            raise DefinitionError(
                self.source,
                f"variable {name!r} offers {list(values)}, which Grafana does not read as choices",
                "at least one text, without commas and backslashes",
            )

    @property
    def _any(self) -> str:
        return "|".join(map(re2_quote, self.values))


@checked
class TextVariable(_Variable):
    """A text that readers write, read as a regular expression. default: what stands there first."""

    EXAMPLE = 'TextVariable("search")'

    def __init__(self, name: str, default: str = ANY, *, title: str = "") -> None:
        super().__init__(name, title, several=True)
        self.default = default


def checked_repeat(what: str, source: Source, variable: AnyVariable | None) -> AnyVariable | None:
    """The variable. Raises DefinitionError for one of which only one value can be chosen."""
    if variable is not None and not variable.several:
        raise DefinitionError(
            source,
            f"{what} is repeated for ${variable.name}, of which one value is chosen, so it"
            " stands there once",
            "several=True",
        )
    return variable


AnyVariable: TypeAlias = QueryVariable | CustomVariable | TextVariable
