"""What the other alerts of a name do in the cases of one of them.

promtool compares all firing alerts of a name at once, so a test of one says what the others do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import ceil

from pbmon import durations
from pbmon.plan.rules import PlannedAlert
from pbmon.proof.cases.asking import Asks
from pbmon.proof.cases.case import Case, Expected, at, expected
from pbmon.proof.cases.proofs import Proof
from pbmon.proof.promql.samples import Labels
from pbmon.proof.promql.vectors import UnknownSemantics
from pbmon.proof.texts.values import FailedTemplate, UnknownTemplate
from pbmon.proof.world.run import Run


def beside(proof: Proof, namesakes: Sequence[PlannedAlert]) -> Proof:
    """The proof with what its namesakes do at each of its moments; not proven where that is not
    known.
    """
    cases = proof.cases
    for alert in namesakes:
        try:
            cases = tuple(_beside(case, alert) for case in cases)
        except (UnknownSemantics, UnknownTemplate, FailedTemplate) as unknown:
            reason = f"what {alert.title}, of the same name, does then is not known: {unknown}"
            return Proof(proof.alert, (), reason, "not proven")
    return replace(proof, cases=cases)


def _beside(case: Case, alert: PlannedAlert) -> Case:
    run = replace(case.run, alert=alert)
    moments = (
        replace(moment, namesakes=(*moment.namesakes, *firing(run, moment.index)))
        for moment in case.moments
    )
    return replace(case, moments=tuple(moments))


def firing(run: Run, index: int) -> Iterator[Expected]:
    """What fires at an evaluation, or is kept firing (`keep_firing_for`). Raises as `at` does."""
    yield from _kept(run, index) if run.alert.keep_firing_for else at(run, index).firing


def _kept(run: Run, index: int) -> Iterator[Expected]:
    """What fires at an evaluation, with what `keep_firing_for` keeps firing as it was last."""
    alert, every = run.alert, run.clock.evaluation
    wait = ceil(durations.seconds(alert.for_) / every)
    keep = ceil(durations.seconds(alert.keep_firing_for) / every)
    began: dict[Labels, int] = {}
    last: dict[Labels, int] = {}
    firing: set[Labels] = set()
    for now in range(index + 1):
        held = run.condition(now)
        for labels in held:
            began.setdefault(labels, now)
            last[labels] = now
        firing |= {labels for labels in held if now - began[labels] >= wait}
        for labels in began.keys() - held.keys():
            if labels not in firing or now - last[labels] > keep:
                del began[labels]
                firing.discard(labels)
    for labels in sorted(firing):
        value, metric = run.condition(last[labels])[labels], run.names(last[labels]).get(labels, "")
        yield expected(alert, dict(labels), value, Asks(run, last[labels]), metric)
