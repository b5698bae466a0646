"""Which labels series must have, so that a rule can do what it says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import assert_never

from pbmon.expr.derivation import is_scalar
from pbmon.expr.nodes import (
    SET_OPERATORS,
    Aggregate,
    Binary,
    Call,
    Names,
    Negation,
    Node,
    Number,
    Selector,
    String,
    Subquery,
)
from pbmon.expr.signatures import OPERATORS, SIGNATURES
from pbmon.expr.walk import children

_OF_TARGETS = frozenset({"job", "instance"})
_OF_ALERTS = frozenset({"alertname", "alertstate"})
_MOST_ROUNDS = 100

LabelNames = frozenset[str]


def labels_below(node: Node, printed: Collection[str], records: Mapping[str, Node]) -> Labels:
    """The labels of each series below the expression.

    A series that a target exposes has `job` and `instance`; one with a colon in its name was
    recorded by somebody and has none of itself. To these comes what the expression asks for:
    labels in matchers and groupings, those that two sides are matched on, and those that the
    alert's texts print, as far as the expression keeps them. Two sides that are matched on all
    labels have the same ones. `le` of buckets is left out.

    records: what is recorded below the expression, by name; readers before what they read.
    """
    labels = Labels(records)
    for _ in range(_MOST_ROUNDS):
        before = labels.size
        labels.require(node, frozenset(printed))
        for name, record in records.items():
            labels.require(record, labels.of_record(name))
        if labels.size == before:
            break
    return labels


class Labels:
    """What has been asked of each series yet; `labels_below` asks until nothing is added."""

    def __init__(self, records: Mapping[str, Node]) -> None:
        self._records = records
        self._required: dict[str, LabelNames] = {}

    @property
    def scraped(self) -> dict[str, LabelNames]:
        """Of series that are not recorded, by their name."""
        return {
            name: labels for name, labels in self._required.items() if name not in self._records
        }

    @property
    def size(self) -> int:
        """How many series and labels there are."""
        return sum(map(len, self._required.values()), len(self._required))

    def of_record(self, name: str) -> LabelNames:
        """What readers of the record ask for."""
        return self._required.get(name, frozenset())

    def require(self, node: Node, wanted: LabelNames) -> None:
        """Asks the series below the expression for what it needs so that its result has the
        wanted labels.
        """
        match node:
            case Selector():
                self._require_of(node, wanted)
            case Names():
                for selector in node.selectors:
                    self._require_of(selector, wanted)
            case Call():
                self._call(node, wanted)
            case Aggregate():
                own = frozenset(node.labels)
                if not OPERATORS[node.operator].keeps:
                    wanted = wanted - own if node.grouping == "without" else frozenset()
                self.require(node.operand, wanted | own)
                if node.parameter is not None:
                    self.require(node.parameter, frozenset())
            case Binary():
                self._binary(node, wanted)
            case Negation() | Subquery():
                self.require(node.operand, wanted)
            case Number() | String():
                pass
            case _:
                assert_never(node)

    def _require_of(self, selector: Selector, wanted: LabelNames) -> None:
        name = selector.series.name
        if name not in self._required:
            self._required[name] = _at_first(name, recorded=name in self._records)
        matched = frozenset(matcher.label.name for matcher in selector.matchers)
        self._required[name] |= (wanted | matched) - {"__name__"}

    def _call(self, node: Call, wanted: LabelNames) -> None:
        texts = [argument.value for argument in node.arguments if isinstance(argument, String)]
        match SIGNATURES[node.function].labels if node.function in SIGNATURES else "none":
            case "same":
                below = wanted
            case "without le":
                below = wanted | {"le"}
            case "none" | "fixed":
                below = frozenset()
            case "with target":
                sources = texts[2:3] if node.function == "label_replace" else texts[2:]
                below = wanted - set(texts[:1]) | frozenset(filter(None, sources))
            case rule:
                assert_never(rule)
        for argument in node.arguments:
            self.require(argument, below)

    def _binary(self, node: Binary, wanted: LabelNames) -> None:
        if is_scalar(node.left) or is_scalar(node.right) or node.operator == "or":
            self.require(node.left, wanted)
            self.require(node.right, wanted)
            return
        matching = node.matching
        sides = [node.left, node.right]
        group = matching.group if matching else ""
        many = 1 if group == "group_right" else 0
        if matching is not None and matching.kind == "on":
            shared = frozenset(matching.labels)
            kept = wanted if group or node.operator in SET_OPERATORS else wanted & shared
            of_each = [shared, shared]
        else:
            ignored = frozenset(matching.labels if matching else ())
            of_each = [self.carried(side) - ignored for side in reversed(sides)]
            kept = wanted
        included = frozenset(matching.include if matching else ())
        self.require(sides[many], of_each[many] | (kept - included))
        self.require(sides[1 - many], of_each[1 - many] | included)

    def carried(self, node: Node) -> LabelNames:
        """The labels of an expression's result, as far as they are known yet."""
        match node:
            case Selector():
                name = node.series.name
                if name in self._records:
                    return self.carried(self._records[name])
                return self._required.get(name, _at_first(name, recorded=False))
            case Call():
                return self._carried_by_call(node)
            case Aggregate():
                below = self.carried(node.operand)
                if OPERATORS[node.operator].keeps:
                    return below
                listed = frozenset(node.labels)
                added = (
                    {node.parameter.value}
                    if node.operator == "count_values" and isinstance(node.parameter, String)
                    else set()
                )
                return (below & listed if node.grouping == "by" else below - listed) | added
            case Binary():
                return self._carried_by_binary(node)
            case Names() | Negation() | Subquery() | Number() | String():
                return frozenset().union(*map(self.carried, children(node)))
            case _:
                assert_never(node)

    def _carried_by_call(self, node: Call) -> LabelNames:
        below: LabelNames = frozenset().union(*map(self.carried, node.arguments))
        match SIGNATURES[node.function].labels if node.function in SIGNATURES else "none":
            case "same":
                return below
            case "without le":
                return below - {"le"}
            case "none":
                return frozenset()
            case "fixed":
                return frozenset(
                    matcher.label.name
                    for argument in node.arguments
                    if isinstance(argument, Selector)
                    for matcher in argument.matchers
                    if matcher.op == "=" and matcher.value
                )
            case "with target":
                texts = (argument for argument in node.arguments if isinstance(argument, String))
                return below | {text.value for text in list(texts)[:1]}
            case rule:
                assert_never(rule)

    def _carried_by_binary(self, node: Binary) -> LabelNames:
        left, right = self.carried(node.left), self.carried(node.right)
        if is_scalar(node.left):
            return right
        if is_scalar(node.right):
            return left
        if node.operator in SET_OPERATORS:
            return left | right if node.operator == "or" else left
        matching = node.matching
        if matching is None:
            return left
        if matching.group:
            return (left if matching.group == "group_left" else right) | set(matching.include)
        listed = frozenset(matching.labels)
        return left & listed if matching.kind == "on" else left - listed


def _at_first(name: str, *, recorded: bool) -> LabelNames:
    if name.startswith("ALERTS"):
        return _OF_ALERTS
    return frozenset() if recorded or ":" in name else _OF_TARGETS
