"""Everything at once, on real servers: faults are switched on, alerts fire and resolve, and in the
end all is as defined.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from .alert_log import AlertLog, Key, Seen
from .faults import FAULTS, Alerts
from .running import stack_up, unseen

HEALTHY = 15  # seconds of traffic before the first fault
RESOLVED = (
    330  # seconds: the window of most is over by then, and that of others full of better things
)
# Seconds. An objective's events of hours are recorded every five minutes, its ratios every minute,
# and its alerts follow within seconds: so long after a fault they have counted all of it, whenever
# within those five minutes it was. It is more than half a percent of all traffic even then.
RECORDED = 5 * 60 + 60 + 30


def keys(alerts: Alerts) -> list[Key]:
    return [(job, name) for job, names in alerts.items() for name in names]


RESOLVING = [alert for fault in FAULTS for alert in keys(fault.alerts)]
LASTING = [alert for fault in FAULTS for alert in keys(fault.lasting)]


@dataclass(frozen=True)
class Story:
    """What happened. targets: health by scrape job. healthy: alerts before the first fault. report:
    of `pbmon verify`.
    """

    targets: dict[str, str]
    healthy: frozenset[Key]
    seen: dict[Key, Seen]
    left: frozenset[Key]
    report: dict[str, Any]


@pytest.fixture(scope="module")
def story(one_stack: None, binaries: Path | None) -> Iterator[Story]:
    """One run of several minutes, which every test here reads."""
    begun = time.monotonic()
    with stack_up(binaries) as running, AlertLog(running.alerts).written() as log:
        with running.traffic("--rate", "5", "--upload-every", "5"):
            time.sleep(HEALTHY)
            healthy = log.now
        for fault in FAULTS:
            with running.traffic(*fault.load), running.fault(fault):
                log.await_seen(keys(fault.alerts), fault.seconds)
            print(f"{log.since():4.0f} s: no longer {fault.name}")
        with running.traffic("--rate", "40", "--upload-every", "0.2"):
            log.await_seen(LASTING, RECORDED)
            log.await_gone(RESOLVING, RESOLVED)
            left = log.now
            print(f"{log.since():4.0f} s: still there: {sorted(left)}")
            report = running.verify("2m")
    for (job, name), alert in sorted(log.seen.items(), key=lambda item: item[1].first):
        print(
            f"{alert.first:4.0f} s to {alert.last:4.0f} s: {name} of {job},"
            f" {' and '.join(sorted(alert.states))}"
        )
    print(f"Prometheus {running.version}, {report['coverage']}, {time.monotonic() - begun:.0f} s")
    yield Story(running.targets, healthy, log.seen, left, report)


def test_every_target_is_up(story: Story) -> None:
    assert set(story.targets.values()) == {"up"}


def test_no_alert_fires_before_the_first_fault(story: Story) -> None:
    assert story.healthy == frozenset()


def test_each_fault_sets_off_its_alerts(story: Story) -> None:
    """Each is seen in Alertmanager."""
    assert [alert for alert in [*RESOLVING, *LASTING] if alert not in story.seen] == []


def test_no_other_alert_fires(story: Story) -> None:
    """Those of objectives left aside: every fault costs some of their budgets."""
    assert [
        alert for alert in story.seen if alert not in RESOLVING and "BudgetBurn" not in alert[1]
    ] == []


def test_alerts_resolve_when_their_fault_is_over(story: Story) -> None:
    """They are gone from Alertmanager in the end, those with windows of hours left aside."""
    assert [alert for alert in RESOLVING if alert in story.left] == []


def test_alerts_of_the_same_cause_are_kept_from_the_receivers(story: Story) -> None:
    suppressed = {name for (_, name), alert in story.seen.items() if "suppressed" in alert.states}
    assert {name for fault in FAULTS for name in fault.silenced} <= suppressed


def test_in_the_end_everything_is_as_defined(story: Story) -> None:
    assert story.report["findings"] == []


def test_everything_that_is_declared_is_seen(story: Story) -> None:
    """Metrics, panels, alerts, targets."""
    assert unseen(story.report) == {}
