"""Rules that one Prometheus evaluates, read together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from graphlib import CycleError, TopologicalSorter
from types import MappingProxyType

from pbmon.errors import DefinitionError
from pbmon.examples import examples
from pbmon.expr.extent import check_extent
from pbmon.expr.nodes import Binary, Call, Names, Node, Selector, Series, String
from pbmon.expr.parsing import NotPromQL
from pbmon.expr.shapes import fulfils
from pbmon.expr.signatures import SIGNATURES
from pbmon.expr.syntax import nodes
from pbmon.expr.walk import selectors, uses_auto, walk
from pbmon.inference.metric_types import kinds
from pbmon.inference.rule_files import RuleText
from pbmon.labels import Label, Matcher, MatchOp
from pbmon.source import derived_from

_NATIVE = ("histogram_avg", "histogram_count", "histogram_f", "histogram_s")
"""Beginnings of functions of native histograms."""

_MOST_NAMES = 3
"""Series that stand for all of a pattern of names."""


class NotLoaded(DefinitionError):
    """An expression that is no PromQL, so that Prometheus refuses its whole file."""


class RuleSet:
    """What the rules say together: which series are recorded, and of what type the others are.

    Series in these expressions have no labels yet, see `planning`. unread: why a rule's expression
    is not read. records: expressions by name, where several rules record one name, joined; those
    that read themselves are left out, and count as scraped. bounds: finite bounds of the buckets of
    histograms that somebody saw, by name.
    """

    def __init__(
        self,
        rules: Sequence[RuleText],
        bounds: Mapping[str, tuple[float, ...]] = MappingProxyType({}),
    ) -> None:
        self.rules = tuple(rules)
        self.bounds = bounds
        self.unread: dict[RuleText, DefinitionError] = {}
        self._expressions: dict[RuleText, Node] = {}
        self._names: tuple[str, ...] = ()
        self._read_all()
        self._names = tuple(sorted(self._named()))
        self._read_all()
        self.kinds = kinds(list(self._expressions.values()))
        self.records = self._recorded()

    def expression(self, rule: RuleText) -> Node:
        """DefinitionError with the rule's line where it is not read."""
        if rule in self.unread:
            raise self.unread[rule]
        return self._expressions[rule]

    def recording(self, name: str) -> tuple[RuleText, ...]:
        """The rules that record a name."""
        return tuple(
            rule for rule in self._expressions if rule.kind == "record" and rule.name == name
        )

    def below(self, node: Node) -> dict[str, Node]:
        """The records below an expression, readers before what they read."""
        order: dict[str, None] = {}
        sorter: TopologicalSorter[str] = TopologicalSorter()
        pending = list(self._reads(node))
        while pending:
            name = pending.pop()
            if name not in order:
                order[name] = None
                below = list(self._reads(self.records[name]))
                sorter.add(name, *below)
                pending += below
        return {name: self.records[name] for name in reversed(list(sorter.static_order()))}

    def _reads(self, node: Node) -> Iterator[str]:
        for selector in selectors(node):
            if selector.series.name in self.records:
                yield selector.series.name

    def _named(self) -> set[str]:
        """Names of series that rules read or record, those for patterns left out."""
        nodes = [node for tree in self._expressions.values() for node in walk(tree)]
        made = {
            each.series.name for node in nodes if isinstance(node, Names) for each in node.selectors
        }
        read = {node.series.name for node in nodes if isinstance(node, Selector)}
        return (read - made) | {rule.name for rule in self._expressions if rule.kind == "record"}

    def _read_all(self) -> None:
        for rule in self.rules:
            with derived_from(rule.source):
                try:
                    node = nodes(rule.expr, _untyped, self._matching)
                    check_extent(node)
                    _check_readable(node, rule)
                except NotPromQL as error:
                    self.unread[rule] = NotLoaded(
                        rule.source, f"Prometheus does not load {rule.name}: {error}"
                    )
                except ValueError as error:
                    self.unread[rule] = DefinitionError(
                        rule.source, f"{rule.name} is not read: {error}"
                    )
                except KeyError as unknown:
                    self.unread[rule] = DefinitionError(
                        rule.source, f"no series fulfils {unknown.args[0]}"
                    )
                except DefinitionError as error:
                    self.unread[rule] = error
                else:
                    self._expressions[rule] = node

    def _matching(self, matchers: tuple[tuple[MatchOp, str], ...]) -> tuple[Series, ...]:
        """Series for a pattern of names: those that rules name, or one made up for it. Of several
        without a name (`rate({__name__=~"a|b"}[5m])`) Prometheus cannot tell one from the other.
        """
        label = Label("name", "Name of a series.", max_values=1)
        checks = [Matcher(label, op, value) for op, value in matchers]
        made = [name for op, value in matchers if op == "=~" for name in examples(value) if name]
        for names, most in ((self._names, _MOST_NAMES), (made, 1)):
            fitting = [name for name in names if all(fulfils(check, name) for check in checks)]
            if fitting:
                return tuple(map(_untyped, fitting[:most]))
        return ()

    def _recorded(self) -> dict[str, Node]:
        joined: dict[str, list[Node]] = {}
        for rule, node in self._expressions.items():
            if rule.kind == "record":
                joined.setdefault(rule.name, []).append(_labelled(node, rule))
        records = {
            name: reduce(lambda left, right: Binary("or", left, right), expressions)
            for name, expressions in joined.items()
        }
        while circle := _circle(records):
            for name in circle:
                del records[name]
        return records


def _check_readable(node: Node, rule: RuleText) -> None:
    """NotLoaded for windows of Grafana's, DefinitionError for functions whose result depends on
    more than rules say.
    """
    if uses_auto(node):
        problem = f"Prometheus does not load {rule.name}: only Grafana fills in $__… windows"
        raise NotLoaded(rule.source, problem)
    for inner in walk(node):
        if isinstance(inner, Call) and (
            inner.function not in SIGNATURES or inner.function.startswith(_NATIVE)
        ):
            raise DefinitionError(
                rule.source, f"{rule.name} is not read: it calls {inner.function}()"
            )


def _untyped(name: str) -> Series:
    return Series(name, name, "gauge", ())


def _labelled(node: Node, rule: RuleText) -> Node:
    """The expression with the rule's own labels on its result."""
    for name, value in sorted(rule.labels.items()):
        texts = (name, value.replace("$", "$$"), "", "")
        node = Call("label_replace", (node, *map(String, texts)))
    return node


def _circle(records: dict[str, Node]) -> set[str]:
    """Names of records that read each other."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for name, node in records.items():
        sorter.add(name, *{each.series.name for each in selectors(node)} & records.keys())
    try:
        sorter.prepare()
    except CycleError as error:
        return set(error.args[1])
    return set()
