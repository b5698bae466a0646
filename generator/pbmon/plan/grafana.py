"""Texts of definitions that Grafana would read as its variables.

It puts values in place of `$name`, `${name}` and `[[name]]` wherever they stand in a query or a
text of a panel. In a query an escape of PromQL stands for the first character of what only looks
like one; in a text there is no escape, so such a text is a mistake.
https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pbmon.catalog.catalog import Catalog
from pbmon.errors import DefinitionError
from pbmon.expr.nodes import Node, Selector
from pbmon.expr.walk import rewrite
from pbmon.labels import Matcher, MatchOp
from pbmon.model.panels import AnyPanel
from pbmon.panels.text import Text
from pbmon.source import Source

_VARIABLES = ("datasource", "instance", "job")
"""Those that every dashboard has."""

_DOLLAR, _BRACKET = "\ufdd0", "\ufdd1"
"""Stand for `$` and `[` in a value until it is written down; no text holds these (Unicode sets them
aside for such use).
"""

ESCAPES = {ord(_DOLLAR): r"\u0024", ord(_BRACKET): r"\u005b"}
"""What a string of PromQL says instead, and Prometheus reads as the character."""

_USE = re.compile(r"\$(?=\w|\{)|\[(?=\[)")
_READ = re.compile(r"\$(\w+)|\$\{(\w+)[^}]*\}|\[\[(\w+)[^\]]*\]\]")


def with_choices(node: Node) -> Node:
    """The expression as a dashboard asks it: `room=~"$room"` where its reader chooses."""
    return rewrite(node, _with_choices)


def _with_choices(node: Node) -> Node:
    if not isinstance(node, Selector):
        return node
    return replace(node, matchers=tuple(map(chosen, node.matchers)))


def chosen(matcher: Matcher) -> Matcher:
    """The matcher with the variable in place of all that it may stand for."""
    if matcher.choice is None:
        return matcher
    operator: MatchOp = "=~" if matcher.choice.several else "="
    return replace(matcher, op=operator, value=f"${matcher.choice.name}")


def guarded(value: str) -> str:
    """The value with something else in place of what Grafana would read as a variable."""
    return _USE.sub(lambda found: _DOLLAR if found[0] == "$" else _BRACKET, value)


def escaped(text: str) -> str:
    """A string of PromQL in which Grafana reads no variable."""
    return guarded(text).translate(ESCAPES)


def names_in_use(catalog: Catalog) -> tuple[str, ...]:
    """Names of the variables that dashboards have without their author: also of target labels."""
    labels = (label.name for service in catalog.services for label in service.target_labels)
    return (*_VARIABLES, *labels)


def mistakes(catalog: Catalog) -> Iterator[DefinitionError]:
    """Texts in which Grafana would put the value of a variable."""
    variables = names_in_use(catalog)
    for dashboard in catalog.dashboards:
        for row in dashboard.rows:
            if variable := _variable(row.title, (*variables, "__")):
                yield _mistake(f"row {row.title!r}", variable, row.source)
            for panel in row.panels:
                for what, text in _texts(panel):
                    if variable := _variable(text, (*variables, "__")):
                        yield _mistake(f"{what} of panel {panel.title!r}", variable, panel.source)
                # links of a text may keep the time shown: ?from=${__from}
                if isinstance(panel, Text) and (variable := _variable(panel.content, variables)):
                    yield _mistake(f"text of panel {panel.title!r}", variable, panel.source)


def _texts(panel: AnyPanel) -> Iterator[tuple[str, str]]:
    yield "title", panel.title
    yield "description", panel.description
    for query in panel.queries:
        yield "legend", query.legend


def _variable(text: str, names: tuple[str, ...]) -> str:
    """The first variable in the text with one of these names; `__` for all of Grafana itself."""
    for found in _READ.finditer(text):
        name = found[1] or found[2] or found[3]
        if name in names or ("__" in names and name.startswith("__")):
            return found[0]
    return ""


def _mistake(what: str, variable: str, source: Source) -> DefinitionError:
    return DefinitionError(
        source,
        f"{what} holds {variable!r}, which Grafana reads as a variable and replaces by its value",
        "write it without the $ or the brackets",
    )
