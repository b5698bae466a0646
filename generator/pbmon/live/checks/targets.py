"""Whether Prometheus scrapes the planned targets."""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.finding import Finding
from pbmon.labels import names
from pbmon.live.checks.case import Case
from pbmon.live.seen import ActiveTarget, SeenPrometheus
from pbmon.plan.plan import Plan
from pbmon.plan.rules import ScrapeJob


def target_is_up(case: Case) -> Iterator[Finding]:
    """Every scrape job has as many targets as are planned, and each answers.

    The message holds what Prometheus got instead of metrics.
    """
    for job in case.plan.jobs:
        active = _of(job, case.prometheus)
        if len(active) < len(job.targets):
            counted = (
                f"{_count(len(active), 'target')} in Prometheus, but"
                f" {_count(len(job.targets), 'target')} in the plan"
            )
            yield Finding(
                "target-is-up",
                job.source,
                f"job {job.name} has {counted}, so what runs there is unwatched",
                "see whether Prometheus runs the rendered monitoring/prometheus.yml, or sets this"
                " job's name otherwise",
            )
        for target in active:
            if target.health != "up":
                why = target.error or "it has not been scraped yet"
                yield Finding(
                    "target-is-up",
                    job.source,
                    f"target {target.instance} of job {job.name} is {target.health}: {why}",
                    f"see whether it runs and answers at {job.path}",
                )


def target_labels_are_planned(case: Case) -> Iterator[Finding]:
    """Every target carries the labels that its scrape job adds, and a value of each that it
    declares. It may have more, from discovery or relabelling.
    """
    for job in case.plan.jobs:
        for target in _of(job, case.prometheus):
            missing = [name for name in names(job.target_labels) if not target.labels.get(name)]
            if missing:
                yield Finding(
                    "target-labels-are-planned",
                    job.source,
                    f"target {target.instance} of job {job.name} has no label {missing[0]!r}, so"
                    " what is grouped or selected by it loses its series",
                    f"it has {', '.join(sorted(target.labels))}",
                )
            wrong = {
                name: target.labels.get(name, "")
                for name, value in job.labels
                if target.labels.get(name, "") != value
            }
            if wrong:
                has = ", ".join(f"{name}={value!r}" for name, value in sorted(wrong.items()))
                planned = ", ".join(f"{name}={value!r}" for name, value in job.labels)
                yield Finding(
                    "target-labels-are-planned",
                    job.source,
                    f"target {target.instance} of job {job.name} has {has}, so what asks for its"
                    " planned labels finds nothing",
                    f"planned: {planned}",
                )


def undeclared_targets(plan: Plan, seen: SeenPrometheus) -> list[str]:
    """A note on jobs that Prometheus scrapes and the plan does not know. They are no findings: a
    Prometheus may serve other projects too.
    """
    jobs = sorted({target.job for target in seen.targets} - {job.name for job in plan.jobs})
    return [f"Prometheus also scrapes {', '.join(jobs)}, which no definition names"] if jobs else []


def _of(job: ScrapeJob, seen: SeenPrometheus) -> list[ActiveTarget]:
    return [target for target in seen.targets if target.job == job.name]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("s" if number != 1 else "")
