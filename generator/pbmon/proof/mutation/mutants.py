"""A rule with one fault in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pbmon import durations
from pbmon.expr.nodes import Binary, Node, Series
from pbmon.expr.walk import children, selectors, with_children
from pbmon.model.project import SEVERITIES
from pbmon.plan.rules import PlannedAlert, PlannedRecord
from pbmon.proof.mutation import equal
from pbmon.proof.mutation.faults import Fault, Others, faults

Rule = PlannedAlert | PlannedRecord


@dataclass(frozen=True)
class Mutant:
    """A changed rule. equal: why it has the same meaning as before, or empty."""

    rule: Rule
    fault: Fault
    equal: str = ""


def mutants(rule: Rule, others: Others) -> Iterator[Mutant]:
    """The rule with one fault at a time, of every kind."""
    in_alert, stand_ins = isinstance(rule, PlannedAlert), equal.stand_ins(rule.expr)
    for changed, fault, reason in _changed(rule.expr, others, in_alert=in_alert):
        after = equal.stand_ins(changed)
        unseen = in_alert and len(after) == len(stand_ins) and after != stand_ins
        yield Mutant(replace(rule, expr=changed), fault, equal.NOT_ABOVE if unseen else reason)
    if isinstance(rule, PlannedAlert):
        yield from _of_alert(rule)


def _of_alert(rule: PlannedAlert) -> Iterator[Mutant]:
    length = durations.milliseconds(rule.for_)
    for wrong in (length // 2, length * 2) if length else (600_000,):
        text = durations.text(wrong / 1000)
        yield Mutant(replace(rule, for_=text), Fault("for", rule.for_, text))
    for severity in SEVERITIES:
        if severity != rule.severity:
            labels = tuple(
                (name, severity if name == "severity" else value) for name, value in rule.labels
            )
            yield Mutant(replace(rule, labels=labels), Fault("severity", rule.severity, severity))
    texts = dict(rule.annotations)
    for first, second in (("summary", "impact"), ("description", "action")):
        # A rule of somebody else's file need not have them.
        if {first, second} <= texts.keys() and texts[first] != texts[second]:
            swapped = {**texts, first: texts[second], second: texts[first]}
            annotations = tuple(sorted(swapped.items()))
            yield Mutant(replace(rule, annotations=annotations), Fault("texts", first, second))


def _changed(node: Node, others: Others, *, in_alert: bool) -> Iterator[tuple[Node, Fault, str]]:
    """(the expression with one node changed, the fault, why that changes nothing) for every node
    and every fault of it.
    """
    for changed, fault in faults(node, others):
        yield changed, fault, equal.same_series(fault, others)
    operands = children(node)
    for position, operand in enumerate(operands):
        for changed, fault, below in _changed(operand, others, in_alert=in_alert):
            here = (
                equal.unseen(node, changed, fault, others, in_alert=in_alert)
                if position == 1 and isinstance(node, Binary)
                else ""
            )
            replaced = (*operands[:position], changed, *operands[position + 1 :])
            yield with_children(node, replaced), fault, below or here


def all_series(rules: Iterable[Rule]) -> list[Series]:
    """Every series that the rules select, sorted by name."""
    by_name = {
        selector.series.name: selector.series for rule in rules for selector in selectors(rule.expr)
    }
    return [by_name[name] for name in sorted(by_name)]
