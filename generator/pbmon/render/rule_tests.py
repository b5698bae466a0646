"""Proofs as files of promtool's rule tests, one for each rule file, clock and set of records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from pbmon.artifact import Artifact, Place
from pbmon.proof.cases.proofs import Proof, RecordProof
from pbmon.proof.cases.suite import TestFile
from pbmon.proof.promql.samples import Clock
from pbmon.render.filters import yaml
from pbmon.render.texts import Texts
from pbmon.source import Source


def render(files: Iterable[TestFile], texts: Texts | None = None) -> Iterator[Artifact]:
    """One test file each; those without any proof are left out. texts: those of proofs that have a
    digest.
    """
    for file in files:
        if tests := "".join(_tests(file, texts or Texts())):
            sources: dict[Place, Source] = {
                ("tests", index): source for index, source in enumerate(_rules_tested(file))
            }
            yield Artifact(file.path, _head(file) + tests, sources)


def _head(file: TestFile) -> str:
    lines = [
        "rule_files:",
        *(f"  - {yaml('../' + path.removeprefix('monitoring/'))}" for path in file.rule_files),
        f"evaluation_interval: {file.clock.evaluation}s",
        f"group_eval_order: [{', '.join(file.groups)}]",
        "tests:\n",
    ]
    return "\n".join(lines)


def _tests(file: TestFile, texts: Texts) -> Iterator[str]:
    """The tests of each proof that has any."""
    proofs: list[Proof | RecordProof] = [*file.alerts, *file.records]
    for proof in proofs:
        if proof.cases:
            tests = partial(_text, proof, file.clock)
            yield texts.get("tests", (proof.digest,), tests) if proof.digest else tests()
    if file.by_hand:
        from pbmon.render.rule_test import by_hand

        yield by_hand(file.by_hand, file.clock)


def _text(proof: Proof | RecordProof, clock: Clock) -> str:
    from pbmon.render.rule_test import tests_of  # with the engine, which knows series

    return tests_of(proof, clock)


def _rules_tested(file: TestFile) -> Iterator[Source]:
    """Where the rule of each test is defined, in the order of the tests."""
    yield from (proof.alert.source for proof in file.alerts for _ in range(len(proof.cases)))
    yield from (proof.record.source for proof in file.records for _ in range(len(proof.cases)))
    yield from (proof.test.source for proof in file.by_hand)
