"""Alerts on answers, tasks and statements that take too long."""

from __future__ import annotations

from pbmon import Alert, RuleGroup, job

from definitions import api, workers

group = RuleGroup("slow-tasks", "Requests, tasks and statements that take longer than users wait.")

slow_api_latency = Alert(
    "SlowAPILatency",
    api.latency_p95 > 2,
    for_="5m",
    severity="warning",
    group=group,
    summary="One request in twenty takes longer than {{ $value | humanizeDuration }}.",
    description=(
        "The 95th percentile of latency of {{ $labels.job }} is {{ $value | humanizeDuration }}"
        " over 5 minutes."
    ),
    impact="PyBase feels slow; views and searches take seconds to open.",
    action=(
        "Open 'Slowest endpoints': one endpoint points to its queries, all of them to the database,"
        " the connection pool or the CPU."
    ),
)
critical_api_latency = Alert(
    "CriticalAPILatency",
    api.latency_p95 > 5,
    for_="2m",
    severity="critical",
    group=group,
    summary="One request in twenty takes longer than {{ $value | humanizeDuration }}.",
    description=(
        "The 95th percentile of latency of {{ $labels.job }} is {{ $value | humanizeDuration }}"
        " over 5 minutes."
    ),
    impact="Users give up; browsers and proxies begin to time out.",
    action=(
        "Look whether the connection pool is used up or a lock holds the database: end the"
        " statement that blocks the others. Roll back the last deploy if it is younger than the"
        " alert."
    ),
    silences=[slow_api_latency],
)
slow_extraction_task = Alert(
    "SlowExtractionTask",
    workers.duration_p95.where(job.is_(workers.EXTRACTION)) > 30,
    for_="10m",
    severity="warning",
    group=group,
    summary="One extraction in twenty takes longer than {{ $value | humanizeDuration }}.",
    description=(
        "The 95th percentile of task duration of {{ $labels.job }} is {{ $value | humanizeDuration"
        " }} over 10 minutes."
    ),
    impact="Users wait for the data of their CAD and PDF files, and the queue grows behind them.",
    action=(
        "See in 'p95 by task' which kind is slow. Werk24 answers from outside: look at its status"
        " page. The others are bound by CPU: look for a very large file, then at the host."
    ),
)
slow_search_index_task = Alert(
    "SlowSearchIndexTask",
    workers.duration_p95.where(job.is_(workers.SEARCH)) > 10,
    for_="10m",
    severity="warning",
    group=group,
    summary="One search task in twenty takes longer than {{ $value | humanizeDuration }}.",
    description=(
        "The 95th percentile of task duration of {{ $labels.job }} is {{ $value | humanizeDuration"
        " }} over 10 minutes."
    ),
    impact="New and changed records appear late in search.",
    action=(
        "See in 'p95 by task' whether refresh_search_indexes runs: it is slow by nature, let it"
        " end. If not, look at the workers' SQL statements on the same dashboard."
    ),
)
slow_export_task = Alert(
    "SlowExportTask",
    workers.duration_p95.where(job.is_(workers.EXPORT)) > 120,
    for_="10m",
    severity="warning",
    group=group,
    summary="One export in twenty takes longer than {{ $value | humanizeDuration }}.",
    description=(
        "The 95th percentile of task duration of {{ $labels.job }} is {{ $value | humanizeDuration"
        " }} over 10 minutes."
    ),
    impact="Users wait for the files that they export, and the queue grows behind them.",
    action=(
        "See in 'p95 by task' whether it is upload_export_to_storage: the object store is slow."
        " If not, look for an export of a very large table, then at the workers' SQL statements."
    ),
)
slow_report_task = Alert(
    "SlowReportTask",
    workers.duration_p95.where(job.is_in(workers.REPORT_GENERATOR, workers.REPORT)) > 300,
    for_="10m",
    severity="warning",
    group=group,
    labels={"component": "reports"},
    summary="One report task in twenty takes longer than {{ $value | humanizeDuration }}.",
    description=(
        "The 95th percentile of task duration of {{ $labels.job }} is {{ $value | humanizeDuration"
        " }} over 10 minutes."
    ),
    impact="Reports arrive late, and those that are due next wait behind them.",
    action=(
        "See in 'p95 by task' which kind is slow. A delivery waits for the mail server; a report"
        " waits for its queries, and a PDF for the CPU."
    ),
)
db_query_slow = Alert(
    "DBQuerySlow",
    api.db_query_p95 > 1,
    for_="5m",
    severity="warning",
    group=group,
    summary="One SQL statement in twenty takes longer than {{ $value | humanizeDuration }}.",
    description=(
        "The 95th percentile of SQL statements of {{ $labels.job }} is {{ $value | humanizeDuration"
        " }} over 5 minutes."
    ),
    impact="Every view that reads many records is slow.",
    action=(
        "Look for locks and long transactions on the database dashboard; then for the statement"
        " that takes most time in pg_stat_statements, and whether it lacks an index."
    ),
)
cache_operation_slow = Alert(
    "CacheOperationSlow",
    api.cache_p95 > 0.1,
    for_="5m",
    severity="warning",
    group=group,
    summary="One cache operation in twenty takes longer than {{ $value | humanizeDuration }}.",
    description=(
        "The 95th percentile of cache operations of {{ $labels.job }} is {{ $value |"
        " humanizeDuration }} over 5 minutes."
    ),
    impact="The cache slows requests down instead of speeding them up.",
    action=(
        "Look at 'Mean time by command' on the Redis part of the dashboard: a slow KEYS or a huge"
        " value blocks all the others. Then at Redis's memory and the host's CPU."
    ),
)
