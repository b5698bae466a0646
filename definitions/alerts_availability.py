"""Alerts on targets that are down and on metrics that are gone.

Without them a broken scrape looks like a quiet system: every other alert is silent when its series
are missing. The generated modules begin every series with a closed set of labels at 0, so what is
missing here is missing for good; only series by endpoint and by queue appear with the first request
and the first look at the queue.
"""

from __future__ import annotations

from pbmon import Alert, RuleGroup, either, instance, job, up

from definitions import api, node, postgres, prometheus, redis, workers
from definitions.alerts_resource_exhaustion import (
    database_connection_pool_exhausted,
    high_cpu_usage,
    high_disk_usage,
    high_memory_usage,
    redis_memory_high,
)

group = RuleGroup("availability", "Targets that are down and metrics that are gone.")

_services = (api, workers, postgres, redis, node, prometheus)
_jobs = [job_.name for module in _services for job_ in module.service.jobs]

api_metrics_absent = Alert(
    "APIMetricsAbsent",
    up.where(job.is_("pybase-api"))
    .equals(1)
    .unless(
        api.websockets.and_(api.db_query_p95.on(job)).and_(api.cache_p95.on(job)).on(job, instance)
    ),
    for_="5m",
    severity="warning",
    group=group,
    summary="{{ $labels.instance }} answers its scrapes but exposes not all of the API's metrics.",
    description=(
        "Open WebSockets, SQL statements or cache operations of {{ $labels.instance }} are not"
        " among its metrics."
    ),
    impact="The API is not watched: some of its alerts cannot fire.",
    action=(
        "Read its metrics endpoint (`curl -s localhost:8000/api/v1/metrics`). Without pybase's"
        " metrics, prometheus_enabled is off or the module is not imported; with others,"
        " definitions and app are of different versions."
    ),
)
api_requests_absent = Alert(
    "APIRequestsAbsent",
    up.where(job.is_("pybase-api"))
    .equals(1)
    .unless(api.request_rate.and_(api.latency_p95).on(job)),
    for_="15m",
    severity="warning",
    group=group,
    summary="{{ $labels.instance }} is up but has not counted and timed a single request.",
    description=(
        "http_requests_total or http_request_duration_seconds of {{ $labels.job }} has no series,"
        " though even a health check is a request."
    ),
    impact=(
        "Either nobody can reach the API, or its requests are not counted and its error and latency"
        " alerts cannot fire."
    ),
    action=(
        "Send a request to any endpoint and look for both metrics in the metrics endpoint: if one"
        " is missing there, the middleware is not installed; if both are there, look at the proxy"
        " in front."
    ),
)
worker_metrics_absent = Alert(
    "WorkerMetricsAbsent",
    up.where(job.is_in(*(job_.name for job_ in workers.service.jobs)))
    .equals(1)
    .unless(
        workers.active_workers.and_(workers.task_rate.on(job))
        .and_(workers.duration_p95.on(job))
        .on(job, instance)
    ),
    for_="5m",
    severity="warning",
    group=group,
    labels={"component": "metrics"},
    summary="{{ $labels.job }} answers its scrapes but exposes not all of the workers' metrics.",
    description=(
        "Processes, tasks or their durations of {{ $labels.instance }} are not among its metrics."
    ),
    impact="The worker is not watched: some of its alerts cannot fire.",
    action=(
        "See whether PROMETHEUS_MULTIPROC_DIR is set and writable in the container; without it the"
        " metrics of Celery's child processes never reach the endpoint."
    ),
)
scheduled_task_missing = Alert(
    "ScheduledTaskMissing",
    workers.scheduled_runs < 1,
    for_="15m",
    severity="warning",
    group=group,
    labels={"component": "scheduled-tasks"},
    summary="{{ $labels.task_type }} has not run for an hour.",
    description=(
        "Celery beat starts {{ $labels.task_type }} every few minutes, but {{ $labels.job }} has"
        " not ended it with success for an hour."
    ),
    impact="What is done on schedule is not: reports are not sent, expired data stays.",
    action=(
        "See whether Celery beat runs: nothing scrapes it. If it does, see in 'Tasks by outcome'"
        " whether the task fails, and in 'Queue sizes' whether it waits."
    ),
)
postgres_metrics_absent = Alert(
    "PostgresMetricsAbsent",
    up.where(job.is_("postgres")).equals(1).unless(postgres.connections_used.on(job, instance)),
    for_="5m",
    severity="warning",
    group=group,
    summary="{{ $labels.instance }} answers its scrapes but exposes no connections of PostgreSQL.",
    impact="The database is not watched: its connection alert cannot fire.",
    action=(
        "Give the exporter's user pg_monitor (`GRANT pg_monitor TO ...`) and read the exporter's"
        " log."
    ),
)
postgres_collector_failing = Alert(
    "PostgresCollectorFailing",
    postgres.collector_success.where(postgres.USED_COLLECTORS).equals(0),
    for_="10m",
    severity="warning",
    group=group,
    summary="postgres_exporter cannot collect {{ $labels.collector }}.",
    description="Part {{ $labels.collector }} of {{ $labels.instance }} has failed for 10 minutes.",
    impact="Panels that show it are empty, which looks like a quiet database.",
    action=(
        "stat_statements needs `CREATE EXTENSION pg_stat_statements` in the connected database and"
        " shared_preload_libraries; the others need pg_monitor. The exporter's log names the cause."
    ),
)
redis_metrics_absent = Alert(
    "RedisMetricsAbsent",
    up.where(job.is_("redis"))
    .equals(1)
    .unless(redis.memory_used.and_(redis.memory_max).on(job, instance)),
    for_="5m",
    severity="warning",
    group=group,
    summary="{{ $labels.instance }} answers its scrapes but exposes no memory of Redis.",
    impact="Redis is not watched: its memory alert cannot fire.",
    action=(
        "See whether the exporter's user may run INFO (`ACL SETUSER ... +info`) and read the"
        " exporter's log."
    ),
)
node_metrics_absent = Alert(
    "NodeMetricsAbsent",
    up.where(job.is_("node"))
    .equals(1)
    .unless(
        node.memory_used.and_(node.cpu_used.on(job, instance))
        .and_(node.disk_used.on(job, instance))
        .on(job, instance)
    ),
    for_="5m",
    severity="warning",
    group=group,
    summary=(
        "{{ $labels.instance }} answers its scrapes but does not expose the memory, disks and CPU"
        " of the machine."
    ),
    impact="Memory, disk and CPU are not watched: their alerts cannot fire.",
    action=(
        "See whether /proc, /sys and / of the host are mounted into the exporter's container and"
        " --path.rootfs is set."
    ),
)
postgres_down = Alert(
    "PostgresDown",
    postgres.up.equals(0),
    for_="1m",
    severity="critical",
    group=group,
    summary="PostgreSQL does not answer.",
    description="{{ $labels.instance }} runs but cannot connect to PostgreSQL.",
    impact="Nothing works: every request that reads or writes a record fails.",
    action=(
        "See whether the container runs and what its log says last (`docker compose logs"
        " postgres`): full disk, wrong password, or still recovering after a crash, which needs"
        " patience only."
    ),
    silences=[
        database_connection_pool_exhausted,
        postgres_metrics_absent,
        postgres_collector_failing,
    ],
)
redis_down = Alert(
    "RedisDown",
    redis.up.equals(0),
    for_="1m",
    severity="critical",
    group=group,
    summary="Redis does not answer.",
    description="{{ $labels.instance }} runs but cannot reach Redis.",
    impact="No task can be queued, nothing is cached, and live updates stop.",
    action=(
        "See whether the container runs and what its log says last (`docker compose logs redis`):"
        " killed for memory, or loading its file after a restart."
    ),
    silences=[redis_memory_high, redis_metrics_absent],
)
target_down = Alert(
    "TargetDown",
    up.where(job.is_in(*_jobs)).equals(0),
    for_="2m",
    severity="critical",
    group=group,
    labels={"service": "prometheus", "component": "targets"},
    summary="{{ $labels.job }} at {{ $labels.instance }} cannot be scraped.",
    description=(
        "Prometheus has not been able to read the metrics of {{ $labels.instance }} for 2 minutes."
    ),
    impact="The process is down, or it runs unwatched: none of its other alerts can fire.",
    action=(
        "See whether it runs (`docker compose ps`) and answers (`curl` its address from"
        " Prometheus's machine). The page /targets of Prometheus shows the error."
    ),
    # Only alerts that name the instance: another instance of the same job may well have a problem
    # of its own.
    silences=[
        postgres_down,
        redis_down,
        postgres_collector_failing,
        postgres_metrics_absent,
        redis_metrics_absent,
        high_memory_usage,
        high_disk_usage,
        high_cpu_usage,
        database_connection_pool_exhausted,
        redis_memory_high,
    ],
)
job_absent = Alert(
    "JobAbsent",
    either(*(up.where(job.is_(name)).absent() for name in _jobs)).equals(1),
    for_="5m",
    severity="critical",
    group=group,
    labels={"service": "prometheus", "component": "targets"},
    summary="Prometheus has no target in job {{ $labels.job }}.",
    impact="A whole service is unwatched, and TargetDown cannot tell: there is nothing to be down.",
    action=(
        "Look for the job in Prometheus's configuration: a target list that is empty, a file of"
        " targets that is not mounted, or a job under another name."
    ),
)
