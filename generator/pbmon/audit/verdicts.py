"""Which alerts can fire, whatever is scraped: what proofs say of the rules of others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pbmon.audit.rules import Rule
from pbmon.cache import Cache, digest_of
from pbmon.errors import DefinitionError
from pbmon.inference.planning import NoPartner, planned
from pbmon.inference.rule_set import NotLoaded, RuleSet
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedAlert
from pbmon.proof.cases.alert import Verdict as Of
from pbmon.proof.cases.alert import prove
from pbmon.proof.cases.task import Contents, Task
from pbmon.proof.cases.workers import can_share, cores, in_processes
from pbmon.proof.promql.samples import Clock
from pbmon.proof.world.clock import clock_for

Kind = Of | Literal["not loaded", "not read"]
"""not loaded: Prometheus refuses it. not read: pbmon does not know its expression."""

Report = Callable[[int, int], None]
_SEPARATOR = "\n"
_EFFORT, _EFFORT_OF_MANY = 10_000_000, 1_500_000
"""Samples read for one alert at most, and where there are many: `pbmon prove` looks further."""
_MANY = 1_500
_FEW = 24
"""Proofs up to which one process is as fast."""


@dataclass(frozen=True)
class Verdict:
    """reason: of a verdict other than proven, a sentence."""

    kind: Kind
    reason: str = ""


def verdicts(
    alerts: Sequence[Rule],
    rules: RuleSet,
    cache: Cache,
    report: Report | None = None,
    workers: int = 0,
) -> Mapping[Rule, Verdict]:
    """Of each alert. workers: processes at most; as many as cores, where it is 0."""
    effort = _EFFORT if len(alerts) <= _MANY else _EFFORT_OF_MANY
    known: dict[int, Verdict] = {}
    plans: dict[int, Plan] = {}
    digests: dict[int, bytes] = {}
    for number, rule in enumerate(alerts):
        plan = _plan(rule, rules)
        if isinstance(plan, Verdict):
            known[number] = plan
            continue
        plans[number] = plan
        digests[number] = _digest(plan, effort)
    for number, answer in _from_cache(digests, cache).items():
        known[number] = answer
    first = {digest: number for number, digest in reversed(digests.items())}
    missing = [number for number in first.values() if number not in known]
    missing.sort()
    for at, answer in _proven([plans[number] for number in missing], effort, workers or cores()):
        known[missing[at]] = answer
        if report:
            report(len(known), len(alerts))
    cache.write(
        {
            digests[number]: _SEPARATOR.join((known[number].kind, known[number].reason))
            for number in missing
        }
    )
    return {
        rule: known[number] if number in known else known[first[digests[number]]]
        for number, rule in enumerate(alerts)
    }


def _plan(rule: Rule, rules: RuleSet) -> Plan | Verdict:
    try:
        return planned(rule.text, rules)
    except NotLoaded as error:
        return Verdict("not loaded", error.problem)
    except NoPartner as error:
        return Verdict("never fires", error.problem)
    except (DefinitionError, RecursionError) as error:
        return Verdict("not read", str(error))


def _digest(plan: Plan, effort: int) -> bytes:
    text = Contents(plan).of(Task(_clock(plan), _alert(plan)))
    return digest_of("audit", str(effort), text)


def _from_cache(digests: Mapping[int, bytes], cache: Cache) -> dict[int, Verdict]:
    answers = cache.read("audit", digests.values())
    return {
        number: _verdict(answers[digest]) for number, digest in digests.items() if digest in answers
    }


def _verdict(answer: str) -> Verdict:
    kind, _, reason = answer.partition(_SEPARATOR)
    return Verdict(kind, reason)  # type: ignore[arg-type] # only `verdicts` writes them


def _proven(plans: Sequence[Plan], effort: int, workers: int) -> Iterator[tuple[int, Verdict]]:
    left = dict.fromkeys(range(len(plans)))
    if len(plans) > _FEW and workers > 1 and can_share():

        def work(number: int) -> str:
            verdict = _prove(plans[number], effort)
            return _SEPARATOR.join((verdict.kind, verdict.reason))

        for number, answer in in_processes(work, len(plans), workers):
            del left[number]
            yield number, _verdict(answer)
    for number in left:
        yield number, _prove(plans[number], effort)


def _prove(plan: Plan, effort: int) -> Verdict:
    proof = prove(_alert(plan), plan.lineage, plan.jobs, _clock(plan), most=effort)
    return Verdict(proof.verdict, proof.reason)


def _clock(plan: Plan) -> Clock:
    alert = _alert(plan)
    return clock_for(alert.expr, plan.lineage, alert.for_)


def _alert(plan: Plan) -> PlannedAlert:
    return next(iter(plan.alerts))
