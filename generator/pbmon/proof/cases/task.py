"""One rule to prove, and all that its proof is derived from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pbmon.model.metrics import Counter
from pbmon.plan.modules import starts_at_zero
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedAlert, PlannedRecord, whole
from pbmon.proof.cases.proofs import Proof, RecordProof
from pbmon.proof.promql.samples import Clock
from pbmon.proof.world.jobs import told_apart


@dataclass(frozen=True)
class Task:
    """An alert or a record to prove with this clock. namesakes: other alerts of its name."""

    clock: Clock
    alert: PlannedAlert | None = None
    record: PlannedRecord | None = None
    namesakes: tuple[PlannedAlert, ...] = ()

    def proof(self, plan: Plan, late: Mapping[str, tuple[str, ...]]) -> Proof | RecordProof:
        """Derives the proof. late: see born_late(). Imports the engine, which nobody needs where
        all proofs are known.
        """
        from pbmon.proof.cases.alert import prove
        from pbmon.proof.cases.history import history
        from pbmon.proof.cases.namesakes import beside
        from pbmon.proof.cases.record import prove_records

        if self.record is not None:
            (recorded,) = prove_records([self.record], plan, self.clock)
            return recorded
        assert self.alert is not None
        jobs = told_apart(plan.lineage.raw(self.alert.expr), plan)
        proof = prove(self.alert, plan.lineage, jobs, self.clock, late)
        if proof.cases and not self.alert.always_fires:
            proof = replace(proof, history=history(proof.cases[0]))
        return beside(proof, self.namesakes)


def born_late(plan: Plan) -> dict[str, tuple[str, ...]]:
    """The app's own counters whose series may appear with their first event, and the labels whose
    values are not known before.
    """
    return {
        metric.name: tuple(label.name for label in metric.labels if not label.values)
        for module in plan.modules
        for metric in module.metrics
        if isinstance(metric, Counter) and metric.labels and not starts_at_zero(metric)
    }


class Inputs:
    """Texts of all that the proofs of a plan are derived from: two tasks of equal texts have equal
    proofs, in this version of pbmon.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._lineage = plan.lineage
        self._born_late = born_late(plan)
        self._texts_of_jobs: dict[tuple[str, ...], str] = {}
        self._late: dict[str, list[str]] = {}
        for reader, record in sorted(plan.lineage.late):
            self._late.setdefault(reader, []).append(record)

    def of(self, task: Task) -> str:
        """Of the task: its rules, the records below them, the jobs that count, and the clock."""
        rules = [rule for rule in (task.alert, task.record, *task.namesakes) if rule is not None]
        nodes = [whole(rule, self._lineage) for rule in rules]
        below = {name for node in nodes for name in self._lineage.records(node)}
        readers = {*below, *(rule.name for rule in rules)}
        metrics = {name for rule in rules for name in self._lineage.metrics(rule.expr)}
        return self._plan.contents.of(
            task,
            [
                (rule.always_fires, rule.is_excused)
                for rule in rules
                if isinstance(rule, PlannedAlert)
            ],
            nodes,
            [(name, self._lineage.recorded[name]) for name in sorted(below)],
            [(name, self._late[name]) for name in sorted(readers & self._late.keys())],
            [(name, self._born_late[name]) for name in sorted(metrics & self._born_late.keys())],
            [(name, self._lineage.supply.groups.get(name)) for name in sorted(below)],
            self._lineage.supply.evaluation,
            [self._jobs(rule) for rule in rules],
        )

    def _jobs(self, rule: PlannedAlert | PlannedRecord) -> str:
        """Of the jobs that count, of which many rules have the same."""
        jobs = told_apart(self._lineage.raw(rule.expr), self._plan)
        names = tuple(job.name for job in jobs)
        if names not in self._texts_of_jobs:
            self._texts_of_jobs[names] = self._plan.contents.of(jobs)
        return self._texts_of_jobs[names]
