"""Texts are made up for the regular expressions of matchers."""

from __future__ import annotations

import pytest
from pbmon.examples import examples
from pbmon.patterns import compiled

PATTERNS = (
    "5..",
    "(?i)err.*|warn",
    "[^a-z]+",
    r"\d{2,}\.\d+",
    "/api/(v1|v2)/.*",
    "(kube|node)-.+",
    "^(?:a(b|c)?)*$",
    "[[:alpha:]]{3}",
    r"\Qa.b\E",
    r"\pL+",
    r"a\|b",
    "",
)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_some_text_is_made_that_the_whole_pattern_matches(pattern: str) -> None:
    texts = examples(pattern)
    assert texts
    assert all(compiled(pattern).fullmatch(text) for text in texts)


def test_alternatives_each_have_a_text() -> None:
    assert {"a", "b", "c"} <= set(examples("a|b|c"))


def test_nothing_is_made_up_for_what_nothing_matches() -> None:
    assert examples(r"a\zb") == []
