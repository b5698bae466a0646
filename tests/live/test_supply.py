"""What rules count on and Prometheus does not have: steady records, labels that tell all series
apart, samples that are old enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from pbmon.live.checks import labels, records
from pbmon.live.checks.case import Case
from pbmon.live.checks.targets import target_labels_are_planned
from pbmon.live.seen import ActiveTarget, Exposure, Seen, SeenPrometheus
from pbmon.live.servers.client import Answer, Client, Form
from pbmon.live.servers.prometheus import Prometheus
from pbmon.plan.plan import Plan
from small_projects import SAID, plan_of

HEAD = f"""\
from pbmon import *

exporter = Exporter("disks", "1")
service = Service("disks", jobs=[Job("disks", ["a:80"])], exporter=exporter)
volume = Label("volume", "Volume.", max_values=9)
used = Gauge("disk_used", "Used.", labels=[volume], observed=exporter)
size = Gauge("disk_size", "Size.", labels=[volume], observed=exporter)
SAID = dict({SAID})
"""


def seen(
    series: Mapping[str, Sequence[Mapping[str, str]]],
    gaps: Mapping[str, tuple[int, int]] | None = None,
    retention: float = 0.0,
) -> SeenPrometheus:
    exposure = Exposure("job disks", {}, series, frozenset({"job", "instance"}))
    return SeenPrometheus(
        (), {"disks": exposure}, {}, (), (), (), (), gaps=gaps or {}, retention=retention
    )


def of(plan: Plan, prometheus: SeenPrometheus) -> Case:
    return Case(plan, {}, Seen(prometheus))


def disks(*devices: str) -> list[dict[str, str]]:
    """One volume, with an undeclared label where devices are named."""
    target = {"job": "disks", "instance": "a:80", "volume": "x"}
    return [{**target, "device": device} for device in devices] or [target]


def alert(expression: str) -> Plan:
    return plan_of(f'a = Alert("A", {expression} > 5, **SAID)', head=HEAD)


@pytest.mark.parametrize(
    ("expression", "devices", "is_found"),
    [
        ("used.sum(by=[volume])", (), False),
        ("used.sum(by=[volume])", ("a",), False),
        ("used.sum(by=[volume])", ("a", "b"), True),
        ("used.max(by=[volume]).sum()", ("a", "b"), True),
        ("used", ("a", "b"), False),
        ("(used * 2)", ("a", "b"), False),
        ("(used / size)", (), False),
        ("(used / size)", ("a",), True),
        ("(used / size.on(volume, instance))", ("a",), False),
        ("(used / size.on(volume, instance))", ("a", "b"), True),
        ("(used.max(by=[volume]) / size.max(by=[volume]))", ("a",), False),
    ],
)
def test_a_label_that_nobody_declared_is_found_where_its_metric_is_summed_or_matched(
    expression: str, devices: tuple[str, ...], is_found: bool
) -> None:
    series = {"disk_used": disks(*devices), "disk_size": disks()}
    findings = list(labels.declared_labels_tell_series_apart(of(alert(expression), seen(series))))
    assert bool(findings) is is_found
    for finding in findings:
        assert str(finding.source) == "definitions/shop.py:9"
        assert "its series carry 'device', which no definition names" in finding.problem


STEADY = 'r = Record("volume:disk_used:sum", used.sum(by=[volume]))'
FILTERED = 'r = Record("volume:disk_used:sum", used.sum(by=[volume]) > 5)'


@pytest.mark.parametrize(
    ("record", "gap", "is_found"),
    [
        (STEADY, (0, 20), False),
        (STEADY, (2, 20), False),
        (STEADY, (10, 20), True),
        (FILTERED, (10, 20), False),
    ],
)
def test_a_record_that_comes_and_goes_is_found(
    record: str, gap: tuple[int, int], is_found: bool
) -> None:
    plan = plan_of(record, head=HEAD)
    prometheus = seen({}, {"volume:disk_used:sum": gap})
    findings = [each.problem for each in records.record_has_no_gaps(of(plan, prometheus))]
    assert bool(findings) is is_found
    assert all("had no value at 10 of its last 20 evaluations" in each for each in findings)


def test_a_window_longer_than_the_retention_is_found() -> None:
    plan = alert('used.max_over_time("20d")')
    (finding,) = records.window_is_retained(of(plan, seen({}, retention=15 * 86400.0)))
    assert finding.problem.startswith("alert A looks back 20d, but Prometheus keeps its samples")
    assert not list(records.window_is_retained(of(plan, seen({}, retention=30 * 86400.0))))
    assert not list(records.window_is_retained(of(plan, seen({}))))


def test_offsets_and_subqueries_look_back_too() -> None:
    plan = alert('used.offset("8d").max_over_time("8d").max_over_time("1d", "1h")')
    (finding,) = records.window_is_retained(of(plan, seen({}, retention=16 * 86400.0)))
    assert "looks back 17d" in finding.problem


class Answering(Client):
    """Gives one answer to every question."""

    def __init__(self, body: str) -> None:
        super().__init__("Prometheus", "http://made-up")
        self.body = body

    def ask(self, path: str, form: Form | None = None, accept: str = "application/json") -> Answer:
        return Answer(200, "application/json", self.body.encode())


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("15d", 1_296_000.0), ("1h or 512MB", 3600.0), ("512MB", 0.0), ("", 0.0)],
)
def test_the_retention_is_read_as_prometheus_says_it(said: str, seconds: float) -> None:
    body = f'{{"status": "success", "data": {{"storageRetention": "{said}"}}}}'
    assert Prometheus(Answering(body)).retention() == seconds


def test_a_target_without_a_declared_label_is_found() -> None:
    head = HEAD.replace('["a:80"]', '["a:80"], target_labels=[Label("zone", "Z.", max_values=3)]')
    plan = plan_of(head=head)

    def found(**extra: str) -> list[str]:
        target = ActiveTarget("disks", "a:80", "up", "", {"job": "disks", **extra})
        prometheus = SeenPrometheus((target,), {}, {}, (), (), (), ())
        return [each.problem for each in target_labels_are_planned(of(plan, prometheus))]

    assert found(zone="north") == []
    (problem,) = found()
    assert problem.startswith("target a:80 of job disks has no label 'zone'")
