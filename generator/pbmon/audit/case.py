"""What every check looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pbmon.audit.configuration import Alertmanager, Prometheus
from pbmon.audit.dashboards import Dashboard, Query
from pbmon.audit.exposed import Exposed
from pbmon.audit.expressions import Expression, expression
from pbmon.audit.lacks import Lack
from pbmon.audit.rules import Rule
from pbmon.audit.selection import Vector
from pbmon.audit.supply import Supply
from pbmon.audit.verdicts import Verdict
from pbmon.errors import DefinitionError
from pbmon.expr.derivation import is_scalar
from pbmon.expr.nodes import Binary, Node
from pbmon.expr.walk import walk
from pbmon.finding import Finding
from pbmon.inference.planning import obstacle
from pbmon.inference.rule_files import RuleText
from pbmon.inference.rule_set import RuleSet
from pbmon.source import Source


@dataclass(frozen=True, eq=False)
class Use:
    """An expression and who has it. what: the owner in messages."""

    what: str
    text: str
    expression: Expression
    owner: Rule | Query

    @property
    def node(self) -> Node | None:
        """The expression; None where it is not read."""
        return self.expression.node

    @property
    def source(self) -> Source:
        """Its line."""
        return self.owner.at("expr") if isinstance(self.owner, Rule) else self.owner.source

    @property
    def file(self) -> str:
        """The file that it stands in."""
        return self.owner.document.file


@dataclass(frozen=True, eq=False)
class Case:
    """All that was read. unreadable: what of a file is none of these, with its line. refused: what
    Prometheus refuses in rule files. verdicts: of each alert.
    """

    rules: Sequence[Rule] = ()
    dashboards: Sequence[Dashboard] = ()
    prometheus: Sequence[Prometheus] = ()
    alertmanagers: Sequence[Alertmanager] = ()
    exposed: Exposed | None = None
    unreadable: Sequence[DefinitionError] = ()
    refused: Sequence[DefinitionError] = ()
    rule_set: RuleSet = field(default_factory=lambda: RuleSet(()))
    verdicts: Mapping[Rule, Verdict] = field(default_factory=dict)

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """Every expression: of rules, then of dashboards."""
        of_rules = (
            Use(
                f"{rule.text.kind} {rule.text.name}",
                rule.text.expr,
                expression(rule.text.expr),
                rule,
            )
            for rule in self.rules
        )
        of_boards = (
            Use(query.where, query.text, query.expression, query)
            for dashboard in self.dashboards
            for query in dashboard.queries
        )
        return (*of_rules, *of_boards)

    @property
    def read(self) -> Iterator[tuple[Use, Node]]:
        """Every expression that is known, with its tree."""
        return ((use, use.node) for use in self.uses if use.node is not None)

    @cached_property
    def records(self) -> Mapping[str, Sequence[tuple[RuleText, Node]]]:
        """The rules that record each name, with their expressions."""
        records: dict[str, list[tuple[RuleText, Node]]] = {}
        for use, node in self.read:
            if isinstance(use.owner, Rule) and not use.owner.is_alert:
                records.setdefault(use.owner.text.name, []).append((use.owner.text, node))
        return records

    @cached_property
    def jobs(self) -> frozenset[str] | None:
        """Names of all scrape jobs; None where no configuration tells, or some stand elsewhere."""
        names: set[str] = set()
        for each in self.prometheus:
            if each.jobs is None:
                return None
            names |= {job.name for job in each.jobs}
        return frozenset(names) if self.prometheus else None

    @cached_property
    def supply(self) -> Supply:
        """What each expression has of what is exposed."""
        return Supply(self.exposed, self.records, self.jobs)

    @cached_property
    def supplied(self) -> Mapping[Use, Vector]:
        """What each known expression has."""
        return {use: self.supply.of(node) for use, node in self.read}

    @cached_property
    def lacking(self) -> Mapping[Use, tuple[Lack, ...]]:
        """What each known expression reads in vain."""
        return {use: tuple(dict.fromkeys(self.supply.lacks(node))) for use, node in self.read}

    @cached_property
    def obstacles(self) -> Mapping[Use, str]:
        """Why expressions of records and dashboards never have a value, whatever is scraped."""
        known: dict[str, str] = {}
        result: dict[Use, str] = {}
        for use, node in self.read:
            if isinstance(use.owner, Rule) and use.owner.is_alert:
                continue
            if not any(map(_joins, walk(node))):
                continue
            if use.text not in known:
                known[use.text] = self._obstacle(node, Source(use.file, 0))
            if known[use.text]:
                result[use] = known[use.text]
        return result

    def _obstacle(self, node: Node, source: Source) -> str:
        try:
            return obstacle(node, self.rule_set, source)
        except (DefinitionError, KeyError, RecursionError):
            return ""

    def is_dead(self, use: Use) -> bool:
        """Whether the expression cannot have a value: it is refused, its sides never meet, or it
        reads what does not exist.
        """
        if use.node is None:
            return bool(use.expression.problem)
        return use in self.obstacles or self.supplied[use].is_empty

    def is_surely_dead(self, use: Use) -> bool:
        """Whether it cannot have a value elsewhere either, where more is exposed."""
        if use.node is None or use in self.obstacles:
            return True
        lack = self.supplied[use].lack
        return lack is not None and lack.level == "error"

    @cached_property
    def unloaded(self) -> frozenset[str]:
        """Rule files that Prometheus refuses."""
        errors = (*self.unreadable, *self.refused)
        files = {error.source.file for error in errors if error.source}
        return frozenset(files) | {
            use.file for use in self.uses if use.expression.problem and isinstance(use.owner, Rule)
        }

    def can_fire(self, rule: Rule) -> bool:
        """Whether an alert can fire at all."""
        verdict = self.verdicts.get(rule)
        if rule.document.file in self.unloaded:
            return False
        if verdict is not None and verdict.kind in {"never fires", "not loaded"}:
            return False
        return not self.is_dead(self.by_rule[rule])

    @cached_property
    def by_rule(self) -> Mapping[Rule, Use]:
        """The expression of each rule."""
        return {use.owner: use for use in self.uses if isinstance(use.owner, Rule)}


def _joins(node: Node) -> bool:
    """Whether it matches series of two sides."""
    return isinstance(node, Binary) and not (is_scalar(node.left) or is_scalar(node.right))


Check = Callable[[Case], Iterable[Finding]]
"""Its name is the sentence that must hold; its docstring is its page."""
