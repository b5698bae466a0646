"""PostgreSQL and Redis: what everything waits for."""

from __future__ import annotations

from pbmon import AUTO, Dashboard, GaugePanel, Panel, Query, Row, Stat, StateTimeline

from definitions import api, api_labels, postgres, redis
from definitions.alerts_availability import (
    postgres_collector_failing,
    postgres_down,
    postgres_metrics_absent,
    redis_down,
    redis_metrics_absent,
)
from definitions.alerts_resource_exhaustion import (
    database_connection_pool_exhausted,
    redis_memory_high,
)
from definitions.alerts_slow_tasks import cache_operation_slow, db_query_slow

UP_OR_DOWN: dict[float, tuple[str, str]] = {0: ("down", "red"), 1: ("up", "green")}

database_redis = Dashboard(
    "PyBase database and Redis",
    uid="pybase-database-redis",
    file="database-redis",
    description=(
        "Whether PostgreSQL and Redis are up, how full and how fast they are, and what the API"
        " feels of it."
    ),
    rows=[
        Row(
            "Now",
            GaugePanel(
                "Connections used",
                postgres.connections_used,
                alerts=[database_connection_pool_exhausted],
                limits=(0, 1),
                description=(
                    "Connections to PostgreSQL against max_connections. At 100 % new ones are"
                    " refused."
                ),
            ),
            Stat(
                "PostgreSQL cache hits",
                postgres.cache_hit_ratio,
                description=(
                    "Share of blocks found in PostgreSQL's own cache. Below 95 % the working set"
                    " does not fit in shared_buffers."
                ),
            ),
            GaugePanel(
                "Redis memory used",
                redis.memory_ratio,
                alerts=[redis_memory_high],
                limits=(0, 1),
                description="Redis's memory against maxmemory. Empty when Redis has no limit.",
            ),
            Stat(
                "Redis cache hits",
                Query(redis.hit_ratio, "all reads"),
                Query(api.cache_hit_ratio, "the API's cache"),
                description=(
                    "Share of reads that found their key, in all databases and in the API's cache"
                    " alone. It drops after a restart and recovers."
                ),
            ),
            StateTimeline(
                "Reachable",
                Query(postgres.up, "PostgreSQL"),
                Query(redis.up, "Redis"),
                Query(
                    postgres.collector_success.where(postgres.USED_COLLECTORS).min(
                        by=[postgres.collector]
                    ),
                    "collector {{collector}}",
                ),
                alerts=[
                    postgres_down,
                    redis_down,
                    postgres_collector_failing,
                    postgres_metrics_absent,
                    redis_metrics_absent,
                ],
                mappings=UP_OR_DOWN,
                description=(
                    "Whether the exporters can connect, and whether the parts of postgres_exporter"
                    " behind these panels work. An exporter that is down itself leaves a gap."
                ),
            ),
        ),
        Row(
            "PostgreSQL",
            Panel(
                "Connections by state",
                Query(postgres.connections.sum(by=[postgres.state]), "{{state}}"),
                Query(postgres.max_connections.max(), "max_connections"),
                description=(
                    "Idle ones rest in a pool. Many idle in transaction mean code that does not"
                    " commit, and they hold locks."
                ),
            ),
            Panel(
                "Transactions",
                Query(postgres.commits.rate(AUTO).sum(), "committed"),
                Query(postgres.rollbacks.rate(AUTO).sum(), "rolled back"),
                unit="ops",
                description=(
                    "Transactions per second. Rollbacks that rise together with 5xx answers point"
                    " to failing statements."
                ),
            ),
            Panel(
                "Rows",
                Query(postgres.rows_fetched.rate(AUTO).sum(), "fetched"),
                Query(postgres.rows_inserted.rate(AUTO).sum(), "inserted"),
                Query(postgres.rows_updated.rate(AUTO).sum(), "updated"),
                Query(postgres.rows_deleted.rate(AUTO).sum(), "deleted"),
                unit="rowsps",
                description=(
                    "Rows per second. Far more fetched than there are requests for means an index"
                    " is missing."
                ),
            ),
            Panel(
                "Locks by mode",
                Query(postgres.locks.sum(by=[postgres.mode]), "{{mode}}"),
                stacked=True,
                description=(
                    "Locks held. Accessexclusivelock stops every reader: a migration or VACUUM FULL"
                    " takes it."
                ),
            ),
            Panel(
                "Deadlocks",
                Query(postgres.deadlocks.rate(AUTO).sum(by=[postgres.datname]), "{{datname}}"),
                unit="ops",
                description=(
                    "Deadlocks per second; PostgreSQL ends one of the two transactions. Healthy"
                    " is 0."
                ),
            ),
            Panel(
                "Statement time",
                Query(postgres.statement_mean, "mean of a statement"),
                description=(
                    "Mean time of a statement, from pg_stat_statements. Includes the workers'"
                    " statements."
                ),
            ),
            Panel(
                "Busiest statements",
                Query(
                    postgres.statement_time.rate(AUTO)
                    .sum(by=[postgres.datname, postgres.queryid])
                    .topk(8),
                    "{{datname}} {{queryid}}",
                ),
                description=(
                    "Connections that each statement keeps busy. Its text: SELECT query FROM"
                    " pg_stat_statements WHERE queryid = ..."
                ),
            ),
            Panel(
                "Database size",
                Query(postgres.database_size.max(by=[postgres.datname]), "{{datname}}"),
                description=(
                    "Disk space by database. It grows with records; dead rows stay until VACUUM"
                    " frees them."
                ),
            ),
        ),
        Row(
            "What the API feels",
            Panel(
                "SQL statements of the API, p95",
                Query(api.db_query_p95, "all"),
                Query(api.db_query_p95_by_operation, "{{operation}}"),
                alerts=[db_query_slow],
                description=(
                    "95th percentile as the API measures it, waiting for the network included."
                ),
            ),
            Panel(
                "Connection pool of the API",
                Query(api.db_pool_in_use.sum(), "in use"),
                Query(api.db_pool_max.sum(), "size"),
                description=(
                    "Connections that requests hold. At its size requests queue for one, and"
                    " latency rises without slow statements."
                ),
            ),
            Panel(
                "Cache operations of the API, p95",
                Query(api.cache_p95, "all"),
                alerts=[cache_operation_slow],
                description=(
                    "95th percentile as the API measures it. Healthy is a few milliseconds."
                ),
            ),
            Panel(
                "Cache operations of the API",
                Query(
                    api.cache_operations.rate(AUTO).sum(
                        by=[api_labels.cache_operation, api_labels.cache_status]
                    ),
                    "{{operation}} {{status}}",
                ),
                unit="ops",
                description=(
                    "Operations per second by outcome. Any error means the API could not reach"
                    " Redis."
                ),
            ),
        ),
        Row(
            "Redis",
            Panel(
                "Redis memory",
                Query(redis.memory_used.sum(), "in use"),
                Query(redis.memory_max.sum(), "limit"),
                description=(
                    "Memory and maxmemory. A limit of 0 means none, and then the host's memory is"
                    " the limit."
                ),
            ),
            Panel(
                "Commands",
                Query(redis.commands.rate(AUTO).sum(by=[redis.cmd]).topk(8), "{{cmd}}"),
                unit="ops",
                description=(
                    "The eight most frequent commands per second. Brpop are workers that wait for"
                    " tasks."
                ),
            ),
            Panel(
                "Mean time by command",
                Query(redis.command_mean.topk(8), "{{cmd}}"),
                description=(
                    "The eight slowest commands on average. Redis does one at a time: a slow one"
                    " delays all the others."
                ),
            ),
            Panel(
                "p99 by command",
                Query(redis.command_p99.topk(8), "{{cmd}}"),
                description="99th percentile of the eight slowest commands, in microseconds.",
            ),
            Panel(
                "Clients",
                Query(redis.clients.sum(), "connected"),
                Query(redis.blocked_clients.sum(), "blocked"),
                width=8,
                description=(
                    "Connections to Redis. Blocked ones are idle workers that wait for a task."
                ),
            ),
            Panel(
                "Keys by database",
                Query((redis.keys > 0).sum(by=[redis.db]), "{{db}}"),
                width=8,
                description=(
                    "db0 is the cache, db1 Celery's queues, db2 its results. Empty databases are"
                    " left out."
                ),
            ),
            Panel(
                "Keys that left",
                Query(redis.expired.rate(AUTO).sum(), "expired"),
                Query(redis.evicted.rate(AUTO).sum(), "evicted"),
                unit="ops",
                width=8,
                description=(
                    "Expired is normal. Evicted means Redis had to throw out keys for lack of"
                    " memory."
                ),
            ),
        ),
    ],
)
