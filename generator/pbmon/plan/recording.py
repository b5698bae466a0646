"""Pass 3: recording rules in the order of their evaluation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from pbmon.catalog.catalog import Catalog
from pbmon.errors import DefinitionError, DefinitionErrors
from pbmon.expr.extent import depth
from pbmon.expr.walk import selectors
from pbmon.model.rules import Record, RuleGroup
from pbmon.plan.paths import RECORDING
from pbmon.plan.quantiles import numbers_only
from pbmon.plan.rules import PlannedAlert, PlannedGroup, PlannedRecord
from pbmon.plan.scope import Scope

DEEPEST_CHAIN = 150
"""Operations within operations, through records; a single expression may nest 100."""


def groups(catalog: Catalog, scope: Scope) -> tuple[PlannedGroup, ...]:
    """One group and file per service or RuleGroup, named after it. A record follows those it reads.

    Prometheus evaluates a group's rules one after another, and all groups in parallel: a record
    that reads another group's sees values up to one interval old. Rule tests evaluate groups in
    `evaluation_order`. Raises DefinitionErrors for
    records that read each other in a circle.
    """
    by_file: dict[str, list[Record]] = {}
    group_of: dict[str, RuleGroup] = {}
    rules_of = Counter(record.name for record in catalog.records)
    for record in _ordered(catalog):
        service = catalog.owner(record)
        name = (
            record.group.name
            if record.group
            else (service.name if service else catalog.project.name)
        )
        by_file.setdefault(name, []).append(record)
        if record.group:
            group_of[name] = record.group
    return tuple(
        PlannedGroup(
            f"{name}-recording",
            f"{RECORDING}/{name}.yml",
            group_of[name].help if name in group_of else f"Recorded series of {name}.",
            group_of[name].interval if name in group_of else "",
            tuple(
                PlannedRecord(
                    record.name,
                    numbers_only(scope.in_rules(record.expr.node), stored=True),
                    record,
                    tuple(sorted(record.labels.items())),
                    shares_name=rules_of[record.name] > 1,
                )
                for record in records
            ),
            replace(records[0].source, line=0),
        )
        for name, records in sorted(by_file.items())
    )


def evaluation_order(groups: Sequence[PlannedGroup]) -> tuple[PlannedGroup, ...]:
    """The groups, each behind those that it reads, as rule tests have to evaluate them.

    Where groups read each other in a circle (their records do not), some come before what they
    read: see `late`.
    """
    groups_of: dict[str, set[str]] = {}
    for group in groups:
        for rule in group.rules:
            groups_of.setdefault(rule.name, set()).add(group.name)
    below = {
        group.name: {
            writer
            for rule in group.rules
            for name in _reads(rule, groups_of)
            for writer in groups_of[name]
        }
        for group in groups
    }
    while True:  # as often as groups read each other through others
        reached = {
            name: read.union(*(below[other] for other in read)) for name, read in below.items()
        }
        if reached == below:
            break
        below = reached
    return tuple(sorted(groups, key=lambda group: (len(below[group.name]), group.name)))


def late(ordered: Sequence[PlannedGroup]) -> frozenset[tuple[str, str]]:
    """(reader, record) of each record that is evaluated behind its reader: the reader sees the
    value of the evaluation before.
    """
    place = {
        rule.name: number
        for number, rule in enumerate(rule for group in ordered for rule in group.rules)
    }
    return frozenset(
        (rule.name, name)
        for group in ordered
        for rule in group.rules
        for name in _reads(rule, place)
        if place[name] > place[rule.name]
    )


def _reads(rule: PlannedRecord | PlannedAlert, records: Mapping[str, object]) -> set[str]:
    return {selector.series.name for selector in selectors(rule.expr)} & records.keys()


def _ordered(catalog: Catalog) -> list[Record]:
    records: dict[str, list[Record]] = {}
    for record in catalog.records:
        records.setdefault(record.name, []).append(record)
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for record in catalog.records:
        names = {selector.series.metric for selector in selectors(record.expr.node)}
        sorter.add(record.name, *sorted(names & records.keys()))
    try:
        ordered = [record for name in sorter.static_order() for record in records[name]]
    except CycleError as error:
        circle = list(error.args[1])
        problem = (
            f"recording rules read each other in a circle: {' → '.join(circle)}, so none ever has a"
            " value"
        )
        raise DefinitionErrors(
            [DefinitionError(records[circle[0]][0].source, problem, "break the circle")]
        ) from None
    _check_depth(ordered)
    return ordered


def _check_depth(ordered: Sequence[Record]) -> None:
    """DefinitionErrors for records that are computed from each other in too long a chain."""
    depths: dict[str, int] = {}
    for record in ordered:
        node = record.expr.node
        depths_below = (depths.get(selector.series.metric, 0) for selector in selectors(node))
        deep = depth(node) + max(depths_below, default=0)
        depths[record.name] = max(deep, depths.get(record.name, 0))
        if depths[record.name] > DEEPEST_CHAIN:
            problem = (
                f"record {record.name} and those that it is computed from nest more than"
                f" {DEEPEST_CHAIN} operations"
            )
            raise DefinitionErrors(
                [DefinitionError(record.source, problem, "compute it from metrics")]
            )
