"""Derived tests of every rule, for promtool."""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.artifact import Artifact
from pbmon.plan.plan import Plan
from pbmon.proof.cases.suite import Proofs
from pbmon.render import rule_tests
from pbmon.render.texts import Texts


def artifacts(_: Plan, proofs: Proofs, texts: Texts) -> Iterator[Artifact]:
    """One file a rule file, step and set of recording rules."""
    yield from rule_tests.render(proofs(), texts)
