"""Bad or good events have to be a part of all events: what pbmon can tell from matchers, and what
it leaves to the author.

What it says of a mistake is in tests/errors/slo-*.txt.
"""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pbmon import Counter, Histogram, Label, Slo, job
from pbmon.errors import DefinitionError
from pbmon.expr.selection import AnyCounter
from pbmon.expr.shapes import fulfils
from pbmon.labels import Matcher

STATUS = Label("status", "HTTP status.", values=("200", "404", "500"))
PATH = Label("path", "Route.", values=("/a", "/b"), other="other")
USER = Label("user", "Who asks.", max_values=9, other="other")
REQUESTS = Counter("requests_total", "Requests answered.", labels=[STATUS, PATH])
VISITS = Counter("visits_total", "Visits.", labels=[STATUS, USER])
LATENCY = Histogram("answer_seconds", "Time to answer.", labels=[PATH], buckets=[0.1, 0.3, 1])
FAILED = STATUS.is_("500")


def _matchers(label: Label) -> st.SearchStrategy[list[Matcher]]:
    """None, one or two matchers on the label."""
    value = st.sampled_from(label.domain)
    several = st.lists(value, min_size=1, max_size=2).map(lambda values: label.is_in(*values))
    return st.lists(st.one_of(value.map(label.is_), value.map(label.is_not), several), max_size=2)


NARROWED = st.tuples(_matchers(STATUS), _matchers(PATH)).map(lambda both: [*both[0], *both[1]])


@given(NARROWED, NARROWED, st.lists(st.sampled_from((STATUS, PATH)), unique=True), st.booleans())
def test_events_are_accepted_where_some_of_all_are_chosen_and_some_in_every_budget(
    part: list[Matcher], total: list[Matcher], by: list[Label], bad: bool
) -> None:
    chosen, counted = (
        {
            (status, path)
            for status, path in product(STATUS.domain, PATH.domain)
            if all(
                fulfils(matcher, status if matcher.label == STATUS else path)
                for matcher in matchers
            )
        }
        for matchers in (part, total)
    )
    budgets = all(
        {event[label == PATH] for event in chosen} == {event[label == PATH] for event in counted}
        for label in by
    )
    assert _accepted(bad, REQUESTS.where(*part), REQUESTS.where(*total), by) == (
        set() < chosen < counted and budgets
    )


def _accepted(bad: bool, part: AnyCounter, total: AnyCounter, by: list[Label]) -> bool:
    try:
        if bad:
            Slo("sales", bad=part, total=total, objective="99", by=by)
        else:
            Slo("sales", good=part, total=total, objective="99", by=by)
    except DefinitionError:
        return False
    return True


REFUSED = {
    "an open label with another value": (
        VISITS.where(FAILED, USER.is_("ann")),
        VISITS.where(USER.is_("bob")),
    ),
    "an open label that the total leaves out": (
        VISITS.where(USER.is_("ann")),
        VISITS.where(USER.is_not("ann")),
    ),
    "other jobs": (VISITS.where(FAILED, job.is_("web")), VISITS.where(job.matches("till.*"))),
    "the same bucket": (LATENCY.at_most(0.3), LATENCY.at_most(0.3)),
    "observations without their total": (
        LATENCY.where(PATH.is_("/a")).at_most(0.3),
        LATENCY.where(PATH.is_("/b")).observations,
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_events_that_are_no_part_of_the_total_are_refused(case: str) -> None:
    assert not _accepted(False, *REFUSED[case], [job])


ACCEPTED = {
    "an open label by pattern": (VISITS.where(USER.matches("a.*")), VISITS),
    "one of the jobs": (VISITS.where(FAILED, job.is_("web")), VISITS),
    "a bucket of all observations": (LATENCY.at_most(0.3), LATENCY.observations),
    "a bucket of a larger one": (LATENCY.at_most(0.1), LATENCY.at_most(1)),
    "another metric": (VISITS, REQUESTS),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_events_of_which_matchers_do_not_tell_are_left_to_the_author(case: str) -> None:
    assert _accepted(False, *ACCEPTED[case], [job])
