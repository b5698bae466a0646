"""A running Prometheus, held against the definitions: 2.42 and 3.5."""

from __future__ import annotations

from pathlib import Path

import pytest
from live.conftest import Shop
from live.servers import eventually, fires
from pbmon.live.verification import Report

RARE = frozenset({"shop_refunds_total"})
FAULTS = Path(__file__).with_name("faults.txt")


def test_a_healthy_shop_has_no_finding(healthy: Shop) -> None:
    figures = (
        ("metrics seen", 6, 7),
        ("panels with data", 7, 9),
        ("alerts evaluable", 3, 3),
        ("targets up", 2, 2),
    )
    report = eventually(
        lambda: _look(healthy),
        lambda report: not report.findings and report.coverage.figures == figures,
    )
    assert _text(report, healthy) == ""
    assert report.coverage.figures == figures
    # refunds, which are rare, and the comparison that holds for none
    assert report.coverage.rightly_empty == 2
    assert report.coverage.samples > 0


def test_an_alert_that_fires_is_information(healthy: Shop) -> None:
    report = eventually(lambda: _look(healthy), fires)
    assert [note.partition(" since ")[0] for note in report.notes] == ["ManyBaskets is firing"]


def test_a_metric_that_has_counted_nothing_is_found_unless_it_is_excused(healthy: Shop) -> None:
    eventually(lambda: _look(healthy), lambda report: not report.findings)
    found = [
        finding.problem for finding in healthy.project.look(prometheus=healthy.prometheus).findings
    ]
    assert found == [
        (
            "shop_refunds_total is announced by job shop but has no series: nothing has been"
            " counted since the start"
        ),
        (
            "panel 'Refunds' of 'Shop', query A, shows nothing: there are no series of"
            " shop_refunds_total"
        ),
    ]


def test_every_fault_is_found_and_named(faulty: Shop, request: pytest.FixtureRequest) -> None:
    """A metric missing, another type, label, value, bucket, help; series of nobody; a dead target;
    edited rules; empty panels.
    """
    wanted = FAULTS.read_text("utf-8")
    report = eventually(
        lambda: faulty.project.look(prometheus=faulty.prometheus),
        lambda report: _text(report, faulty) == wanted,
        seconds=12,
    )
    if request.config.getoption("--rewrite"):
        FAULTS.write_text(_text(report, faulty), "utf-8")
    assert _text(report, faulty) == FAULTS.read_text("utf-8")
    assert report.coverage.figures == (
        ("metrics seen", 5, 7),
        ("panels with data", 4, 9),
        ("alerts evaluable", 2, 3),
        ("targets up", 2, 3),
    )


def _look(shop: Shop) -> Report:
    return shop.project.look(prometheus=shop.prometheus, excused=RARE)


def _text(report: Report, shop: Shop) -> str:
    text = "".join(f"{finding}\n" for finding in report.findings)
    return text.replace(shop.address, "SHOP").replace(shop.address.replace(".", "\\\\."), "SHOP")
