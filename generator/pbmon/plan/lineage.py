"""What is below an expression: follows recording rules down to the scraped series."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from itertools import chain
from typing import Any, TypeVar

from pbmon.expr.nodes import Binary, Call, Node, Selector, String
from pbmon.expr.text import promql
from pbmon.expr.walk import selectors, walk
from pbmon.labels import names
from pbmon.plan.supply import Supply

T = TypeVar("T")


def joined(records: Iterable[tuple[str, Node]]) -> dict[str, Node]:
    """Expressions by name; those of several rules that record one name, with other labels each, as
    one.
    """
    expressions: dict[str, Node] = {}
    for name, node in records:
        first = expressions.get(name)
        expressions[name] = node if first is None else Binary("or", first, node)
    return expressions


class Lineage:
    """The recorded series of a plan. records: the expression of each, by name; none reads itself,
    directly or through others (`recording.groups` refuses circles).

    Each record is followed once, however many others read it.
    late: (reader, record) of records that are evaluated behind their reader. supply: what brings
    the series.
    """

    def __init__(
        self,
        records: Mapping[str, Node],
        late: frozenset[tuple[str, str]] = frozenset(),
        supply: Supply | None = None,
    ) -> None:
        self._records = dict(records)
        self.late = late
        self.supply = supply or Supply()
        self._raw: dict[str, tuple[Selector, ...]] = {}
        # by identity: each node is kept, so that no other gets its id
        self._below: dict[int, tuple[Node, tuple[str, ...]]] = {}
        self._nodes: dict[int, tuple[Node, tuple[Node, ...]]] = {}
        self._raw_of: dict[int, tuple[Node, tuple[Selector, ...]]] = {}
        self._origins: dict[str, str] = {}
        self._answers: dict[tuple[object, str], Any] = {}

    @property
    def recorded(self) -> Mapping[str, Node]:
        """The expression of every recorded series, by name."""
        return self._records

    def of_record(self, name: str, ask: Callable[[Node, Lineage], T]) -> T:
        """What a function says of the expression of a record. Each is asked once: where records
        read others twice, there are more ways down than anybody can go.
        """
        if (ask, name) not in self._answers:
            self._answers[ask, name] = ask(self._records[name], self)
        answer: T = self._answers[ask, name]
        return answer

    def records(self, node: Node) -> tuple[str, ...]:
        """Names of all records below the expression, each once, readers before what they read."""
        known = self._below.get(id(node))
        if known is None:
            names = dict.fromkeys(name for name, _ in self.edges("", node) if self._has(name))
            known = self._below[id(node)] = node, tuple(names)
        return known[1]

    def edges(self, reader: str, node: Node) -> Iterator[tuple[str, str]]:
        """Every (series, reader) on the way from metrics to the reader's expression, each once,
        readers before what they read. Series by the name of their definition.
        """
        pending, seen = [(reader, node)], set()
        while pending:
            reader, node = pending.pop(0)
            for name in dict.fromkeys(selector.series.metric for selector in selectors(node)):
                if (name, reader) not in seen:
                    seen.add((name, reader))
                    yield name, reader
                    if self._has(name):
                        pending.append((name, self._records[name]))

    def nodes(self, node: Node) -> tuple[Node, ...]:
        """Every node of the expression, then those of each record below it."""
        known = self._nodes.get(id(node))
        if known is None:
            below = (walk(self._records[name]) for name in self.records(node))
            known = self._nodes[id(node)] = node, (*walk(node), *chain.from_iterable(below))
        return known[1]

    def raw(self, node: Node) -> tuple[Selector, ...]:
        """Selectors of scraped series below the expression, each once, left to right.

        A matcher on a recorded series applies to the series below that have its label.
        """
        known = self._raw_of.get(id(node))
        if known is None:
            each = (below for selector in selectors(node) for below in self._raw_below(selector))
            known = self._raw_of[id(node)] = node, tuple(dict.fromkeys(each))
        return known[1]

    def metrics(self, node: Node) -> set[str]:
        """Names of the metrics below the expression."""
        return {selector.series.metric for selector in self.raw(node)}

    def origin(self, name: str) -> str:
        """A scraped series' name; for a recorded one, a digest of what it is recorded from. Series
        with one origin have the same values.
        """
        if not self._has(name):
            return name
        if name not in self._origins:
            text = promql(self._records[name])
            read = {selector.series.name for selector in selectors(self._records[name])}
            for below in sorted(read, key=len, reverse=True):
                if self._has(below):
                    text = text.replace(below, f"({self.origin(below)})")
            self._origins[name] = sha256(" ".join(text.split()).encode()).hexdigest()
        return self._origins[name]

    def _has(self, name: str) -> bool:
        return name in self._records

    def _raw_below(self, selector: Selector) -> Iterator[Selector]:
        name = selector.series.name
        if not self._has(name):
            yield selector
            return
        if name not in self._raw:
            self._raw[name] = self.raw(self._records[name])
        added = set(_added_labels(self._records[name]))
        for below in self._raw[name]:
            carried = {*names(below.series.labels)} - added
            passed = tuple(
                matcher for matcher in selector.matchers if matcher.label.name in carried
            )
            yield replace(below, matchers=(*below.matchers, *passed))


def _added_labels(node: Node) -> Iterator[str]:
    """Labels that the recording rules of a name add to their results."""
    match node:
        case Call("label_replace", (operand, String(name), *_)):
            yield name
            yield from _added_labels(operand)
        case Binary("or", left, right):
            yield from _added_labels(left)
            yield from _added_labels(right)
        case _:
            pass  # what is recorded
