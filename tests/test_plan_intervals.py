"""What arrives slowly is read over a window that holds it."""

from __future__ import annotations

import json

import pytest
import yaml
from pbmon.errors import DefinitionErrors
from pbmon.plan.paths import PROMETHEUS
from pbmon.render.artifacts import render
from small_projects import PROJECT, SHOP, plan_of

LIT = 'lit = Alert("Lit", lamps > 1, **SAID)'
VISITED = 'visited = Record("job:visits:rate5m", visits.rate("5m").sum(by=[job]))'
MANY = 'many = Alert("Many", visited > 1, **SAID)'
BOARD = (
    'p = Panel("Visits", visits.rate(AUTO), lamps)\n'
    'b = Dashboard("Shop", uid="shop", file="shop", rows=[Row("All", p)])'
)


def slow(interval: str) -> str:
    return SHOP.replace('["shop:80"]', f'["shop:80"], interval="{interval}"')


def problems(*bodies: str, head: str = SHOP, environment: str = "", **modules: str) -> list[str]:
    try:
        plan_of(*bodies, head=head, environment=environment, **modules)
    except DefinitionErrors as errors:
        return [error.problem for error in errors.errors]
    return []


def test_a_sample_outlives_an_interval_of_five_minutes_and_no_longer_one() -> None:
    assert not problems(LIT, head=slow("5m"))
    (problem,) = problems(LIT, head=slow("5m1s"))
    assert problem.startswith("alert Lit reads lamps as it is, but job shop is scraped every 5m1s")


@pytest.mark.parametrize("setting", ["intervals: {shop: 10m}", "scrape_interval: 10m"])
def test_the_interval_of_the_environment_counts(setting: str) -> None:
    (problem,) = problems(LIT, environment=setting)
    assert "job shop is scraped every 10m" in problem
    assert not problems(LIT, head=slow("10m"), environment="intervals: {shop: 1m}")


def test_a_record_arrives_as_often_as_its_group_is_run() -> None:
    assert not problems(VISITED, MANY)
    (problem,) = problems(VISITED, MANY, environment="evaluation_interval: 6m")
    assert problem.startswith("alert Many reads job:visits:rate5m as it is, but its rule is run")
    group = 'g = RuleGroup("g", "G.", interval="6m")'
    (problem,) = problems(group, VISITED.replace("]))", "]), group=g)"), MANY)
    assert "group g is run every 6m" in problem


def test_a_slow_alert_may_read_what_is_fast() -> None:
    assert not problems(
        'g = RuleGroup("g", "G.", interval="10m")', LIT.replace("**", "group=g, **")
    )


def test_only_the_jobs_that_a_selector_means_count() -> None:
    head = SHOP.replace(
        '[Job("shop", ["shop:80"])]',
        '[Job("shop", ["shop:80"]), Job("slow", ["slow:80"], interval="10m")]',
    )
    assert len(problems(LIT, head=head)) == 1
    assert not problems(LIT.replace("lamps", 'lamps.where(job.is_("shop"))'), head=head)


def test_a_rate_has_two_samples_in_its_window() -> None:
    assert not problems(VISITED, head=slow("2m30s"))
    (problem,) = problems(VISITED, head=slow("2m31s"))
    assert "rate() needs two samples in its window" in problem
    assert not problems(LIT.replace("lamps", 'lamps.max_over_time("3m")'), head=slow("3m"))
    (problem,) = problems(LIT.replace("lamps", 'lamps.max_over_time("3m")'), head=slow("4m"))
    assert "max_over_time() needs a sample in its window" in problem


def test_a_panel_asks_no_finer_than_its_slowest_job_is_scraped() -> None:
    def intervals(head: str) -> set[str | None]:
        plan = plan_of(BOARD, head=head)
        (board,) = (file for file in render(plan, "dashboards") if file.path.endswith("shop.json"))
        panel = json.loads(board.text)["panels"][1]
        return {panel.get("interval"), *(target.get("interval") for target in panel["targets"])}

    assert intervals(slow("2m")) == {"2m"}
    assert intervals(SHOP) == {None} == intervals(slow("5s"))


def test_a_job_sends_its_parameters() -> None:
    head = SHOP.replace('["shop:80"]', '["shop:80"], params={"module": "a b", "x[]": "no"}')
    (config,) = (file for file in render(plan_of(head=head), "config") if file.path == PROMETHEUS)
    (job,) = yaml.safe_load(config.text)["scrape_configs"]
    assert job["params"] == {"module": ["a b"], "x[]": ["no"]}


def test_an_environment_may_name_the_targets_of_a_job() -> None:
    head = SHOP.replace(', ["shop:80"]', "")
    assert len(problems(LIT, head=head)) == 1
    assert not problems(LIT, head=head, environment="targets: {shop: ['a:80']}", project=PROJECT)


def test_no_window_is_longer_than_samples_are_kept() -> None:
    project = PROJECT.replace("receivers=", 'retention="15d", receivers=')
    month = LIT.replace("lamps", 'lamps.max_over_time("{}")')
    assert not problems(month.format("15d"), project=project)
    (problem,) = problems(month.format("16d"), project=project)
    assert problem.startswith("alert Lit looks back 16d, but samples are kept for 15d")
    assert not problems(month.format("16d"))
