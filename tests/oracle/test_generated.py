"""What pbmon proves of generated alerts is what real servers do.

A run takes two minutes, whatever the machine: that is what windows need to fill and to empty. So it
stands beside the tests of whole stacks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from oracle.population import COUNT, Population

pytestmark = pytest.mark.end_to_end


def test_the_generated_alerts_have_every_verdict(generated: Population) -> None:
    verdicts = generated.verdicts()
    assert verdicts.total() == COUNT
    assert verdicts["proven"] >= 0.7 * COUNT
    assert verdicts["never fires"] >= 10
    assert verdicts["always fires"] >= 6


@pytest.mark.parametrize("major", ["2", "3"])
def test_prometheus_sees_what_pbmon_says(major: str, seen: Mapping[str, Sequence[str]]) -> None:
    assert seen[major] == [], "\n".join(seen[major])
