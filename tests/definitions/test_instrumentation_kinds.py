"""Every kind of instrumentation is rendered; one that is not is named."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from pbmon.model.instrumentation import Instrumentation
from pbmon.plan.instrumentation import PlannedInstrumentation
from pbmon.plan.modules import AppModule
from pbmon.plan.plan import Plan
from pbmon.render.instrumentation import render


def test_every_path_of_a_definition_is_a_file(pybase: Plan) -> None:
    for planned in pybase.instrumentation:
        assert tuple(sorted(file.path for file in render([planned]))) == tuple(
            sorted(planned.paths)
        )


def test_a_kind_without_a_renderer_is_named() -> None:
    @dataclass(frozen=True, eq=False, kw_only=True)
    class FlaskInstrumentation(Instrumentation):
        """Of a framework that nobody renders yet."""

    planned = PlannedInstrumentation(
        FlaskInstrumentation(path="flask_hooks.py"), AppModule("metrics.py", "Metrics.", ())
    )
    with pytest.raises(NotImplementedError, match="FlaskInstrumentation has no renderer here"):
        list(render([planned]))
