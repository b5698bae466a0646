"""An argument of a kind that its annotation excludes is a mistake at the author's line: never
another exception, and never silence.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import FunctionType
from typing import Any, Literal, get_type_hints

import pbmon
import pytest
from authoring_calls import CALLS, METHODS, Call, few, lamps, room, visits
from pbmon import (
    Alert,
    Dashboard,
    Gauge,
    Job,
    Label,
    Panel,
    Project,
    Receiver,
    Record,
    Row,
    RuleGroup,
    Service,
    job,
)
from pbmon.arguments import conversion
from pbmon.arguments_texts import OPERATORS, shared_keywords
from pbmon.errors import DefinitionError
from pbmon.expr.aggregations import Aggregations, Counted
from pbmon.expr.elementwise import Functions
from pbmon.expr.histograms import AnyHistogram
from pbmon.expr.label_functions import LabelFunctions
from pbmon.expr.over_time import OverTime, Sampled
from pbmon.expr.partners import Matched
from pbmon.expr.selection import AnyCounter, AnyGauge, Selectable
from pbmon.expr.vector import Vector


class Strange:
    """Of no kind that any definition takes."""


def strange_values() -> Iterator[Any]:
    """Values that fit no annotation of ours."""
    itself: list[Any] = []
    itself.append(itself)
    yield from (Strange(), Strange, [Strange()], (Strange(),), {Strange(): Strange()}, itself)
    yield from ([[]], {"a": Strange()}, [None], b"bytes", {1}, 1j, (n for n in "ab"), lambda: 1)


ORDINARY = (None, True, 0, -1, 5, 10**400, 0.5, float("nan"), "", "text", [], (), {}, {"a": "b"})
"""Values that fit some annotations and not others."""


def with_one_wrong(function: Any, call: Call, value: Any) -> Iterator[Call]:
    """The call with each of its parameters in turn given the value."""
    positional, keywords = call
    parameters = [
        parameter
        for parameter in inspect.signature(function).parameters.values()
        if parameter.name not in {"self", "source"}
    ]
    for place, parameter in enumerate(parameters):
        if parameter.kind is parameter.VAR_KEYWORD:
            shared = get_type_hints(function.__init__)[parameter.name]
            yield from ((positional, {**keywords, name: value}) for name in shared_keywords(shared))
        elif parameter.kind is parameter.VAR_POSITIONAL:
            yield (*positional[:place], value), keywords
            yield (*positional, value), keywords
        elif place < len(positional) and parameter.kind is not parameter.KEYWORD_ONLY:
            yield (*positional[:place], value, *positional[place + 1 :]), keywords
        else:
            yield positional, {**keywords, parameter.name: value}


def called() -> list[Any]:
    """Every function and method with a right call of it."""
    functions = [pytest.param(getattr(pbmon, name), call, id=name) for name, call in CALLS.items()]
    methods = [
        pytest.param(getattr(subject, name), call, id=f"{kind.__name__}.{name}")
        for (kind, name), (subject, call) in METHODS.items()
    ]
    return functions + methods


def test_the_tables_hold_everything_that_can_be_called() -> None:
    callables = {name for name in pbmon.__all__ if callable(getattr(pbmon, name))}
    assert CALLS.keys() == callables - {"Vector"}
    kinds = (Selectable, AnyCounter, AnyGauge, AnyHistogram, Vector, Matched, Label)
    for kind in (*kinds, Counted, Aggregations, Sampled, OverTime, Functions, LabelFunctions):
        methods = {
            (kind, name)
            for name, member in vars(kind).items()
            if isinstance(member, FunctionType)
            and (name in OPERATORS or not name.startswith("_"))
            and len(inspect.signature(member).parameters) > 1
        }
        assert methods == {key for key in METHODS if key[0] is kind}


@pytest.mark.parametrize(("function", "call"), called())
def test_the_right_call_is_accepted(function: Any, call: Call) -> None:
    positional, keywords = call
    assert function(*positional, **keywords) is not NotImplemented


@pytest.mark.parametrize(("function", "call"), called())
def test_what_fits_no_annotation_is_refused_wherever_it_is_given(function: Any, call: Call) -> None:
    for value in strange_values():
        for positional, keywords in with_one_wrong(function, call, value):
            with pytest.raises(DefinitionError) as raised:
                function(*positional, **keywords)
            assert str(raised.value.source).startswith(__file__), raised.value
            assert " belongs" in raised.value.problem


@pytest.mark.parametrize(("function", "call"), called())
def test_an_ordinary_value_in_any_place_is_accepted_or_a_mistake(function: Any, call: Call) -> None:
    for value in ORDINARY:
        for positional, keywords in with_one_wrong(function, call, value):
            try:
                function(*positional, **keywords)
            except DefinitionError as mistake:
                assert str(mistake.source).startswith(__file__), mistake


@pytest.mark.parametrize(("function", "call"), called())
def test_a_call_without_its_arguments_or_with_others_is_a_mistake_that_lists_them(
    function: Any, call: Call
) -> None:
    positional, keywords = call
    required = [
        parameter
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty and parameter.kind is not parameter.VAR_POSITIONAL
    ]
    if required:
        with pytest.raises(DefinitionError, match="is missing its argument") as raised:
            function()
        assert required[0].name in raised.value.help
    with pytest.raises(DefinitionError, match=r"has no (argument 'colour'|colour)"):
        function(*positional, **keywords, colour="red")


@pytest.mark.parametrize(
    ("make", "problem", "help"),
    [
        (
            lambda: Service("s", jobs=Job("j")),  # type: ignore[arg-type]
            "jobs of Service 's' is a Job, where a list of Job objects belongs",
            'put it into a list: jobs=[Job("name", ["host:port"])]',
        ),
        (
            lambda: Dashboard("D", uid="d", file="d", rows=[Panel("P", lamps)]),  # type: ignore[list-item]
            "rows[0] of Dashboard 'D' is a Panel, where a Row belongs",
            'rows=[Row("Traffic", Panel("Requests", requests.rate(AUTO)))]',
        ),
        (
            lambda: Row(Panel("P", lamps)),  # type: ignore[arg-type]
            "title of Row is a Panel, where a text belongs",
            'title="..."',
        ),
        (
            lambda: Alert(
                "A",
                lamps > 1,
                severity="info",
                summary="s",
                impact="i",
                action="a",
                silences=few,  # type: ignore[arg-type]
            ),
            "silences of Alert 'A' is an Alert, where a list of Alert objects belongs",
            "put it into a list: silences=[Alert(...)]",
        ),
        (
            lambda: Panel("P", lamps, link="https://example.com"),  # type: ignore[arg-type]
            "link of Panel 'P' is the text 'https://example.com', where a tuple (a text, a text)"
            " belongs",
            'link=("...", "...")',
        ),
        (
            lambda: Alert(
                "A",
                lamps > 1,
                severity="info",
                summary="s",
                impact="i",
                action="a",
                group="critical",  # type: ignore[arg-type]
            ),
            "group of Alert 'A' is the text 'critical', where a RuleGroup belongs",
            'group=RuleGroup("critical", "What wakes somebody.")',
        ),
        (
            lambda: Label("l", "L.", values=("failed", 200, 500)),  # type: ignore[arg-type]
            "values[1] of Label 'l' is the number 200, where a text belongs",
            'values=["..."]',
        ),
        (
            lambda: Gauge("g", "G.", observed=True),  # type: ignore[arg-type]
            "observed of Gauge 'g' is True, where an Exporter belongs",
            'observed=Exporter("redis_exporter", "1.86.0")',
        ),
        (
            lambda: lamps + visits,  # type: ignore[operator]
            "`+` is given a Counter, where a vector or a Matched or a number belongs",
            'a counter becomes a vector by .rate("5m")',
        ),
        (
            lambda: visits.rate(5),  # type: ignore[arg-type]
            "window of rate() is the number 5, where a text belongs",
            'window="..."',
        ),
        (
            lambda: lamps.sum(by=(label for label in [room])),  # type: ignore[arg-type]
            "by of sum() is a generator, where a list of Label objects belongs",
            "a generator is empty after one look: by=[... for ...]",
        ),
        (
            lambda: Gauge("g", "G.", label=[room]),  # type: ignore[call-arg]
            "Gauge has no argument 'label'",
            "did you mean labels? Gauge takes name, help, labels, key, unit, symbol, observed,"
            " scoped, accept, multiprocess_mode",
        ),
        (
            lambda: Receiver("pager"),  # type: ignore[call-arg]
            "Receiver has too many arguments without a keyword",
            "Receiver takes name, severities, webhook_url_file, repeat_interval; by keyword only:"
            " name, severities, webhook_url_file, repeat_interval",
        ),
        (  # the second argument is also of a wrong kind, but what matters is the third
            lambda: Label("room", 1, "Room.", values=("a",)),  # type: ignore[arg-type, misc]
            "Label is given 'values' twice: as its argument number 3, and by keyword",
            "Label takes name, help, values, other, max_values",
        ),
        (
            lambda: Label("room"),  # type: ignore[call-arg]
            "Label is missing its argument 'help'",
            "Label takes name, help, values, other, max_values",
        ),
    ],
)
def test_the_message_says_what_was_given_what_belongs_there_and_how_it_is_written(
    make: Any, problem: str, help: str
) -> None:
    with pytest.raises(DefinitionError) as raised:
        make()
    assert (raised.value.problem, raised.value.help) == (problem, help)


def test_what_the_author_changes_afterwards_changes_no_definition() -> None:
    labels, targets, tags = [room], ["a:80"], {"team": "a"}
    gauge, scraped = Gauge("g", "G.", labels=labels), Job("j", targets, labels=tags)
    labels.append(job)
    targets.clear()
    tags["team"] = "b"
    assert (gauge.labels, scraped.targets, scraped.labels) == ((room,), ("a:80",), {"team": "a"})


def test_every_list_of_a_definition_is_a_tuple() -> None:
    for name, (positional, keywords) in CALLS.items():
        kind = getattr(pbmon, name)
        if isinstance(kind, type):
            held = vars(kind(*positional, **keywords))
            assert [field for field, value in held.items() if isinstance(value, list)] == [], name


@pytest.mark.parametrize(
    ("kind", "accepted"),
    [
        (int, (1, 10**30)),
        (float, (1, 10**30, 0.5)),
        (bool, (True,)),
        (int | bool, (1, 10**30, 10**400, True)),
        (str | None, ("a", "info", None)),
        (Literal["critical", "info"], ("info",)),
        (tuple[float | None, float | None], ((1, None), (0.5, 2))),
        (tuple[str, ...], ((), ("a",))),
    ],
)
def test_an_annotation_accepts_just_what_it_says(kind: Any, accepted: tuple[Any, ...]) -> None:
    for value in (
        1,
        10**30,
        10**400,
        0.5,
        True,
        "a",
        "info",
        None,
        (1, None),
        (0.5, 2),
        (),
        ("a",),
    ):
        fits = conversion(kind)(value) == value
        assert fits == any(value == each and type(value) is type(each) for each in accepted), value


def test_an_annotation_that_nothing_could_be_held_against_is_refused() -> None:
    with pytest.raises(TypeError, match="no argument can be held against"):
        conversion(set[str])
    assert Project and RuleGroup and Record
