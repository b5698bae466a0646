"""Labels that jobs set on their targets keep series of two jobs apart, as they do in Prometheus."""

from __future__ import annotations

from pathlib import Path

import pytest
from rule_tests import failures, reasons
from small_projects import plan_of

TWO = """
from pbmon import *

front = Service("front", jobs=[Job("front", ["front:80"], labels={{"tier": "{front}"}})],
    module="front.py")
sent = Counter("sent_total", "Sent.")
"""
STORE = """
from pbmon import *

back = Service("back", jobs=[Job("back", ["back:80"], labels={{"tier": "{back}"}})],
    module="back.py")
got = Counter("got_total", "Got.")
"""
LOST = """
from definitions.front import sent
from definitions.store import got

lost = Alert("Lost", promql("sum without ({dropped}) (rate(sent_total[5m]))"
    " - sum without ({dropped}) (rate(got_total[5m])) > 1"), **SAID)
"""


@pytest.mark.parametrize(
    ("front", "back", "dropped", "proven"),
    [
        ("web", "data", "job, instance", False),
        ("web", "web", "job, instance", True),
    ],
    ids=["they differ", "they are the same"],
)
def test_a_match_between_two_jobs_is_proven_only_where_the_labels_they_set_are_the_same(
    front: str, back: str, dropped: str, proven: bool, promtools: Path, tmp_path: Path
) -> None:
    plan = plan_of(
        LOST.format(dropped=dropped),
        front=TWO.format(front=front),
        store=STORE.format(back=back),
    )
    assert (reasons(plan) == []) is proven
    assert not proven or failures(plan, promtools, tmp_path) == ""
