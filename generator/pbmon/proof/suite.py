"""Every proof of a plan, arranged in files of promtool's rule tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pbmon.expr.nodes import Node
from pbmon.expr.walk import selectors
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedAlert, PlannedGroup, PlannedRecord
from pbmon.proof.derive import Proof, prove
from pbmon.proof.recorded import RecordProof, prove_records
from pbmon.proof.scenario import step_for, windows_below

FOLDER = "monitoring/rule-tests"


@dataclass(frozen=True)
class TestFile:
    """Tests of one rule file at one step. path: of the artifact. rule_files, groups: in the order of their evaluation."""

    path: str
    tested: str
    step: int
    rule_files: tuple[str, ...]
    groups: tuple[str, ...]
    alerts: tuple[Proof, ...] = ()
    records: tuple[RecordProof, ...] = ()


def suite(plan: Plan) -> list[TestFile]:
    """A file for each rule file, and for each step and set of recording rules that its rules need; sorted by path.

    promtool evaluates every rule of every file it is given at every step, so a file names only what its rules read.
    """
    records = {record.name: record.expr for record in plan.records}
    group_of = {rule.name: group for group in plan.recording for rule in group.rules}
    made = []
    for group in (*plan.recording, *plan.alerting):
        shared: dict[tuple[int, tuple[str, ...]], list[PlannedAlert | PlannedRecord]] = {}
        for rule in group.rules:
            needed = {group_of[name].name for name in _read(rule.expr, records)} - {group.name}
            shared.setdefault((step_for(windows_below(rule.expr, records)), tuple(sorted(needed))), []).append(rule)
        for (step, needed), rules in sorted(shared.items(), reverse=True):
            evaluated = [*(other for other in plan.recording if other.name in needed), group]
            alerts = tuple(prove(rule, records, plan.jobs, step) for rule in rules if isinstance(rule, PlannedAlert))
            recorded = prove_records([rule for rule in rules if isinstance(rule, PlannedRecord)], records, plan, step)
            path = f"{FOLDER}/{_name(group, step, needed, list(shared))}.yml"
            files, names = tuple(other.file for other in evaluated), tuple(other.name for other in evaluated)
            made.append(TestFile(path, group.file, step, files, names, alerts, tuple(recorded)))
    return sorted(made, key=lambda file: file.path)


def _read(node: Node, records: Mapping[str, Node]) -> set[str]:
    """Names of all records below the expression."""
    found: set[str] = set()
    for selector in selectors(node):
        if selector.series.name in records:
            found |= {selector.series.name} | _read(records[selector.series.name], records)
    return found


def _name(group: PlannedGroup, step: int, needed: tuple[str, ...], shared: list[tuple[int, tuple[str, ...]]]) -> str:
    """The rule file's name, and what sets this file apart from its siblings."""
    parts = [group.file.rpartition("/")[2].removesuffix(".yml") + ("-records" if "/recording/" in group.file else "")]
    if len({other for _, other in shared}) > 1:
        parts += [name.removesuffix("-recording") for name in needed]
    if len({other for other, names in shared if names == needed}) > 1:
        parts.append(f"{step}s")
    return "-".join(parts)


def unproven(files: Sequence[TestFile]) -> list[tuple[PlannedAlert | PlannedRecord, str]]:
    """Every rule without a proof, and why."""
    found: list[tuple[PlannedAlert | PlannedRecord, str]] = [
        (proof.alert, proof.reason) for file in files for proof in file.alerts if proof.reason
    ]
    found += [(proof.record, proof.reason) for file in files for proof in file.records if proof.reason]
    return found
