"""Which alerts can fire, whatever is scraped: what proofs say of the rules of others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pbmon.audit.expressions import expression
from pbmon.audit.likeness import likeness
from pbmon.audit.rules import Rule
from pbmon.cache import Cache, digest_of
from pbmon.errors import DefinitionError
from pbmon.inference.planning import NoPartner, planned
from pbmon.inference.rule_set import NotLoaded, RuleSet
from pbmon.plan.plan import Plan
from pbmon.proof.cases.alert import prove
from pbmon.proof.cases.proofs import Verdict as Of
from pbmon.proof.cases.workers import can_share, cores, in_processes
from pbmon.proof.values.bounds import Bounds
from pbmon.proof.values.contradictions import contradiction
from pbmon.proof.world.clock import clock_for

Kind = Of | Literal["not loaded", "not read"]
"""not loaded: Prometheus refuses it. not read: pbmon does not know its expression."""

Report = Callable[[int, int], None]
_EFFORT = 10_000_000
"""Samples read for one alert at most; `pbmon prove` looks further."""
_FEW = 24
"""Proofs up to which one process is as fast."""
_SEPARATOR = "\n"


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
    """Of each alert. workers: processes at most; as many as cores, where it is 0.

    Of alerts that differ in names alone one is proven.
    """
    known: dict[Rule, Verdict] = {}
    alike: dict[bytes, list[Rule]] = {}
    plans: dict[bytes, Plan] = {}
    for rule in alerts:
        plan = _decided(rule, rules)
        if isinstance(plan, Verdict):
            known[rule] = plan
            continue
        digest = digest_of("audit", str(_EFFORT), likeness(next(iter(plan.alerts)), plan))
        alike.setdefault(digest, []).append(rule)
        plans.setdefault(digest, plan)
    answers = cache.read("audit", plans)
    missing = [digest for digest in plans if digest not in answers]
    new: dict[bytes, str] = {}
    for digest, answer in _proven({digest: plans[digest] for digest in missing}, workers):
        new[digest] = answer
        if report:
            report(len(new), len(missing))
    cache.write(new)
    for digest, answer in (answers | new).items():
        known |= dict.fromkeys(alike[digest], _verdict(answer))
    return {rule: known[rule] for rule in alerts}


def _decided(rule: Rule, rules: RuleSet) -> Plan | Verdict:
    """A verdict that needs no search, or a plan to search with."""
    if problem := expression(rule.text.expr).problem:
        return Verdict("not loaded", problem)
    try:
        plan = planned(rule.text, rules)
        alert = next(iter(plan.alerts))
        against = contradiction(alert.expr, Bounds(plan.lineage))
    except NotLoaded as error:
        return Verdict("not loaded", error.problem)
    except NoPartner as error:
        return Verdict("never fires", error.problem)
    except (DefinitionError, RecursionError) as error:
        return Verdict("not read", str(error))
    if against:
        return Verdict("always fires" if against.always else "never fires", against.reason)
    return plan


def _proven(plans: Mapping[bytes, Plan], workers: int) -> Iterator[tuple[bytes, str]]:
    """The verdict of each plan's alert as a text, by the plan's digest."""
    left = dict(plans)
    order = list(plans)
    workers = workers or cores()
    if len(plans) > _FEW and workers > 1 and can_share():
        for number, answer in in_processes(
            lambda number: _answer(plans[order[number]]), len(order), workers
        ):
            del left[order[number]]
            yield order[number], answer
    for digest, plan in left.items():
        yield digest, _answer(plan)


def _answer(plan: Plan) -> str:
    alert = next(iter(plan.alerts))
    clock = clock_for(alert.expr, plan.lineage, alert.for_)
    proof = prove(alert, plan.lineage, plan.jobs, clock, most=_EFFORT)
    return _SEPARATOR.join((proof.verdict, proof.reason))


def _verdict(answer: str) -> Verdict:
    kind, _, reason = answer.partition(_SEPARATOR)
    return Verdict(kind, reason)  # type: ignore[arg-type] # `_answer` wrote it
