"""Every kind of instrumentation is listed and rendered; one that is not is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import pbmon
import pytest
from pbmon.model.instrumentation.instrumentation import Instrumentation, InstrumentationFile
from pbmon.model.instrumentation.kinds import InstrumentationKind
from pbmon.plan.instrumentation import PlannedInstrumentation
from pbmon.plan.modules import AppModule
from pbmon.plan.plan import Plan
from pbmon.render.instrumentation import bindings, render


def test_every_instrumentation_that_pbmon_offers_is_in_the_list_of_kinds() -> None:
    offered = {
        each
        for name in pbmon.__all__
        if isinstance(each := getattr(pbmon, name), type) and issubclass(each, Instrumentation)
    }
    assert offered == set(get_args(InstrumentationKind))


def test_every_path_of_a_definition_is_a_file(pybase: Plan) -> None:
    assert {type(each.definition) for each in pybase.instrumentation} == set(
        get_args(InstrumentationKind)
    )
    for planned in pybase.instrumentation:
        paths = [file.path for file in render([planned])]
        assert sorted(paths) == sorted(planned.paths)


def test_a_kind_without_bindings_is_named() -> None:
    """By mypy, too, which sees the same `assert_never`."""

    @dataclass(frozen=True, eq=False, kw_only=True)
    class FlaskInstrumentation(InstrumentationFile):
        """Of a framework that nobody renders yet."""

    planned = PlannedInstrumentation(
        FlaskInstrumentation(path="flask_hooks.py"),  # type: ignore[arg-type]
        AppModule("metrics.py", "Metrics.", ()),
    )
    with pytest.raises(AssertionError, match="FlaskInstrumentation"):
        bindings(planned)
