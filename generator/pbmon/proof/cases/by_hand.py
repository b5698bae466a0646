"""Tests that an author wrote, with the labels and texts that they expect."""

from __future__ import annotations

from dataclasses import dataclass

from pbmon.errors import DefinitionError
from pbmon.model.rule_test import RuleTest
from pbmon.plan.rules import PlannedAlert, PlannedRecord
from pbmon.proof.cases.case import Expected, labels_of, text_of
from pbmon.proof.texts.values import UnknownTemplate


@dataclass(frozen=True)
class HandProof:
    """A test that an author wrote. expected: labels and texts of an alert, labels of a record."""

    rule: PlannedAlert | PlannedRecord
    test: RuleTest
    expected: Expected


def expected(rule: PlannedAlert | PlannedRecord, test: RuleTest) -> Expected:
    """What the test says that fires. Raises DefinitionError for a text that neither pbmon nor the
    test knows, and for one that the alert does not have.
    """
    if isinstance(rule, PlannedRecord):
        return Expected(tuple(sorted(test.labels.items())), ())
    unused = test.annotations.keys() - {name for name, _ in rule.annotations}
    if unused:
        raise DefinitionError(
            test.source,
            f"the test of {rule.name} expects annotation {min(unused)!r}, which the alert does not"
            " have",
            f"it has {', '.join(name for name, _ in rule.annotations)}",
        )
    texts = {name: _text(rule, test, name, text) for name, text in rule.annotations}
    return Expected(_labels(rule, test), tuple(sorted(texts.items())))


def _text(rule: PlannedAlert, test: RuleTest, name: str, text: str) -> str:
    """An annotation as the test has it, or as pbmon expands it. A description that is only the
    summary again is the test's summary.
    """
    if name in test.annotations:
        return test.annotations[name]
    if text == dict(rule.annotations).get("summary") and "summary" in test.annotations:
        return test.annotations["summary"]
    try:
        return text_of(rule, text, test.labels, test.value)
    except UnknownTemplate as unknown:
        raise DefinitionError(
            test.source,
            f"the test of {rule.name} does not say what {name} reads, and pbmon cannot work it"
            f" out: {unknown}",
            f"annotations={{{name!r}: …}}",
        ) from None


def _labels(rule: PlannedAlert, test: RuleTest) -> tuple[tuple[str, str], ...]:
    try:
        return labels_of(rule, test.labels, test.value)
    except UnknownTemplate as unknown:
        raise DefinitionError(
            rule.source, f"a label of {rule.name} cannot be worked out: {unknown}", "a fixed text"
        ) from None
