"""PostgreSQL, as postgres_exporter sees it. Counters from pg_stat_database carry no
`_total` there.
"""

from __future__ import annotations

from pbmon import Counter, Exporter, Gauge, Job, Label, Record, Service, instance, job

exporter = Exporter(
    "postgres_exporter",
    version="0.19.1",
    # Needs the extension pg_stat_statements in the connected database and a user with pg_monitor.
    flags=["--collector.stat_statements"],
    url="https://github.com/prometheus-community/postgres_exporter",
)
service = Service(
    "postgres",
    "PostgreSQL with the database pybase: everything that users keep.",
    owner="platform",
    jobs=[
        Job(
            "postgres",
            ["postgres-exporter:9187"],
            labels={"service": "postgres", "component": "database"},
        )
    ],
    exporter=exporter,
)

server = Label("server", "Address of the PostgreSQL server.", max_values=1)
datid = Label("datid", "Object id of the database.", max_values=6)
datname = Label("datname", "Database.", max_values=6)
user = Label("user", "Role that ran the statement.", max_values=4)
queryid = Label("queryid", "Hash of the statement without its constants.", max_values=500)
collector = Label("collector", "Part of the exporter.", max_values=30)
# Those whose metrics stand below; a part that has nothing to report counts as failed.
USED_COLLECTORS = collector.is_in("database", "locks", "stat_database", "stat_statements")
mode = Label(
    "mode",
    "Lock mode.",
    values=(
        "accesssharelock", "rowsharelock", "rowexclusivelock", "shareupdateexclusivelock",
        "sharelock",
        "sharerowexclusivelock", "exclusivelock", "accessexclusivelock", "sireadlock",
    ),
)  # fmt: skip
state = Label(
    "state",
    "What the connection is doing.",
    values=(
        "active", "idle", "idle in transaction", "idle in transaction (aborted)",
        "fastpath function call", "disabled",
    ),
)  # fmt: skip
_connection = [
    datname,
    server,
    state,
    Label("application_name", "What the client calls itself.", max_values=4),
    Label("backend_type", "Kind of server process.", max_values=3),
    Label("usename", "Role that is connected.", max_values=3),
    Label("wait_event", "What the connection waits for.", max_values=8),
    Label("wait_event_type", "Kind of what it waits for.", max_values=4),
]

up = Gauge(
    "pg_up",
    "1 while the exporter can connect to PostgreSQL.",
    unit="bool_yes_no",
    observed=exporter,
)
collector_success = Gauge(
    "pg_scrape_collector_success",
    "1 while this part of the exporter works; it is all that tells of a missing extension.",
    labels=[collector],
    unit="bool_yes_no",
    observed=exporter,
)
backends = Gauge(
    "pg_stat_database_numbackends",
    "Connections.",
    labels=[datid, datname],
    unit="short",
    observed=exporter,
)
max_connections = Gauge(
    "pg_settings_max_connections",
    "Connections the server accepts.",
    labels=[server],
    unit="short",
    observed=exporter,
)
connections = Gauge(
    "pg_stat_activity_count",
    "Connections by what they are doing.",
    labels=_connection,
    unit="short",
    observed=exporter,
)
blocks_hit = Counter(
    "pg_stat_database_blks_hit",
    "Blocks found in the cache.",
    labels=[datid, datname],
    observed=exporter,
)
blocks_read = Counter(
    "pg_stat_database_blks_read",
    "Blocks read from disk.",
    labels=[datid, datname],
    observed=exporter,
)
commits = Counter(
    "pg_stat_database_xact_commit",
    "Transactions committed.",
    labels=[datid, datname],
    observed=exporter,
)
rollbacks = Counter(
    "pg_stat_database_xact_rollback",
    "Transactions rolled back.",
    labels=[datid, datname],
    observed=exporter,
)
rows_fetched = Counter(
    "pg_stat_database_tup_fetched", "Rows fetched.", labels=[datid, datname], observed=exporter
)
rows_inserted = Counter(
    "pg_stat_database_tup_inserted", "Rows inserted.", labels=[datid, datname], observed=exporter
)
rows_updated = Counter(
    "pg_stat_database_tup_updated", "Rows updated.", labels=[datid, datname], observed=exporter
)
rows_deleted = Counter(
    "pg_stat_database_tup_deleted", "Rows deleted.", labels=[datid, datname], observed=exporter
)
deadlocks = Counter(
    "pg_stat_database_deadlocks", "Deadlocks detected.", labels=[datid, datname], observed=exporter
)
locks = Gauge(
    "pg_locks_count", "Locks held.", labels=[datname, mode], unit="short", observed=exporter
)
database_size = Gauge(
    "pg_database_size_bytes", "Disk space the database uses.", labels=[datname], observed=exporter
)
statement_time = Counter(
    "pg_stat_statements_seconds_total",
    "Time spent in statements.",
    labels=[datname, queryid, user],
    observed=exporter,
)
statement_calls = Counter(
    "pg_stat_statements_calls_total",
    "Statements executed.",
    labels=[datname, queryid, user],
    observed=exporter,
)

connections_used = Record(
    "instance:pg_connections_used:ratio",
    backends.sum(by=[job, instance]) / max_connections.max(by=[job, instance]),
    "Share of max_connections in use.",
    unit="percentunit",
)
_hits = blocks_hit.rate("5m").sum(by=[job, instance])
cache_hit_ratio = Record(
    "instance:pg_blocks_hit:ratio_rate5m",
    _hits / (_hits + blocks_read.rate("5m").sum(by=[job, instance]) > 0),
    "Share of blocks found in PostgreSQL's cache.",
    unit="percentunit",
)
statement_mean = Record(
    "instance:pg_statement_seconds:mean5m",
    statement_time.rate("5m").sum(by=[job, instance])
    / (statement_calls.rate("5m").sum(by=[job, instance]) > 0),
    "Mean time of a statement.",
    unit="s",
)
