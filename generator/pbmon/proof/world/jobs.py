"""The scrape jobs that a proof needs: of a thousand, those that its rule can tell apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pbmon.expr.nodes import Selector
from pbmon.plan.plan import Plan
from pbmon.plan.rules import ScrapeJob

_MOST_OTHERS = 60
"""More than a world has copies of a series."""


def told_apart(selectors: Iterable[Selector], plan: Plan) -> Sequence[ScrapeJob]:
    """The jobs that the selectors name and some others, which they treat alike, in the order of the
    plan; every job where a selector names none.
    """
    named: set[str] = set()
    for selector in selectors:
        exact = {
            matcher.value
            for matcher in selector.matchers
            if matcher.label.name == "job" and matcher.op == "="
        }
        if not exact:
            return plan.jobs
        named |= exact
    others = range(min(len(plan.jobs), _MOST_OTHERS + len(named)))
    places = {plan.place_of_job[name] for name in named if name in plan.place_of_job}
    return [plan.jobs[place] for place in sorted(places.union(others))]
