"""Routes that take nothing, and alerts that nobody hears of, are told."""

from __future__ import annotations

from pathlib import Path

import pytest
from audited_files import alert, look, rules

ALERTS = rules(alert("up == 0", labels={"severity": "page"}))
TELLING = "receivers: [{name: till, webhook_configs: [{url: x}]}, {name: nobody}]\n"


def manager(top: str, *routes: str) -> str:
    listed = "".join(f"  - {route}\n" for route in routes)
    return f"route:\n  receiver: {top}\n  routes:\n{listed}{TELLING}"


ROUTES = {
    "one that takes it": (manager("till", "{receiver: till, matchers: ['severity=page']}"), []),
    "one for another severity": (
        manager("till", "{receiver: till, matchers: ['severity=\"info\"']}"),
        ["route-is-reached"],
    ),
    "in the old words": (
        manager("till", "{receiver: till, match_re: {severity: info|debug}}"),
        ["route-is-reached"],
    ),
    "by a label that series may have": (
        manager("till", "{receiver: till, matchers: ['team=\"till\"']}"),
        [],
    ),
    "several matchers in one text": (
        manager("till", '{receiver: till, matchers: [\'{severity="page",x=~"a,b"}\']}'),
        [],
    ),
    "behind one that takes all": (
        manager("till", "{receiver: till}", "{receiver: nobody, matchers: ['severity=page']}"),
        ["route-is-reached"],
    ),
    "behind one that goes on": (
        manager(
            "till",
            "{receiver: till, continue: true}",
            "{receiver: nobody, matchers: ['severity=page']}",
        ),
        [],
    ),
    "to nowhere": (manager("till", "{receiver: gone}"), ["receiver-exists"]),
    "by what is no matcher": (
        manager("till", "{receiver: till, matchers: ['severity=~\"(\"']}"),
        ["matcher-is-read"],
    ),
    "to nobody by default": (manager("nobody"), ["alert-reaches-somebody"]),
    "to nobody on purpose": (
        manager("nobody", "{receiver: nobody, matchers: ['severity=page']}"),
        [],
    ),
}


@pytest.mark.parametrize(("text", "told"), ROUTES.values(), ids=ROUTES)
def test_routes_are_held_against_the_alerts(text: str, told: list[str], tmp_path: Path) -> None:
    report = look(tmp_path, {"a.yml": ALERTS, "alertmanager.yml": text})
    assert [finding.check for finding in report.findings] == told


def test_a_prometheus_that_knows_no_alertmanager_is_told(tmp_path: Path) -> None:
    configuration = "scrape_configs: []\nrule_files: [a.yml]\n"
    report = look(tmp_path, {"a.yml": ALERTS, "p.yml": configuration})
    assert [finding.check for finding in report.findings] == ["alert-reaches-somebody"]
    other = configuration.replace("rule_files", "remote_write")
    assert look(tmp_path, {"a.yml": ALERTS, "p.yml": other}).findings == (), "a ruler's alerts"
    named = configuration + "alerting: {alertmanagers: [{static_configs: [{targets: [a]}]}]}\n"
    assert look(tmp_path, {"a.yml": ALERTS, "p.yml": named}).findings == ()
