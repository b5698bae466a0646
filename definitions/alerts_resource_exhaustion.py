"""Alerts on what runs out."""

from __future__ import annotations

from pbmon import Alert, RuleGroup, job

from definitions import node, postgres, redis, workers

group = RuleGroup("resource-exhaustion", "Memory, disk, CPU, connections and queues that run full.")

high_memory_usage = Alert(
    "HighMemoryUsage",
    node.memory_used > 0.90,
    for_="5m",
    severity="critical",
    group=group,
    labels={"component": "memory"},
    summary="{{ $labels.instance }} has {{ $value | humanizePercentage }} of its memory in use.",
    impact=(
        "The kernel soon kills a process, most often the database or a worker in the middle of a"
        " task."
    ),
    action=(
        "Find the largest process on the machine (`docker stats`). A worker that grew: restart it."
        " PostgreSQL: look for many connections. Otherwise give the machine more memory."
    ),
)
high_disk_usage = Alert(
    "HighDiskUsage",
    node.disk_used > 0.85,
    for_="10m",
    severity="warning",
    group=group,
    labels={"component": "disk"},
    summary=(
        "{{ $labels.mountpoint }} on {{ $labels.instance }} is {{ $value | humanizePercentage }}"
        " full."
    ),
    impact="When it is full, PostgreSQL stops accepting writes and uploads fail.",
    action=(
        "Find what grew (`du -xh --max-depth=2`): old images and logs can go (`docker system"
        " prune`), uploads and the database cannot. Then enlarge the volume."
    ),
)
high_cpu_usage = Alert(
    "HighCPUUsage",
    node.cpu_used > 0.90,
    for_="10m",
    severity="warning",
    group=group,
    labels={"component": "cpu"},
    summary="{{ $labels.instance }} uses {{ $value | humanizePercentage }} of its CPU.",
    impact="Everything on the machine slows down: requests, tasks and queries.",
    action=(
        "Find the busiest process on the machine (`docker stats`). Extraction may take all CPU for"
        " minutes: lower its concurrency or move it to a machine of its own."
    ),
)
database_connection_pool_exhausted = Alert(
    "DatabaseConnectionPoolExhausted",
    postgres.connections_used > 0.95,
    for_="2m",
    severity="critical",
    group=group,
    summary="PostgreSQL has {{ $value | humanizePercentage }} of its connections in use.",
    description=(
        "{{ $value | humanizePercentage }} of max_connections are in use, as {{ $labels.instance }}"
        " sees it."
    ),
    impact="The next request that needs a connection fails; soon all of them do.",
    action=(
        "Look at 'Connections by state'. Many idle in transaction: end the oldest"
        " (pg_terminate_backend) and find who forgot to commit. Many active: look for locks. Many"
        " idle: the pools together are larger than max_connections."
    ),
)
redis_memory_high = Alert(
    "RedisMemoryHigh",
    redis.memory_ratio > 0.80,
    for_="5m",
    severity="warning",
    group=group,
    summary="Redis uses {{ $value | humanizePercentage }} of its memory limit.",
    description=(
        "{{ $value | humanizePercentage }} of maxmemory is in use, as {{ $labels.instance }}"
        " sees it."
    ),
    impact=(
        "At the limit Redis throws out keys or refuses writes: cache misses, and tasks that cannot"
        " be queued."
    ),
    action=(
        "Look at 'Keys by database': db 1 is a queue nobody empties, db 2 are results without an"
        " expiry, db 0 is the cache. Then raise maxmemory."
    ),
)
worker_queue_backlog = Alert(
    "WorkerQueueBacklog",
    workers.queue_size.max(by=[job, workers.queue_name]) > 1000,
    for_="10m",
    severity="warning",
    group=group,
    labels={"component": "queue"},
    summary="{{ $value | humanize }} tasks wait in queue {{ $labels.queue_name }}.",
    description=(
        "Queue {{ $labels.queue_name }}, which {{ $labels.job }} empties, has held more than a"
        " thousand tasks for 10 minutes."
    ),
    impact=(
        "What users started now is done late: extraction after minutes or hours, search behind"
        " reality."
    ),
    action=(
        "Compare 'Tasks by outcome' with 'Worker processes': none alive, restart the worker; all"
        " busy, start more; all failing, look at the failures first."
    ),
)
