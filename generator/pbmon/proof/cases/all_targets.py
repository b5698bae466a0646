"""Whether an alert still fires while all targets are there that its jobs have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pbmon.proof.cases.case import Case
from pbmon.proof.promql.vectors import EvaluationError, Unsteady
from pbmon.proof.search.stage import Stage
from pbmon.proof.world.atoms import Atom
from pbmon.proof.world.jobs import job_of
from pbmon.proof.world.levels import between, with_copies


def alone(stage: Stage, case: Case) -> str:
    """Why the case, in which the alert fires, is none: with one more target of its jobs it never
    does, whether that one is within its limit or beyond it. Empty where it fires.
    """
    added = _added(stage, case.run.atoms)
    fired = next((moment.index for moment in case.moments if moment.firing), None)
    if not added or fired is None:
        return ""
    quiet, loud = (phase.point for phase in case.run.phases[:2])
    idle = {key: None if level is None else 0.0 for key, level in loud.items()}
    refused: Unsteady | None = None
    for second in (quiet, between(quiet, loud, 1.01), loud, idle):
        phases = [
            replace(phase, point=with_copies(phase.point, added, second))
            for phase in case.run.phases
        ]
        try:
            run = replace(case.run, atoms=[*case.run.atoms, *added.values()], phases=phases)
            if any(run.firing(index) for index in range(fired, run.begin(2))):
                return ""
        except Unsteady as unsteady:
            refused = unsteady
    counts = {job.name: len(job.targets) for job in stage.jobs if len(job.targets) > 1}
    jobs = {dict(atom.labels)["job"] for atom in added}
    there = ", ".join(f"job {name} has {counts[name]}" for name in sorted(jobs))
    if isinstance(refused, EvaluationError):
        return f"Prometheus does not evaluate it while several targets are there ({there})"
    if refused:
        return f"while several targets are there ({there}), nobody knows what it does: {refused}"
    return f"it fires while one target is there, and not beside a second one ({there})"


def _added(stage: Stage, atoms: Sequence[Atom]) -> dict[Atom, Atom]:
    """Series of one more target of each job, by those of which they are copies."""
    known = set(atoms)
    added: dict[Atom, Atom] = {}
    for atom in atoms:
        labels = dict(atom.labels)
        job = job_of(labels, stage.jobs)
        if job is None or labels.get("instance") not in job.targets:
            continue
        for other in stage.beside(atom, "instance"):
            if dict(other.labels)["instance"] not in job.targets:
                break
            if other not in known:
                added[atom] = other
                known.add(other)
                break
    return added
