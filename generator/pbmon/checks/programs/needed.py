"""What the tests of a rule need, for promtool evaluates every rule that it is given at every step,
and stores every sample.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from math import inf

from pbmon import durations
from pbmon.expr.nodes import Node, Selector, Subquery
from pbmon.expr.walk import selectors, walk
from pbmon.model.builtin import ALERT_SERIES
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedAlert, PlannedRecord, whole
from pbmon.proof.cases.suite import TestFile
from pbmon.proof.promql.samples import LOOKBACK


@dataclass(frozen=True)
class Need:
    """What the tests of one rule need. tests: how many they are. rules: names of the rules that
    they evaluate; None for every rule. reach: seconds before an evaluation in which samples are
    read.
    """

    tests: int
    rules: frozenset[str] | None
    reach: float = inf


def needs(files: Iterable[TestFile], plan: Plan) -> Mapping[str, tuple[Need, ...]]:
    """What the tests of each file need, rule by rule in the order of the tests, by the file's
    path.
    """
    namesakes = {rule: group.namesakes(rule) for group in plan.alerting for rule in group.rules}
    return {file.path: tuple(_of_file(file, plan, namesakes)) for file in files}


def _of_file(
    file: TestFile,
    plan: Plan,
    namesakes: Mapping[PlannedAlert | PlannedRecord, tuple[PlannedAlert, ...]],
) -> Iterator[Need]:
    tested: list[tuple[PlannedAlert | PlannedRecord, int, bool]] = [
        *((proof.alert, len(proof.cases), False) for proof in file.alerts),
        *((proof.record, len(proof.cases), False) for proof in file.records),
        *((proof.rule, 1, True) for proof in file.by_hand),
    ]
    for rule, tests, by_hand in tested:
        rules = [rule, *namesakes.get(rule, ())]
        evaluated = [whole(each, plan.lineage) for each in rules]
        below = set(chain.from_iterable(map(plan.lineage.records, evaluated)))
        nodes = [
            *evaluated,
            *(plan.lineage.recorded[name] for name in below),
        ]
        reach = inf if by_hand else max(_reach(node, plan) for node in nodes)
        read = {each.series.name for node in nodes for each in selectors(node)}
        names = frozenset({rule.name} | below) if read.isdisjoint(ALERT_SERIES) else None
        yield Need(tests, names, reach)


def _reach(node: Node, plan: Plan) -> float:
    """Seconds before an evaluation in which the expression itself reads samples that are scraped;
    what is recorded is recorded at evaluations.
    """
    seconds = float(LOOKBACK)
    for inner in walk(node):
        if not isinstance(inner, Selector | Subquery):
            continue
        if inner.at or isinstance(inner, Subquery):
            return inf
        if inner.series.name not in plan.lineage.recorded:
            window = durations.seconds(inner.window) if inner.window else 0.0
            seconds = max(seconds, (window or LOOKBACK) + durations.shift(inner.offset))
    return seconds
