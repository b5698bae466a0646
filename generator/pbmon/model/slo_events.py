"""Whether the bad (or good) events of an objective are a part of all events, as far as the matchers
on one metric tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pbmon.errors import DefinitionError
from pbmon.expr.nodes import Selector
from pbmon.labels import Label, Matcher
from pbmon.patterns import compiled
from pbmon.source import Source

_Known = Mapping[Label, tuple[frozenset[str], frozenset[str]]]
"""Of each label with a closed set, the values that part and total let through."""

_Mistake = tuple[str, str] | None
"""Problem and help."""


def check_part(
    slo: str, role: str, part: Selector, total: Selector, by: Sequence[Label], source: Source
) -> None:
    """DefinitionError for a share that is always all or nothing, of all events or of those of one
    budget, or more than all.

    slo: its name. role: what part holds, `good` or `bad`. The values of closed labels are taken to
    occur in every combination. Of open labels only matchers with `=` tell something, and `le` tells
    nothing: a bucket holds those below it.
    """
    selected, whole = part.series, total.series
    if (
        selected.metric != whole.metric
        or (selected.name != whole.name and selected.type != "bucket")
        or part.offset != total.offset
    ):
        return
    values_of = {
        label: (_values(part, label), _values(total, label))
        for label in whole.labels
        if label.domain and label.name != "le"
    }
    mistake = (
        _apart(slo, role, part, total, values_of)
        or _beyond(slo, role, values_of)
        or _same(slo, role, part, total, values_of)
        or _grouped(slo, role, by, values_of)
    )
    if mistake:
        raise DefinitionError(source, *mistake)


def _apart(slo: str, role: str, part: Selector, total: Selector, values_of: _Known) -> _Mistake:
    for label in total.series.labels:
        if (
            not values_of[label][0] & values_of[label][1]
            if label in values_of
            else _contradict(label, part, total)
        ):
            return (
                (
                    f"{role} and total of SLO {slo} have no event in common, because no"
                    f" {label.name!r} is in both: the share of {role} events says nothing"
                ),
                f"{role}= selects some of the events in total=",
            )
    return None


def _beyond(slo: str, role: str, values_of: _Known) -> _Mistake:
    for label, (chosen, counted) in values_of.items():
        if left_out := chosen - counted:
            consequence = (
                "more than all events can be bad"
                if role == "bad"
                else "fewer than no events can be bad"
            )
            wider = all(counted <= chosen for chosen, counted in values_of.values())
            return (
                (
                    f"{role} of SLO {slo} counts events that total leaves out ({label.name}"
                    f" {_listed(label, left_out)}), so {consequence}"
                ),
                (
                    f"{role}= and total= look exchanged"
                    if wider
                    else f"{role}= selects some of the events in total="
                ),
            )
    return None


def _same(slo: str, role: str, part: Selector, total: Selector, values_of: _Known) -> _Mistake:
    for label in part.series.labels:
        if (
            values_of[label][0] != values_of[label][1]
            if label in values_of
            else _matchers(part, label) != _matchers(total, label)
        ):
            return None
    consequence = (
        "every event is bad and its alerts never end"
        if role == "bad"
        else "no event is ever bad and nothing alerts"
    )
    return (
        f"{role} and total of SLO {slo} select the same events, so {consequence}",
        f"{role}= selects some of the events in total=",
    )


def _grouped(slo: str, role: str, by: Sequence[Label], values_of: _Known) -> _Mistake:
    for label in by:
        if label in values_of and values_of[label][0] != values_of[label][1]:
            consequence = "no event is ever bad" if role == "bad" else "every event is bad"
            return (
                (
                    f"SLO {slo} keeps a budget for each {label.name!r}, but {role} is only"
                    f" {_listed(label, values_of[label][0])}: in the other budgets {consequence}"
                ),
                f"leave {label.name!r} out of by=",
            )
    return None


def _matchers(selector: Selector, label: Label) -> frozenset[Matcher]:
    return frozenset(matcher for matcher in selector.matchers if matcher.label.name == label.name)


def _values(selector: Selector, label: Label) -> frozenset[str]:
    matchers = _matchers(selector, label)
    return frozenset(value for value in label.domain if _pass(matchers, value))


def _contradict(label: Label, part: Selector, total: Selector) -> bool:
    """Whether a value that `=` selects fails another matcher on an open label."""
    matchers = (
        (_matchers(part, label) | _matchers(total, label)) if label.name != "le" else frozenset()
    )
    return not all(_pass(matchers, matcher.value) for matcher in matchers if matcher.op == "=")


def _pass(matchers: Iterable[Matcher], value: str) -> bool:
    for matcher in matchers:
        equal = (
            value == matcher.value
            if matcher.op in {"=", "!="}
            else compiled(matcher.value).fullmatch(value)
        )
        if bool(equal) != (matcher.op in {"=", "=~"}):
            return False
    return True


def _listed(label: Label, values: frozenset[str]) -> str:
    return ", ".join(repr(value) for value in label.domain if value in values)
