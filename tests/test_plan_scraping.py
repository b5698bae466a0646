"""A scrape may bring far more than a healthy target exposes, and no more."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml
from pbmon.plan.plan import resolve
from pbmon.plan.rules import ScrapeJob
from pbmon.render.artifacts import render
from small_projects import SHOP, catalog_of

MANY = 'many = Counter("many_total", "Many.", labels=[Label("x", "X.", max_values={}, other="o")])'


def _job(*bodies: str) -> ScrapeJob:
    (job,) = resolve(catalog_of(*bodies)).jobs
    return job


@pytest.mark.parametrize("values", [1, 99, 50_000])
def test_the_limit_is_twice_what_is_declared_and_room_for_what_is_not(values: int) -> None:
    """lamps and visits have 2 series, stay 3 buckets, +Inf, _sum and _count."""
    declared = 2 + 2 + 6 + values + 1
    assert _job(MANY.format(values)).sample_limit == 2 * declared + 100_000


def test_no_limit_is_so_low_that_an_exporter_fails_by_what_nobody_declared() -> None:
    catalog = catalog_of()
    object.__setattr__(catalog.project, "metric_cardinality_limit", 10)
    assert resolve(catalog).jobs[0].sample_limit == 100_000


def test_a_service_without_end_has_a_limit_that_prometheus_reads() -> None:
    assert _job(MANY.format(10**30)).sample_limit == 10**9


@pytest.mark.parametrize(
    ("limit", "samples", "size"), [(0, None, None), (1, 1, "1MB"), (5000, 5000, "5MB")]
)
def test_a_job_may_have_a_limit_of_its_own_or_none(
    limit: int, samples: int | None, size: str | None
) -> None:
    head = SHOP.replace('["shop:80"]', f'["shop:80"], sample_limit={limit}')
    texts = {artifact.path: artifact.text for artifact in render(resolve(catalog_of(head=head)))}
    (job,) = yaml.safe_load(texts["monitoring/prometheus.yml"])["scrape_configs"]
    assert (job.get("sample_limit"), job.get("body_size_limit")) == (samples, size)


@pytest.mark.parametrize("values", [1, 10**30])
def test_each_promtool_reads_the_limits(promtools: Path, tmp_path: Path, values: int) -> None:
    plan = resolve(catalog_of(MANY.format(values)))
    text = next(a.text for a in render(plan) if a.path == "monitoring/prometheus.yml")
    assert "sample_limit: " in text
    (tmp_path / "prometheus.yml").write_text(text)
    done = subprocess.run(
        [promtools, "check", "config", "--syntax-only", tmp_path / "prometheus.yml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
