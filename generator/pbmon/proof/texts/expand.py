"""Expands a template: walks its syntax as Go's text/template does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from pbmon.go_template.nodes import (
    Branch,
    Include,
    Leave,
    Node,
    Print,
    Template,
    TemplateMistake,
    Text,
)
from pbmon.go_template.parser import parsed
from pbmon.proof.texts.evaluation import Evaluation
from pbmon.proof.texts.printing import printed
from pbmon.proof.texts.values import (
    AnyMap,
    Data,
    FailedTemplate,
    QueryResult,
    Sample,
    StringMap,
    UnknownTemplate,
    Value,
    check_length,
    truth,
    type_name,
)

Query = Callable[[str], Sequence[tuple[Mapping[str, str], float]]]
"""What a PromQL text selects when the alert is evaluated: labels, with `__name__`, and value of
each series, in any order. UnknownTemplate where that is not known.
"""


_MISPRINT = re.compile(
    r"%!.?\((?:BADINDEX|BADWIDTH|BADPREC|MISSING|NOVERB|EXTRA|<nil>|[^\s()=]+=)[^)]*\)"
)
"""https://pkg.go.dev/fmt#hdr-Format_errors"""


def expanded(
    text: str,
    value: float,
    labels: Mapping[str, str],
    *,
    external_labels: Mapping[str, str] | None = None,
    query: Query | None = None,
    misprints: bool = False,
) -> str:
    """The text of an alert whose series has these labels and this value. misprints: whether what
    printf writes in place of a value that does not fit its verb is a text.

    Raises FailedTemplate for what Prometheus cannot expand, UnknownTemplate for what pbmon cannot.
    """
    template = _template(text)
    data = Data(StringMap(labels), StringMap(external_labels or {}), "", float(value))
    result = _Expansion(template, data, query).text()
    misprint = None if misprints else _MISPRINT.search(result)
    if misprint and not any("%!" in given for given in (text, *labels.values())):
        raise FailedTemplate(f"printf writes {misprint[0]}, as a value does not fit its verb")
    return result


@lru_cache(maxsize=512)
def _template(text: str) -> Template:
    try:
        return parsed(text)
    except TemplateMistake as mistake:
        raise FailedTemplate(f"{mistake.problem}, at character {mistake.position + 1}") from None


class _Left(Exception):
    """`break` or `continue`."""


class _Expansion:
    """One text in the making."""

    def __init__(self, template: Template, data: Data, query: Query | None) -> None:
        self._template = template
        self._data = data
        self._parts: list[str] = []
        self._length = 0

        def asked(text: str) -> QueryResult:
            if query is None:
                raise UnknownTemplate(f"query({text[:200]!r}) is not computed here")
            result = QueryResult(Sample(StringMap(names), value) for names, value in query(text))
            result.ordered = len(result) < 2
            return result

        self._evaluation = Evaluation(data, asked)

    def text(self) -> str:
        known: list[tuple[str, Value]] = [
            ("$", self._data),
            ("$labels", self._data.labels),
            ("$externalLabels", self._data.external_labels),
            ("$externalURL", self._data.external_url),
            ("$value", self._data.value),
        ]
        self._evaluation.variables = known
        self._walk(self._data, self._template.nodes)
        return "".join(self._parts)

    def _print(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
        check_length(self._length)

    def _walk(self, dot: Value, nodes: Sequence[Node]) -> None:
        for node in nodes:
            self._evaluation.step()
            match node:
                case Text():
                    self._print(node.text)
                case Print():
                    value = self._evaluation.pipeline(dot, node.pipeline)
                    if not node.pipeline.declares:
                        self._print(printed(value))
                case Branch(kind="range"):
                    self._range(dot, node)
                case Branch():
                    self._branch(dot, node)
                case Leave():
                    raise _Left(node.kind)
                case Include():
                    self._include(dot, node)

    def _branch(self, dot: Value, node: Branch) -> None:
        known = len(self._evaluation.variables)
        value = self._evaluation.pipeline(dot, node.pipeline)
        if truth(value):
            self._walk(value if node.kind == "with" else dot, node.body)
        elif node.otherwise is not None:
            self._walk(dot, node.otherwise)
        del self._evaluation.variables[known:]

    def _range(self, dot: Value, node: Branch) -> None:
        variables = self._evaluation.variables
        known = len(variables)
        items = _items(self._evaluation.pipeline(dot, node.pipeline))
        inside = len(variables)
        for key, item in items:
            self._evaluation.assign(node.pipeline, key, item)
            try:
                self._walk(item, node.body)
            except _Left as left:
                if left.args[0] == "break":
                    break
            finally:
                del variables[inside:]
        if not items and node.otherwise is not None:
            self._walk(dot, node.otherwise)
        del variables[known:]

    def _include(self, dot: Value, node: Include) -> None:
        nodes = self._template.defined.get(node.name)
        if nodes is None:
            raise FailedTemplate(f"there is no template {node.name!r}")
        value = self._evaluation.pipeline(dot, node.pipeline) if node.pipeline else None
        outside = self._evaluation.variables
        self._evaluation.variables = [("$", value)]
        with self._evaluation.deeper():
            self._walk(value, nodes)
        self._evaluation.variables = outside


def _items(value: Value) -> list[tuple[Value, Value]]:
    """(index or name, item) of each item that range goes through."""
    match value:
        case None:
            return []
        case QueryResult():
            return list(enumerate(value.in_order()))
        case StringMap() | AnyMap():
            return [(name, value[name]) for name in sorted(value, key=str.encode)]
        case _:
            raise FailedTemplate(f"range cannot go through a {type_name(value)}")
