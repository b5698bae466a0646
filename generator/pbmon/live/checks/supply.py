"""Why a query is empty: because series are missing, or because nothing meets its conditions."""

from __future__ import annotations

from decimal import Decimal

from pbmon.expr.nodes import COMPARISONS, Binary, Call, Node, Number, Selector
from pbmon.expr.signatures import ABSENCE
from pbmon.expr.walk import children
from pbmon.live.checks.case import has_series
from pbmon.live.seen import SeenPrometheus
from pbmon.model.builtin import ALERT_SERIES
from pbmon.plan.plan import Plan
from pbmon.plan.quantiles import unguarded
from pbmon.plan.scope import Scope

_FILTERS = COMPARISONS | {"and", "unless"}
_OF_THE_TARGET = frozenset({"job", "instance"})
_NEVER = Number(Decimal(0))


class Supply:
    """Compares what the expressions of a plan read with the series that a Prometheus has."""

    def __init__(self, plan: Plan, seen: SeenPrometheus) -> None:
        self._seen = seen
        self._scope = Scope(plan.catalog)
        self._metrics = {metric.name: metric for metric in plan.catalog.metrics}
        self._recorded = self._scope.lineage.recorded
        self._loaded = {rule.name for group in seen.groups for rule in group.rules}
        self._pending = {
            rule.name for group in seen.groups if group.age is None for rule in group.rules
        }

    def lacking(self, node: Node) -> tuple[str, ...]:
        """Names of series that the expression reads and that do not exist, sorted; matchers other
        than `job` are ignored.

        A record without series counts as existing where everything that it reads exists and it has
        a condition: then its emptiness is a result (no traffic, no failure). A record whose group
        waits for its first evaluation counts as existing too: `rule-is-evaluated` reports that
        once. Series inside `absent()` and behind `unless` may be missing.
        """
        return tuple(sorted(self._lacking(node)))

    def may_be_empty(self, node: Node) -> bool:
        """Whether the expression can be empty although all that it reads exists, because it
        compares, or selects by value.

        Of a record, its expression decides.
        """
        if isinstance(node, Binary) and node.operator in _FILTERS and not node.returns_bool:
            numbers = unguarded(node)  # a quantile is none while nothing is observed
            is_guard = numbers is not node and not isinstance(numbers, Call)
            return self.may_be_empty(numbers) if is_guard else True
        if isinstance(node, Selector):
            name = node.series.metric
            chosen = any(matcher.label.name not in _OF_THE_TARGET for matcher in node.matchers)
            return (
                chosen
                or name in self._seen.excused | self._pending
                or self.may_be_empty(self._recorded.get(name, _NEVER))
            )
        return any(map(self.may_be_empty, children(node)))

    def _lacking(self, node: Node) -> set[str]:
        if isinstance(node, Call) and node.function in ABSENCE:
            return set()
        if isinstance(node, Binary) and node.operator == "unless":
            return self._lacking(node.left)
        if isinstance(node, Binary) and node.operator == "or":
            left, right = self._lacking(node.left), self._lacking(node.right)
            return left | right if left and right else set()
        if isinstance(node, Selector):
            return self._missing(node)
        return {name for child in children(node) for name in self._lacking(child)}

    def _missing(self, selector: Selector) -> set[str]:
        name = selector.series.metric
        jobs = self._scope.jobs(selector)
        if name in self._recorded:
            if name in self._pending:
                return set()
            recorded_jobs = self._seen.recorded.get(name, frozenset())
            if recorded_jobs and (not jobs or recorded_jobs & {*jobs, ""}):
                return set()
            expr = self._recorded[name]
            below = self._lacking(expr) if name in self._loaded else {name}
            return below if below or self.may_be_empty(expr) else {name}
        metric = self._metrics[name]
        # ALERTS exists only while an alert is pending or firing
        if name in self._seen.excused or name in ALERT_SERIES:
            return set()
        exposures = [
            exposure for job, exposure in self._seen.exposures.items() if not jobs or job in jobs
        ]
        return set() if has_series(metric, exposures) else {selector.series.name}
