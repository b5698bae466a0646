"""Whether the labels that definitions name are all that tells the series of a metric apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

from pbmon.expr.derivation import is_scalar
from pbmon.expr.nodes import Aggregate, Binary, Node, Selector
from pbmon.expr.walk import children
from pbmon.finding import Finding
from pbmon.labels import names
from pbmon.live.checks.case import Case
from pbmon.live.names import sample_names
from pbmon.live.seen import Exposure
from pbmon.model.metrics import Metric
from pbmon.plan.closed_world import expressions

_OF_KIND = {"histogram": {"le"}, "summary": {"quantile"}}
_CHOOSING = frozenset({"topk", "bottomk", "limitk"})

Use = Literal["is as it is", "is summed", "is matched", "is matched on some labels"]


def declared_labels_tell_series_apart(case: Case) -> Iterator[Finding]:
    """What a rule or panel sums or matches has no series that differ only in a label that no
    definition names.

    An exporter may have more labels than are declared, and where a metric is only shown they do no
    harm. In a sum each of them adds its series; in a match of two vectors a label on one side alone
    finds no partner, and two series that differ in nothing else are an error of the rule. Declare
    the label, and aggregate it away where it is not wanted.
    """
    found = {
        metric.name: (extra, split)
        for metric, exposures in case.measured
        if metric.observed is not None
        for extra, split in [_undeclared(metric, exposures)]
        if extra
    }
    for what, source, node in expressions(case.plan.catalog):
        for name, use in dict.fromkeys(_uses(node)):
            extra, split = found.get(name, ((), False))
            if extra and (use == "is matched" or (split and use != "is as it is")):
                yield Finding(
                    "declared-labels-tell-series-apart",
                    source,
                    f"{name} {use} by {what}, but its series carry"
                    f" {', '.join(map(repr, extra))}, which no definition names:"
                    + (
                        " each of them is added"
                        if use == "is summed"
                        else " they find no partner, or several"
                    ),
                    "declare it among the labels of the metric, then say what becomes of it",
                )


def _undeclared(metric: Metric, exposures: Sequence[Exposure]) -> tuple[tuple[str, ...], bool]:
    """Labels beside those of the metric and of its target, sorted; and whether series of one target
    differ in nothing else.
    """
    known = {*names(metric.labels), *_OF_KIND.get(metric.kind, ())}
    extra: set[str] = set()
    split = False
    for exposure in exposures:
        all_series = exposure.series.get(sample_names(metric)[0], ())
        known_here = known | exposure.target_labels
        extra |= {name for series in all_series for name in series if name not in known_here}
        alike = Counter(
            tuple(sorted(pair for pair in series.items() if pair[0] in known_here))
            for series in all_series
        )
        split = split or any(count > 1 for count in alike.values())
    return tuple(sorted(extra)), split


def _uses(node: Node, use: Use = "is as it is") -> Iterator[tuple[str, Use]]:
    """Every metric that the expression reads, and what the operation next to it does with it."""
    if isinstance(node, Selector):
        yield node.series.metric, use
    elif isinstance(node, Aggregate) and node.operator not in _CHOOSING:
        use = "is summed"
    elif isinstance(node, Binary) and not (is_scalar(node.left) or is_scalar(node.right)):
        on_some = node.matching is not None and node.matching.kind == "on"
        use = "is matched on some labels" if on_some else "is matched"
    for child in children(node):
        yield from _uses(child, use)
