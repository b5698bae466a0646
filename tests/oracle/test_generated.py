"""What pbmon proves of generated alerts is what real servers do.

A run takes two minutes, whatever the machine: that is what windows need to fill and to empty. So
`make test-e2e` runs it, alone on the machine, and not `make test`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from oracle.population import COUNT, Population


@pytest.mark.slow
def test_the_generated_alerts_have_every_verdict(generated: Population) -> None:
    verdicts = generated.verdicts()
    assert verdicts.total() == COUNT
    assert verdicts["proven"] >= 0.7 * COUNT
    assert verdicts["never fires"] >= 10
    assert verdicts["always fires"] >= 6


@pytest.mark.parametrize("major", ["2", "3"])
def test_prometheus_sees_what_pbmon_says(major: str, oracle: Mapping[str, Sequence[str]]) -> None:
    assert not oracle[major], "\n".join(oracle[major])
