"""The examples in the documents run."""

from __future__ import annotations

import doctest
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"


def test_the_examples_of_the_authoring_guide_do_what_they_show() -> None:
    ran = doctest.testfile(str(DOCS / "authoring.md"), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert ran.attempted > 20
    assert ran.failed == 0
