"""The catalog holds what modules bind to names, once, with its owner; contradictions between
modules are mistakes.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pbmon.catalog.catalog import load
from pbmon.errors import DefinitionErrors, UsageError
from pbmon.expr.text import promql
from pbmon.model.builtin import BUILTIN
from small_projects import PROJECT, SHOP, catalog_of, plan_of


def mistake(*bodies: str, **modules: str) -> str:
    with pytest.raises(DefinitionErrors) as raised:
        catalog_of(*bodies, **modules)
    return str(raised.value)


def test_every_list_is_sorted_by_name() -> None:
    catalog = catalog_of('b = Gauge("b", "B.")\na = Gauge("a", "A.")')
    assert [metric.name for metric in catalog.metrics] == sorted(
        metric.name for metric in catalog.metrics
    )
    assert {"a", "b", "lamps", "visits_total"} <= {metric.name for metric in catalog.metrics}


def test_what_prometheus_always_has_is_there_without_an_owner() -> None:
    catalog = catalog_of()
    assert set(BUILTIN) <= set(catalog.metrics) and {
        catalog.owner(metric) for metric in BUILTIN
    } == {None}


@pytest.mark.parametrize(
    "holder", ["found = [{}]", "found = ({},)", 'found = {{"a": {}}}', "_found = {}"]
)
def test_a_definition_is_found_in_a_name_a_list_a_tuple_and_a_dict(holder: str) -> None:
    assert "doors" in {
        metric.name for metric in catalog_of(holder.format('Gauge("doors", "D.")')).metrics
    }


def test_a_definition_that_is_bound_twice_is_one_and_belongs_to_its_first_module() -> None:
    other = (
        'from pbmon import *\nfrom .shop import lamps\ns = Service("other", jobs=[Job("other",'
        ' ["other:80"])])\nagain = lamps\n'
    )
    catalog = catalog_of("same = lamps", a_first=other)
    (lamps,) = (metric for metric in catalog.metrics if metric.name == "lamps")
    owner = catalog.owner(lamps)
    assert owner is not None and owner.name == "shop"


def test_a_module_without_a_service_owns_nothing() -> None:
    catalog = catalog_of(
        rules=(
            'from pbmon import *\nfrom .shop import lamps\nrecord = Record(":lamps:sum",'
            " lamps.sum())\n"
        )
    )
    assert [catalog.owner(record) for record in catalog.records] == [None]


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ('x = Gauge("lamps", "L.", labels=[room])', "metric lamps is defined a second time\n"),
        ('x = Gauge("lamps", "L.")', "metric lamps is defined a second time, with other labels\n"),
        (
            (
                'x = Counter("lamps_total", "L.")\ny = Gauge("lamps_total", "L.",'
                ' observed=Exporter("e", "1"))'
            ),
            "metric lamps_total is defined a second time, as a gauge instead of a counter\n",
        ),
        (
            'x = Gauge("stay_seconds_count", "S.", observed=Exporter("e", "1"))',
            (
                "metric stay_seconds_count is defined a second time, as a gauge instead of a"
                " histogram\n"
            ),
        ),
        (
            (
                'e = Exporter("e", "1")\nx = Summary("size", "S.", observed=e)\ny ='
                ' Counter("size_sum", "S.", observed=e)'
            ),
            "metric size_sum is defined a second time, as a counter instead of a summary\n",
        ),
        (
            'a = [Alert("A", lamps > n, **SAID) for n in (1, 2)]',
            "alert A (warning) is defined a second time\n",
        ),
        ('a = [RuleGroup("g", "G."), RuleGroup("g", "G.")]', "group g is defined a second time\n"),
        (
            (
                'd = [Dashboard("D", uid="d", file=f, rows=[Row("R", Panel("P", lamps))]) for f in'
                ' ("a", "b")]'
            ),
            "dashboard uid d is defined a second time\n",
        ),
        (
            (
                'd = [Dashboard("D", uid=u, file="d", rows=[Row("R", Panel("P", lamps))]) for u in'
                ' ("a", "b")]'
            ),
            "dashboard file d is defined a second time\n",
        ),
        (
            'r = [Record(":lamps:sum", lamps.sum()), Record(":lamps:sum", lamps.sum())]',
            "metric :lamps:sum is defined a second time\n",
        ),
    ],
)
def test_one_name_stands_for_one_thing(second: str, message: str) -> None:
    assert message in mistake(second)


@pytest.mark.parametrize(
    ("service", "message"),
    [
        ('Service("shop", jobs=[Job("b", ["b:80"])])', "service shop is defined a second time"),
        ('Service("b", jobs=[Job("shop", ["b:80"])])', "job shop is defined a second time"),
        (
            'Service("b", jobs=[Job("b", ["b:80"])], module="shop.py")',
            "module shop.py is defined a second time",
        ),
    ],
)
def test_two_services_share_no_name_job_or_module(service: str, message: str) -> None:
    assert message in mistake(b=f"from pbmon import *\ns = {service}\n")


@pytest.mark.parametrize(
    "name", ["house:lamps:sum", ":lamps", "__lamps", "lamps_total", "lamps_count", "Lamps_seconds"]
)
def test_an_observed_metric_keeps_the_name_that_others_gave_it(name: str) -> None:
    lamps = f'x = Gauge("{name}", "L.", unit="bytes", observed=Exporter("e", "1"))'
    (alert,) = plan_of(lamps, 'a = Alert("A", x > 1, **SAID)').alerts
    assert promql(alert.expr) == f'{name}{{job="shop"}} > 1'


def test_a_metric_of_prometheus_itself_cannot_be_defined_again() -> None:
    said = mistake('x = Gauge("up", "U.", observed=Exporter("e", "1"))')
    assert "help: every Prometheus has it: import it from pbmon; Job(target_labels=" in said


def test_a_file_has_one_service() -> None:
    message = mistake('other = Service("other", jobs=[Job("other", ["other:80"])])')
    assert (
        "definitions/shop.py:9: a second service stands in this file, so it is unclear whether"
        " its metrics belong to shop" in message
    )


def test_a_project_is_asked_for_where_none_is() -> None:
    assert "no module defines a Project" in mistake(project="x = 1\n")


@pytest.mark.parametrize(
    ("receivers", "problem"),
    [
        (
            'Receiver(name="default", severities=["info"])',
            "receiver 'default' is there twice, so Alertmanager does not start",
        ),
        (
            'Receiver(name="a", severities=["info"]), Receiver(name="a", severities=["info"])',
            "receiver 'a' is there twice",
        ),
        (
            'Receiver(name="a", severities=[])',
            "receiver 'a' has no severity, so nothing reaches it",
        ),
    ],
)
def test_each_receiver_has_a_name_of_its_own_and_something_to_receive(
    receivers: str, problem: str
) -> None:
    assert problem in mistake(project=PROJECT.replace("[pager]", f"[{receivers}]"))


@pytest.mark.parametrize("name", ["a-b", "", "1a", "__a", "a: b\\n", "é"])
def test_a_label_that_prometheus_refuses_is_a_mistake_wherever_it_is_set(name: str) -> None:
    refused = f"sets label {name!r}, which Prometheus refuses".replace("\\\\", "\\")
    assert refused in mistake(f'a = Alert("A", lamps > 1, labels={{"{name}": "x"}}, **SAID)')
    assert refused in mistake(
        other=(
            f'from pbmon import *\ns = Service("o", jobs=[Job("o", ["o:80"], labels={{"{name}":'
            ' "x"})])\n'
        )
    )
    assert refused in mistake(
        project=PROJECT.replace("receivers=", f'external_labels={{"{name}": "x"}}, receivers=')
    )


@pytest.mark.parametrize("name", ["severity", "alertname"])
def test_an_alert_does_not_set_what_pbmon_sets(name: str) -> None:
    assert f"A sets label {name!r} a second time" in mistake(
        f'a = Alert("A", lamps > 1, labels={{"{name}": "x"}}, **SAID)'
    )


@pytest.mark.parametrize(
    ("expression", "fires_only_sometimes"),
    [
        ("lamps > 1", True),
        ("lamps.equals(0)", True),
        ("lamps.absent()", True),
        ("lamps.and_(lamps)", True),
        ("lamps.unless(lamps)", True),
        ("(lamps > 1).or_(lamps < 0)", True),
        ("either(lamps > 1, lamps < 0)", True),
        ("lamps.absent().or_(lamps.sum() > 3)", True),
        ("lamps.or_(lamps)", False),
        ("lamps", False),
        ("either(lamps > 1, lamps)", False),
        ("(lamps > 1) * 100", True),
        ("lamps * 100", False),
    ],
)
def test_an_alert_needs_a_condition(expression: str, fires_only_sometimes: bool) -> None:
    body = f'a = Alert("A", {expression}, **SAID)'
    if fires_only_sometimes:
        assert len(catalog_of(body).alerts) == 1
    else:
        assert "A has no condition, so it fires whenever the expression has a value" in mistake(
            body
        )


@pytest.mark.parametrize("number", ["nan", "inf", "-inf"])
def test_a_comparison_that_never_changes_is_a_mistake(number: str) -> None:
    assert "definitions/shop.py:9: nothing is ever" in mistake(
        f'a = Alert("A", lamps > float("{number}"), **SAID)'
    )


@pytest.mark.parametrize(
    "text", ["{{ $labels.severity }}", "{{ $labels.team }}", '{{ index $labels "team" }}']
)
def test_a_template_prints_labels_of_the_series_only(text: str) -> None:
    """Prometheus fills `$labels` before it adds the labels of the rule (seen with promtool 2.42 and
    3.5).
    """
    assert "which its expression does not keep" in mistake(
        f"said = dict(SAID, summary={text!r})",
        'a = Alert("A", lamps > 1, labels={"team": "x"}, **said)',
    )


@pytest.mark.parametrize("text", ["{{ $value", "{{", "a }} {{ ", "{{ $value }} {{ $labels.job"])
def test_a_template_that_is_not_closed_is_a_mistake(text: str) -> None:
    assert "a text that Prometheus does not load: an action is not closed" in mistake(
        f"said = dict(SAID, action={text!r})", 'a = Alert("A", lamps > 1, **said)'
    )


@pytest.mark.parametrize(
    "text",
    [
        "}} {",
        "{{ $value }}",
        '{{ "}" }}',
        "{ { }",
        "{{ $labels.job }}{{ $value }}",
        "{{\n$value\n}}",
    ],
)
def test_a_template_that_is_closed_is_accepted(text: str) -> None:
    assert catalog_of(
        f"said = dict(SAID, action={text!r})", 'a = Alert("A", lamps > 1, **said)'
    ).alerts


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("lamps +", "does not parse"),
        ("sum(doors)", "promql() reads 'doors', which `uses` does not name"),
        ('lamps{floor="1"}', "lamps has no label 'floor'"),
        ('lamps{room="attic"}', "label 'room' has no value 'attic'"),
        ("vector(1)", "promql() names 'lamps' in `uses`, which its text does not read"),
    ],
)
def test_promql_as_text_is_held_against_the_definitions(text: str, problem: str) -> None:
    assert problem in mistake(f"x = Record(':lamps:x', promql({text!r}, labels=[], uses=[lamps]))")


def test_a_folder_that_is_not_there_is_a_mistake_of_the_call(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no definitions folder nowhere/"):
        load(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (
            'a = Alert("A", lamps.sum() > 1, group=RuleGroup("g", "G."), **SAID)',
            "alert A stands in group g, which no module binds to a name",
        ),
        (
            'a = Alert("A", Record(":lamps:sum", lamps.sum()) > 1, **SAID)',
            "alert A reads :lamps:sum, which no module binds to a name",
        ),
        (
            'a = Alert("A", Gauge("doors", "D.") > 1, **SAID)',
            "alert A reads doors, which no module binds to a name",
        ),
        (
            'a = Alert("A", lamps > 1, silences=[Alert("B", lamps > 2, **SAID)], **SAID)',
            "A silences B, which no module binds to a name",
        ),
        (
            'a = Alert("A", lamps.where(job.is_("shops")) > 1, **SAID)',
            "lamps is asked for job 'shops', which does not exist",
        ),
        (
            'a = Alert("A", lamps.where(job.matches("sho")) > 1, **SAID)',
            "lamps is asked for job 'sho', which does not exist",
        ),
        (
            'a = Alert("A", (alerts.where(alertname.is_("Z")).count() > 1), **SAID)',
            "ALERTS is asked for alertname 'Z', which does not exist",
        ),
        (
            (
                'd = Dashboard("D", uid="d", file="d", rows=[Row("R", Panel("P", Gauge("doors",'
                ' "D.")))])'
            ),
            "panel 'P' reads doors, which no module binds",
        ),
    ],
)
def test_nothing_is_named_that_does_not_exist(body: str, problem: str) -> None:
    with pytest.raises(DefinitionErrors) as raised:
        plan_of(body)
    assert problem in str(raised.value) and str(raised.value).startswith("definitions/shop.py:9: ")


def test_the_small_projects_plan_without_a_mistake() -> None:
    assert SHOP and [job.name for job in plan_of().jobs] == ["shop"]


@pytest.mark.parametrize("field", ["runbook_url", "grafana_url", "prometheus_url"])
@pytest.mark.parametrize(
    "url", ["", "runbooks/", "ftp://a", "https://", "https:// a", "https://a\\n"]
)
def test_an_address_that_leads_nowhere_is_a_mistake(field: str, url: str) -> None:
    project = (
        PROJECT.replace("https://example.com/runbooks", url)
        if field == "runbook_url"
        else PROJECT.replace("receivers=", f'{field}="{url}", receivers=')
    )
    assert f"{field} {url!r} leads nowhere".replace("\\\\", "\\") in mistake(project=project)


@pytest.mark.parametrize(
    "target",
    ["shop", "shop:", ":80", "http://shop:80", "sh op:80", "shop:99999", "shop:٨٠", "shop:80/x"],
)
def test_a_target_that_cannot_be_scraped_is_a_mistake(target: str) -> None:
    other = f'from pbmon import *\ns = Service("o", jobs=[Job("o", ["{target}"])])\n'
    assert f"target {target!r} of job o is no address that Prometheus scrapes" in mistake(
        other=other
    )


@pytest.mark.parametrize("target", ["shop:80", "127.0.0.1:65535", "[::1]:9090", "a.b-c_d:1"])
def test_a_target_of_host_and_port_is_accepted(target: str) -> None:
    assert catalog_of(
        other=f'from pbmon import *\ns = Service("o", jobs=[Job("o", ["{target}"])])\n'
    ).jobs == ("o", "shop")


def test_a_broken_pattern_of_label_replace_is_a_mistake_for_promtool_does_not_see_it() -> None:
    assert "'(' is not a regular expression" in mistake(
        'a = Record("instance_job_room:lamps:x", lamps.label_replace(room, "$1", job, "("))'
    )


def test_a_folder_called_pbmon_would_hide_pbmon_itself(tmp_path: Path) -> None:
    (tmp_path / "pbmon").mkdir()
    with pytest.raises(UsageError, match="folder 'pbmon' cannot be imported as a package"):
        load(tmp_path / "pbmon")


@pytest.mark.parametrize(
    "path",
    [
        "src/my-shop/metrics.py",
        "src/shop/metrics",
        "src/class/metrics.py",
        "src/import.py",
        "src/my shop/metrics.py",
        "/src/metrics.py",
        "../metrics.py",
        "src/../metrics.py",
        "./metrics.py",
        "src//metrics.py",
        "src/2shop/metrics.py",
        "C:\\\\metrics.py",
        "src/métrics.py",
        "src/a.b.py",
        ".py",
    ],
)
@pytest.mark.parametrize(
    "made",
    [
        'Service("o", jobs=[Job("o", ["o:80"])], module={path})',
        'MetricsEndpoint(path={path}, settings="a.py")',
        'MetricsEndpoint(path="a.py", settings={path})',
    ],
)
def test_a_generated_module_that_python_could_not_import_is_a_mistake(made: str, path: str) -> None:
    quoted = f'"{path}"'
    assert "no Python module of the app, so nothing could import it" in mistake(
        other=f"from pbmon import *\ns = {made.format(path=quoted)}\n"
    )
