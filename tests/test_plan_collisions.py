"""Labels of one name from two hands are a mistake where they meet, and nowhere else."""

from __future__ import annotations

import pytest
from pbmon.errors import DefinitionErrors
from pbmon.plan.plan import Plan
from small_projects import PROJECT, SHOP, plan_of

EXTERNAL = PROJECT.replace("receivers=", 'external_labels={"cluster": "a"}, receivers=')
LIT = 'lit = Alert("Lit", lamps > 1, **SAID)'
DOWN = 'down = Alert("Down", up.where(job.is_("shop")).equals(0), silences=[lit], **SAID)'

BOARD = (
    'b = Dashboard("B", uid="b", file="b", rows=[Row("R", Panel("V", Query(version, "{{pid}}")))])'
)


def mistakes(*bodies: str, head: str = SHOP, project: str = PROJECT) -> list[str]:
    """What is wrong with the module, without the help."""
    try:
        plan_of(*bodies, head=head, project=project)
    except DefinitionErrors as errors:
        return [f"{error.source}: {error.problem}" for error in errors.errors]
    return []


def of_project(labels: str) -> str:
    return PROJECT.replace("receivers=", f"external_labels={labels}, receivers=")


def test_an_alert_does_not_carry_a_label_that_is_also_external() -> None:
    assert not mistakes(LIT, project=EXTERNAL)
    (kept,) = mistakes(LIT, project=of_project('{"room": "x"}'))
    assert kept == (
        "definitions/shop.py:9: Lit has label 'room', and so do the external labels: Prometheus"
        " keeps the alert's, so Alertmanager routes and inhibits by another value"
    )
    own = LIT.replace("**", 'labels={"cluster": "b"}, **')
    assert len(mistakes(own, project=EXTERNAL)) == 1
    assert not mistakes(own.replace('"b"', '"a"'), project=EXTERNAL)


@pytest.mark.parametrize("name", ["alertname", "instance", "job", "severity"])
def test_an_external_label_is_not_one_that_alerts_have_anyway(name: str) -> None:
    (mistake,) = mistakes(project=of_project(f'{{"{name}": "x"}}'))
    assert mistake.startswith("definitions/project.py:4: external label")


def test_a_target_label_has_the_value_of_the_external_label() -> None:
    head = SHOP.replace('["shop:80"]', '["shop:80"], labels={"cluster": "b"}')
    (mistake,) = mistakes(head=head, project=EXTERNAL)
    assert mistake.startswith("definitions/shop.py:4: job shop sets label 'cluster' to 'b'")
    assert not mistakes(head=head.replace('"b"', '"a"'), project=EXTERNAL)


def equal(plan: Plan) -> tuple[str, ...]:
    (inhibition,) = plan.inhibitions
    return inhibition.equal


def test_inhibition_compares_the_external_labels_too() -> None:
    assert equal(plan_of(LIT, DOWN)) == ("instance", "job")
    assert equal(plan_of(LIT, DOWN, project=EXTERNAL)) == ("cluster", "instance", "job")
    laid_over = plan_of(LIT, DOWN, environment="external_labels: {zone: x}", project=EXTERNAL)
    assert equal(laid_over) == ("cluster", "instance", "job", "zone")


def test_a_gauge_of_each_process_carries_pid() -> None:
    gauge = 'version = Gauge("version", "V.", multiprocess_mode="{}")'
    alert = 'old = Alert("Old", (lamps.max(by=[job, instance]) - version) > 0, **SAID)'
    assert not mistakes(gauge.format("max"), alert)
    for mode in ("all", "liveall"):
        (mistake,) = mistakes(gauge.format(mode), alert)
        assert "instance, job and instance, job, pid" in mistake
        assert not mistakes(
            gauge.format(mode), alert.replace("version", "version.min(by=[job, instance])")
        )
        assert not mistakes(gauge.format(mode), BOARD)
    observed = (
        'version = Gauge("version", "V.", observed=Exporter("x", "1"), multiprocess_mode="all")'
    )
    assert not mistakes(observed, alert)


def test_such_a_gauge_has_no_label_pid_of_its_own() -> None:
    own = 'v = Gauge("v", "V.", labels=[Label("pid", "P.", values=("1",))], multiprocess_mode="{}")'
    assert not mistakes(own.format("sum"))
    (mistake,) = mistakes(own.format("all"))
    assert "v sets label 'pid' itself, which the client sets on a gauge of each process" in mistake
