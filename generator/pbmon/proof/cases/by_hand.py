"""Tests that an author wrote, with the labels and texts that they expect."""

from __future__ import annotations

from dataclasses import dataclass

from pbmon.model.rule_test import RuleTest
from pbmon.plan.rules import PlannedAlert, PlannedRecord
from pbmon.proof.cases.case import Expected
from pbmon.proof.template import expanded


@dataclass(frozen=True)
class HandProof:
    """A test that an author wrote. expected: labels and texts of an alert, labels of a record."""

    rule: PlannedAlert | PlannedRecord
    test: RuleTest
    expected: Expected


def expected(rule: PlannedAlert | PlannedRecord, test: RuleTest) -> Expected:
    if isinstance(rule, PlannedRecord):
        return Expected(tuple(sorted(test.labels.items())), ())
    texts = {
        name: test.annotations.get(name) or expanded(text, test.value, test.labels)
        for name, text in rule.annotations
    }
    return Expected(
        tuple(sorted({**test.labels, **dict(rule.labels)}.items())), tuple(sorted(texts.items()))
    )
