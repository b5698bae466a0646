"""A running Alertmanager, held against what was rendered for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from live import servers
from live.conftest import Shop
from live.servers import eventually, fires

RARE = frozenset({"shop_refunds_total"})
EDITED = """\
route:
  receiver: default
  group_by: [job]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 4h
  routes:
    - {receiver: night, matchers: ['severity="critical"'], repeat_interval: 1h}
inhibit_rules: []
receivers: [{name: default}, {name: night}]
"""


def test_what_was_rendered_is_found_in_a_running_alertmanager(healthy: Shop) -> None:
    """Also the alert that fires: it arrives there, at the receiver of its severity."""
    assert healthy.alertmanager
    report = eventually(
        lambda: healthy.project.look(
            prometheus=healthy.prometheus, alertmanager=healthy.alertmanager, excused=RARE
        ),
        lambda report: not report.findings and fires(report),
    )
    assert [str(finding) for finding in report.findings] == []
    assert "firing-alert-arrives" in report.checks


def test_another_configuration_and_a_lost_alert_are_found(
    healthy: Shop, alertmanager_command: list[str], tmp_path: Path
) -> None:
    config = tmp_path / "alertmanager.yml"
    config.write_text(EDITED)
    with servers.alertmanager(
        alertmanager_command, servers.free_port(), config, tmp_path / "am"
    ) as edited:
        eventually(lambda: healthy.project.look(prometheus=healthy.prometheus), fires)
        report = eventually(
            lambda: healthy.project.look(
                prometheus=healthy.prometheus, alertmanager=edited, excused=RARE
            ),
            lambda report: len(report.findings) == 4,
        )
    assert [str(finding).partition("\n")[0] for finding in report.findings] == [
        (
            "definitions/project.py:12: Alertmanager has no receiver pager, so what is planned for"
            " it reaches nobody (receiver-is-configured)"
        ),
        (
            'definitions/project.py:12: Alertmanager has no route of severity=~"critical" to pager'
            " repeated every 1h, so such alerts go elsewhere (route-is-configured)"
        ),
        (
            "definitions/shop.py:61: in Alertmanager OrdersFail does not silence ManyBaskets, so"
            " all of them notify (inhibition-is-configured)"
        ),
        (
            "definitions/shop.py:52: ManyBaskets fires in Prometheus, but Alertmanager does not"
            " have it, so nobody is notified (firing-alert-arrives)"
        ),
    ]


@pytest.mark.parametrize("program", ["newer"], indirect=True)
def test_an_alert_that_goes_to_another_receiver_is_found(
    healthy: Shop, alertmanager_command: list[str], tmp_path: Path
) -> None:
    """Prometheus's own alert is posted to an Alertmanager whose route takes it elsewhere."""
    config = tmp_path / "alertmanager.yml"
    config.write_text(EDITED)
    eventually(lambda: healthy.project.look(prometheus=healthy.prometheus), fires)
    rules = healthy.prometheus.json("/api/v1/alerts")["data"]["alerts"]
    labels = next(
        alert["labels"] for alert in rules if alert["labels"]["alertname"] == "ManyBaskets"
    )
    with servers.alertmanager(
        alertmanager_command, servers.free_port(), config, tmp_path / "am"
    ) as edited:
        servers.post_alert(edited, labels)
        report = eventually(
            lambda: healthy.project.look(
                prometheus=healthy.prometheus, alertmanager=edited, excused=RARE
            ),
            lambda report: any("goes to" in finding.problem for finding in report.findings),
        )
    assert (
        report.findings[-1].problem
        == "ManyBaskets goes to receiver night, but severity critical is planned for pager"
    )
