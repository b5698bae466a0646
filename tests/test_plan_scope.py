"""A selector says whose series it means: by job in rules, by the dashboard's variables
in panels.
"""

from __future__ import annotations

import pytest
from pbmon.errors import DefinitionErrors
from pbmon.expr.text import promql
from pbmon.plan.dashboards import PlannedDashboard
from pbmon.plan.plan import Plan
from small_projects import SHOP, STORE, plan_of

TWO_JOBS = SHOP.replace(
    'jobs=[Job("shop", ["shop:80"])]',
    'jobs=[Job("shop", ["shop:80"]), Job("st.all", ["stall:80"])]',
)
BOTH = "from .store import boxes\n"


def rule(expression: str, *before: str, head: str = SHOP, **modules: str) -> str:
    """The PromQL of an alert with this expression."""
    plan = plan_of(*before, f'a = Alert("A", {expression}, **SAID)', head=head, **modules)
    return promql(next(plan.alerts).expr)


def dashboard(*panels: str, head: str = SHOP, before: str = "", **modules: str) -> PlannedDashboard:
    """A dashboard of panels with these expressions."""
    made = ", ".join(f'Panel("P{number}", {panel})' for number, panel in enumerate(panels))
    return plan_of(
        before,
        f'd = Dashboard("D", uid="d", file="d", rows=[Row("R", {made})])',
        head=head,
        **modules,
    ).dashboards[0]


def queries(planned: PlannedDashboard) -> list[str]:
    return [target.expr for row in planned.rows for panel in row.panels for target in panel.targets]


@pytest.mark.parametrize(
    ("expression", "scoped"),
    [
        ("lamps > 1", 'lamps{job="shop"} > 1'),
        ('lamps.where(room.is_("hall")) > 1', 'lamps{job="shop",room="hall"} > 1'),
        ('visits.rate("5m").sum() > 1', 'sum(rate(visits_total{job="shop"}[5m])) > 1'),
        ('lamps.offset("1h") > 1', 'lamps{job="shop"} offset 1h > 1'),
        ('(lamps + 1).max_over_time("1h") > 1', 'max_over_time((lamps{job="shop"} + 1)[1h:]) > 1'),
        (
            'stay.quantile(0.5, "5m") > 1',
            'histogram_quantile(0.5, sum by (le) (rate(stay_seconds_bucket{job="shop"}[5m]))) > 1',
        ),
        ("lamps.absent()", 'absent(lamps{job="shop"})'),
    ],
)
def test_a_rule_selects_the_jobs_of_the_metrics_service(expression: str, scoped: str) -> None:
    assert rule(expression) == scoped


def test_a_service_of_two_jobs_is_selected_by_both_with_their_names_quoted() -> None:
    assert rule("lamps > 1", head=TWO_JOBS) == 'lamps{job=~"shop|st\\\\.all"} > 1'


@pytest.mark.parametrize(
    ("matcher", "selected"),
    [
        ('job.is_("shop")', 'job="shop"'),
        ('job.matches("sho.*")', 'job=~"sho.*"'),
        ('job.is_in("shop")', 'job=~"shop"'),
    ],
)
def test_a_job_that_the_author_names_is_kept(matcher: str, selected: str) -> None:
    assert rule(f"lamps.where({matcher}) > 1", head=TWO_JOBS) == f"lamps{{{selected}}} > 1"


@pytest.mark.parametrize(
    ("matcher", "selected"),
    [('job.is_not("shop")', 'job!="shop"'), ('job.not_matches("sho.*")', 'job!~"sho.*"')],
)
def test_a_job_that_the_author_excludes_leaves_only_the_others_of_the_service(
    matcher: str, selected: str
) -> None:
    """Without the service's own jobs the selector would find those of strangers."""
    assert (
        rule(f"lamps.where({matcher}) > 1", head=TWO_JOBS)
        == f'lamps{{job=~"shop|st\\\\.all",{selected}}} > 1'
    )


def test_what_prometheus_itself_knows_is_asked_of_every_job() -> None:
    assert rule("up.equals(0)", store=STORE) == 'up{job=~"shop|store"} == 0'
    assert rule("alerts.count() > 0") == "count(ALERTS) > 0"


OTHERS = """\
others = Exporter("mail", version="1", url="https://example.com")
sent = Gauge("mail_sent", "Sent.", observed=others, scoped=False)
held = Gauge("mail_held", "Held.", observed=others, scoped=False)
"""


def test_series_that_are_asked_of_every_job_have_jobs_and_targets() -> None:
    assert rule("sent.sum(by=[job, instance]) > 1", OTHERS) == (
        "sum by (instance, job) (mail_sent >= -Inf) > 1"
    )
    with pytest.raises(DefinitionErrors, match="also has instance, job, which is not matched"):
        rule("promql('mail_sent > on () mail_held')", OTHERS)


def test_a_recorded_series_has_its_jobs_already() -> None:
    assert (
        rule("lit > 1", 'lit = Record("job:lamps:sum", lamps.sum(by=[job]))') == "job:lamps:sum > 1"
    )


def test_a_panel_follows_the_variables_of_the_dashboard() -> None:
    assert queries(dashboard("lamps", "visits.rate(AUTO).sum()")) == [
        'lamps{job=~"$job",instance=~"$instance"}',
        'sum(rate(visits_total{job=~"$job",instance=~"$instance"}[$__rate_interval]))',
    ]


def test_a_panel_on_a_dashboard_of_several_services_keeps_to_its_own() -> None:
    planned = dashboard("lamps", "boxes", before=BOTH, store=STORE)
    assert queries(planned) == [
        'lamps{job="shop",job=~"$job",instance=~"$instance"}',
        'boxes{job="store",job=~"$job",instance=~"$instance"}',
    ]
    assert planned.variables[1].query == 'label_values(up{job=~"shop|store"}, job)'


def test_a_recorded_series_follows_only_the_variables_it_has_labels_for() -> None:
    records = (
        'a = Record("job:lamps:sum", lamps.sum(by=[job]))\nb = Record(":lamps:sum", lamps.sum())\n'
    )
    assert queries(dashboard("a", "b", before=records)) == [
        'job:lamps:sum{job=~"$job"}',
        ":lamps:sum",
    ]


def test_the_jobs_of_a_dashboard_are_found_through_records_of_records() -> None:
    records = BOTH + 'a = Record(":boxes:sum", boxes.sum())\nb = Record(":boxes:more", a * 2)\n'
    planned = dashboard("lamps", "b", before=records, store=STORE)
    assert planned.variables[1].query == 'label_values(up{job=~"shop|store"}, job)'


def test_a_job_that_a_record_names_narrows_what_its_readers_mean() -> None:
    record = 'a = Record(":lamps:sum", lamps.where(job.is_("shop")).sum())'
    assert (
        dashboard("a", head=TWO_JOBS, before=record).variables[1].query
        == 'label_values(up{job="shop"}, job)'
    )


@pytest.mark.parametrize("panel", ["alerts", "constant(1)"])
def test_a_dashboard_of_no_job_has_no_variable_for_jobs_and_no_mark_of_their_restarts(
    panel: str,
) -> None:
    planned = dashboard(panel)
    assert [variable.name for variable in planned.variables] == [
        "datasource"
    ] and planned.annotations == ()


def test_a_hostile_job_name_stays_one_string() -> None:
    head = SHOP.replace('Job("shop"', 'Job("sh\\"op\\\\"')
    assert (
        dashboard("lamps", head=head).variables[1].query
        == 'label_values(up{job="sh\\"op\\\\"}, job)'
    )


def labels_of(plan: Plan) -> dict[str, str]:
    return dict(next(plan.alerts).labels)


def two_services(expression: str) -> Plan:
    """An alert in a project of two services whose jobs agree on the label `team` and differ in
    `tier`.
    """
    head = SHOP.replace('["shop:80"]', '["shop:80"], labels={"team": "red", "tier": "front"}')
    store = STORE.replace('["store:80"]', '["store:80"], labels={"team": "red", "tier": "back"}')
    lit = 'lit = Record(":lamps:sum", lamps.sum())'
    return plan_of(
        BOTH + lit,
        f'a = Alert("A", {expression}, labels={{"part": "x"}}, **SAID)',
        head=head,
        store=store,
    )


@pytest.mark.parametrize(
    ("expression", "labels"),
    [
        ("lamps.sum() > 1", {"team": "red", "tier": "front"}),
        ("boxes.sum() > 1", {"team": "red", "tier": "back"}),
        ("lit > 1", {"team": "red", "tier": "front"}),
        ("lamps.sum() + boxes.sum() > 1", {"team": "red"}),
        ("up.equals(0)", {"team": "red"}),
        ('up.where(job.is_("store")).equals(0)', {"team": "red", "tier": "back"}),
        ("alerts.sum() > 1", {}),
    ],
)
def test_an_alert_carries_the_labels_that_all_its_jobs_agree_on(
    expression: str, labels: dict[str, str]
) -> None:
    assert labels_of(two_services(expression)) == {**labels, "part": "x", "severity": "warning"}


def test_a_label_of_the_alert_wins_over_that_of_its_job() -> None:
    head = SHOP.replace('["shop:80"]', '["shop:80"], labels={"part": "y"}')
    assert (
        labels_of(plan_of('a = Alert("A", lamps > 1, labels={"part": "x"}, **SAID)', head=head))[
            "part"
        ]
        == "x"
    )
