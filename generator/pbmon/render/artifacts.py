"""From plan to artifacts: every renderer, listed by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, assert_never, get_args

from pbmon.artifact import Artifact
from pbmon.plan.plan import Plan
from pbmon.proof.cases.suite import TestFile, suite
from pbmon.render.stamp import stamped

Kind = Literal["rules", "config", "dashboards", "code", "docs", "proofs"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_PROVEN: frozenset[Kind] = frozenset({"docs", "proofs"})
"""Kinds that show proofs: rule tests, and the charts of the runbooks."""


def render(
    plan: Plan, only: Kind | None = None, proofs: Sequence[TestFile] | None = None
) -> list[Artifact]:
    """Every artifact of the plan, or those of one kind, sorted by path and stamped.

    proofs: of the plan's rules, where the caller has derived them; else they are derived here, if
    what is asked for shows them.
    """
    kinds = (only,) if only else KINDS
    if proofs is None:
        proofs = suite(plan) if _PROVEN.intersection(kinds) else ()
    artifacts = (artifact for kind in kinds for artifact in _rendered(plan, kind, proofs))
    return sorted(stamped(artifacts, plan.catalog.folder))


def _rendered(plan: Plan, kind: Kind, proofs: Sequence[TestFile]) -> Iterator[Artifact]:
    match kind:
        case "rules":
            from pbmon.render import openslo, rules

            yield from rules.render((*plan.recording, *plan.alerting))
            yield from openslo.render(plan.slos)
        case "config":
            from pbmon.render import configuration

            yield from configuration.render(plan)
        case "dashboards":
            from pbmon.render import dashboards

            yield from dashboards.render(plan.dashboards)
        case "code":
            from pbmon.render import instrumentation, modules, runtime

            yield from modules.render(plan.modules)
            yield from instrumentation.render(plan.instrumentation)
            yield from runtime.render(plan)
        case "docs":
            from pbmon.proof.history import histories
            from pbmon.render import charts, docs

            stories = histories(proofs)
            yield from docs.render(plan, stories)
            yield from charts.render(stories.values())
        case "proofs":
            from pbmon.render import rule_tests

            yield from rule_tests.render(proofs)
        case _:
            assert_never(kind)
