"""Derives proofs, as far as the cache does not know them; many of them in worker processes.

The proofs are the same whatever is known and however many processes there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from pbmon.cache import Cache, digest_of
from pbmon.plan.plan import Plan
from pbmon.proof.cases.plain import proof_of, text
from pbmon.proof.cases.proofs import Proof, RecordProof
from pbmon.proof.cases.task import Inputs, Task, born_late

ALONE = 12
"""Proofs up to which one process is as fast: each takes some 10 ms, and a worker 30 ms to start."""

Report = Callable[[int, int], None]
"""Is told how many proofs there are by now, and of how many."""


def derive(
    tasks: Sequence[Task],
    plan: Plan,
    cache: Cache,
    report: Report | None = None,
    workers: int = 0,
) -> list[Proof | RecordProof]:
    """The proof of each task. workers: processes at most; as many as cores, where it is 0."""
    proofs: dict[int, Proof | RecordProof] = {}
    digests: list[bytes] = []
    if cache.is_open:
        inputs = Inputs(plan)
        digests = [digest_of("proof", inputs.of(task)) for task in tasks]
        known = cache.read("proof", digests)
        for number, digest in enumerate(digests):
            if digest in known:
                proofs[number] = proof_of(tasks[number], plan.lineage, known[digest])
    missing = [number for number in range(len(tasks)) if number not in proofs]
    new: dict[bytes, str] = {}
    for number, proof, plain in _derived(tasks, missing, plan, workers):
        proofs[number] = proof
        if digests:
            new[digests[number]] = plain or text(proof)
        if report:
            report(len(proofs), len(tasks))
    cache.write(new)
    in_order = [proofs[number] for number in range(len(tasks))]
    return (
        [replace(proof, digest=digest) for proof, digest in zip(in_order, digests, strict=True)]
        if digests
        else in_order
    )


def _derived(
    tasks: Sequence[Task], missing: Sequence[int], plan: Plan, workers: int
) -> Iterator[tuple[int, Proof | RecordProof, str]]:
    """The number of each task that is missing, its proof, and that as a text where it was one."""
    if not missing:
        return
    from pbmon.proof.cases.workers import can_share, cores, in_processes

    workers, late = workers or cores(), born_late(plan)
    left = dict.fromkeys(missing)
    if len(missing) > ALONE and workers > 1 and can_share():

        def work(number: int) -> str:
            return text(tasks[missing[number]].proof(plan, late))

        for number, answer in in_processes(work, len(missing), workers):
            at = missing[number]
            del left[at]
            yield at, proof_of(tasks[at], plan.lineage, answer), answer
    for number in left:
        yield number, tasks[number].proof(plan, late), ""
