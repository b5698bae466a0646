"""Which targets a selector means: `job` matchers for rules, dashboard variables for panels.

Most applications share a Prometheus, and `http_requests_total` is a common name. So every selector
names the jobs it means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pbmon.catalog.catalog import Catalog
from pbmon.expr.nodes import Node, Selector, String
from pbmon.expr.text import promql
from pbmon.expr.walk import rewrite, selectors
from pbmon.labels import TARGET_LABELS, Label, Matcher, job, names, re2_quote
from pbmon.model.metrics import Metric
from pbmon.plan import alert_series, grafana
from pbmon.plan.closed_world import selects
from pbmon.plan.lineage import Lineage, joined


class Scope:
    """The jobs of every metric, and selectors narrowed to them.

    lineage: of the expressions before that.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._all_jobs = catalog.jobs
        self._jobs: dict[str, tuple[str, ...]] = {}
        for metric in catalog.metrics:
            self._jobs[metric.name] = self._jobs_of(catalog, metric)
        self.lineage = Lineage(
            joined((record.name, record.expr.node) for record in catalog.records)
        )
        self._jobs_of_records: dict[str, tuple[str, ...]] = {}
        self._scoped: dict[int, tuple[Node, Node]] = {}
        self._telling = _telling(catalog)

    def _jobs_of(self, catalog: Catalog, metric: Metric) -> tuple[str, ...]:
        if not metric.scoped:
            return ()
        service = catalog.owner(metric)
        return tuple(sorted(job.name for job in service.jobs)) if service else self._all_jobs

    def jobs(self, selector: Selector) -> tuple[str, ...]:
        """Scrape jobs whose series the selector can find; empty for series that have no job."""
        name = selector.series.metric
        recorded = self.lineage.recorded.get(name)
        if recorded is not None and name not in self._jobs_of_records:
            below = {job for inner in selectors(recorded) for job in self.jobs(inner)}
            self._jobs_of_records[name] = tuple(sorted(below))
        candidates = (self._jobs if recorded is None else self._jobs_of_records).get(name, ())
        for matcher in _job_matchers(selector):
            if matcher.op == "=":
                candidates = (matcher.value,) if matcher.value in candidates else ()
            else:
                candidates = tuple(name for name in candidates if selects(matcher, (name,)))
        return candidates

    def in_rules(self, node: Node) -> Node:
        """The expression for Prometheus: raw selectors say which jobs they mean."""
        known = self._scoped.get(id(node))  # the node is kept, so that no other gets its id
        if known is None:
            scoped = rewrite(alert_series.exact(node, self._catalog), self._with_jobs)
            known = self._scoped[id(node)] = node, scoped
        return known[1]

    def in_panels(
        self, node: Node, dashboard_jobs: tuple[str, ...], labels: tuple[Label, ...]
    ) -> str:
        """The expression for a dashboard, narrowed by a variable of each of these labels.

        dashboard_jobs: choices of `$job`.
        """
        text = promql(
            rewrite(node, lambda part: self._with_variables(part, dashboard_jobs, labels))
        )
        return text.translate(grafana.ESCAPES)

    def of_its_rules(self, node: Node) -> Node:
        """The expression, in which a record whose name others record, too, is its own series."""
        return rewrite(node, self._of_its_rule) if self._telling else node

    def _with_jobs(self, node: Node) -> Node:
        node = self._of_its_rule(node)
        if not isinstance(node, Selector) or _job_matchers(node):
            return node
        jobs = self._jobs.get(node.series.metric, ())
        return replace(node, matchers=(job_matcher(jobs), *node.matchers)) if jobs else node

    def _of_its_rule(self, node: Node) -> Node:
        """Of a selector of a record whose name others record, too: its own series."""
        if not isinstance(node, Selector) or node.series.name not in self._telling:
            return node
        known = self._telling[node.series.name] - {each.label.name for each in node.matchers}
        own = (
            Matcher(label, "=", label.values[0])
            for label in node.series.labels
            if label.name in known and len(label.values) == 1
        )
        return replace(node, matchers=(*node.matchers, *own))

    def _with_variables(
        self, node: Node, dashboard_jobs: tuple[str, ...], labels: tuple[Label, ...]
    ) -> Node:
        if isinstance(node, String):
            return replace(node, value=grafana.guarded(node.value))
        node = self._of_its_rule(node)
        if not isinstance(node, Selector):
            return node
        carried = names(node.series.labels)
        if "job" in carried and self.jobs(node) != dashboard_jobs:
            narrowed = self._with_jobs(node)
            assert isinstance(narrowed, Selector)
            node = narrowed
        matchers = tuple(
            grafana.chosen(matcher)
            if matcher.choice
            else replace(matcher, value=grafana.guarded(matcher.value))
            for matcher in node.matchers
        )
        if self._jobs.get(node.series.metric) == ():  # of every job, so none of $job's alone
            carried = tuple(name for name in carried if name not in names(TARGET_LABELS))
        variables = [
            Matcher(label, "=~", f"${label.name}") for label in labels if label.name in carried
        ]
        return replace(node, matchers=(*matchers, *variables))


def _telling(catalog: Catalog) -> dict[str, set[str]]:
    """Static labels that tell rules apart which record one name, by that name."""
    labels: dict[str, list[Mapping[str, str]]] = {}
    for record in catalog.records:
        labels.setdefault(record.name, []).append(record.labels)
    return {
        name: {label for label in of_rules[0] if len({each[label] for each in of_rules}) > 1}
        for name, of_rules in labels.items()
        if len(of_rules) > 1
    }


def _job_matchers(selector: Selector) -> list[Matcher]:
    """Matchers that name the jobs. One that only excludes a job would leave foreign jobs in."""
    return [
        matcher
        for matcher in selector.matchers
        if matcher.label.name == "job" and matcher.op in {"=", "=~"}
    ]


def job_matcher(jobs: tuple[str, ...]) -> Matcher:
    """`job="a"`, or `job=~"a|b"`."""
    if len(jobs) == 1:
        return Matcher(job, "=", jobs[0])
    return Matcher(job, "=~", "|".join(map(re2_quote, jobs)))
