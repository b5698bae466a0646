"""A target is one module and one word."""

from __future__ import annotations

from pathlib import Path

import pbmon.render.targets
from pbmon.artifact import TARGETS


def test_every_word_of_only_is_a_module_that_renders_and_every_module_has_a_word() -> None:
    folder = Path(pbmon.render.targets.__file__).parent
    assert {path.stem for path in folder.glob("[a-z]*.py")} == set(TARGETS)
