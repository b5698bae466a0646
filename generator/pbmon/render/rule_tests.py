"""Proofs as promtool's rule tests.

Format: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pbmon import durations
from pbmon.artifact import Artifact
from pbmon.expr.text import quoted
from pbmon.proof.cases import Case, Proof
from pbmon.proof.recorded import RecordCase, RecordProof
from pbmon.proof.series import Clock, Labels
from pbmon.proof.suite import HandProof, TestFile
from pbmon.proof.world import notation, series
from pbmon.render.environment import rendered

TOLERANCE = 0.001
"""How far a recorded value may lie from the computed one, as a share of it."""


def render(files: Iterable[TestFile]) -> Iterator[Artifact]:
    """One test file each; those without any proof are left out."""
    for file in files:
        tests = [_alert_test(proof, case, file.clock) for proof in file.alerts for case in proof.cases]
        tests += [_record_test(proof, case, file.clock) for proof in file.records for case in proof.cases]
        tests += [_hand_test(proof) for proof in file.by_hand]
        if tests:
            yield Artifact(file.path, rendered("rule-tests.yml.j2", file=file, tests=tests))


def _alert_test(proof: Proof, case: Case, clock: Clock) -> dict[str, object]:
    moments = [
        {"time": durations.text(moment.index * clock.evaluation), "alertname": proof.alert.name, "firing": moment.firing}
        for moment in case.moments
    ]
    found = series(case.run.atoms, case.run.phases, clock)
    return {
        "name": f"{proof.alert.name} {case.name}",
        "series": [(_selector(name, labels), notation(segments)) for name, labels, segments in found],
        "alerts": moments,
        "samples": [],
    }


def _hand_test(proof: HandProof) -> dict[str, object]:
    moments = [{"time": proof.test.fires_at, "alertname": proof.alert.name, "firing": (proof.expected,)}]
    if durations.milliseconds(proof.test.silent_at):
        moments.append({"time": proof.test.silent_at, "alertname": proof.alert.name, "firing": ()})
    name = f"{proof.alert.name} fires as {proof.test.source} says"
    return {"name": name, "series": sorted(proof.test.given.items()), "alerts": moments, "samples": []}


def _record_test(proof: RecordProof, case: RecordCase, clock: Clock) -> dict[str, object]:
    name, time = proof.record.name, durations.text(case.index * clock.evaluation)
    checks = [{"expr": f"count({name})", "time": time, "labels": "{}", "value": len(case.values)}]
    for labels, value in case.values:
        low, high = sorted((value * (1 - TOLERANCE) - 1e-9, value * (1 + TOLERANCE) + 1e-9))
        one = _selector(name, labels)
        checks.append({"expr": f"({one} > {low:.9g} < {high:.9g}) * 0", "time": time, "labels": _selector("", labels), "value": 0})
    found = series(proof.atoms, case.phases, clock)
    return {
        "name": f"{name} has the value of its definition {case.name}",
        "series": [(_selector(name, labels), notation(segments)) for name, labels, segments in found],
        "alerts": [],
        "samples": checks,
    }


def _selector(name: str, labels: Labels) -> str:
    pairs = ",".join(f"{key}={quoted(value)}" for key, value in labels)
    return f"{name}{{{pairs}}}"
