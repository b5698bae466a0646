"""Redis, as redis_exporter sees it: cache of the API, Celery's broker (db 1) and its results (db
2).
"""

from __future__ import annotations

from pbmon import Counter, Exporter, Gauge, Histogram, Job, Label, Record, Service, instance, job

exporter = Exporter(
    "redis_exporter", version="1.86.0", url="https://github.com/oliver006/redis_exporter"
)
service = Service(
    "redis",
    "Redis: cache of the API, Celery's broker (db 1) and its results (db 2).",
    owner="platform",
    jobs=[Job("redis", ["redis-exporter:9121"], labels={"service": "redis", "component": "cache"})],
    exporter=exporter,
)

cmd = Label("cmd", "Command, in lower case.", max_values=100)
db = Label("db", "Redis database.", values=[f"db{number}" for number in range(16)])

up = Gauge(
    "redis_up", "1 while the exporter can reach Redis.", unit="bool_yes_no", observed=exporter
)
memory_used = Gauge("redis_memory_used_bytes", "Memory in use.", observed=exporter)
memory_max = Gauge("redis_memory_max_bytes", "Memory limit, 0 without one.", observed=exporter)
hits = Counter("redis_keyspace_hits_total", "Reads that found their key.", observed=exporter)
misses = Counter("redis_keyspace_misses_total", "Reads that found none.", observed=exporter)
commands = Counter("redis_commands_total", "Commands executed.", labels=[cmd], observed=exporter)
command_time = Counter(
    "redis_commands_duration_seconds_total",
    "Time spent in commands.",
    labels=[cmd],
    observed=exporter,
)
command_latency = Histogram(
    "redis_commands_latencies_usec",
    "Time of one command, in microseconds. Empty buckets are left out, so only quantiles of single"
    " commands are right.",
    labels=[cmd],
    unit="µs",
    buckets=[1, 2, 4, 8, 16, 33, 66, 132, 264, 528, 1056, 2113, 4227, 8454, 16908, 33816],
    observed=exporter,
)
clients = Gauge("redis_connected_clients", "Clients connected.", unit="short", observed=exporter)
blocked_clients = Gauge(
    "redis_blocked_clients",
    "Clients that wait in a blocking command; idle workers do.",
    unit="short",
    observed=exporter,
)
keys = Gauge("redis_db_keys", "Keys.", labels=[db], unit="short", observed=exporter)
evicted = Counter(
    "redis_evicted_keys_total", "Keys thrown out for lack of memory.", observed=exporter
)
expired = Counter("redis_expired_keys_total", "Keys whose time was over.", observed=exporter)

memory_ratio = Record(
    "instance:redis_memory_used:ratio",
    memory_used / (memory_max > 0),
    "Share of the memory limit in use; absent without a limit.",
    unit="percentunit",
)
_hits = hits.rate("5m").sum(by=[job, instance])
hit_ratio = Record(
    "instance:redis_keyspace_hits:ratio_rate5m",
    _hits / (_hits + misses.rate("5m").sum(by=[job, instance]) > 0),
    "Share of reads that found their key.",
    unit="percentunit",
)
command_mean = Record(
    "instance_cmd:redis_commands_duration_seconds:mean5m",
    command_time.rate("5m") / (commands.rate("5m") > 0),
    "Mean time by command.",
    unit="s",
)
command_p99 = Record(
    "instance_cmd:redis_commands_latencies_usec:p99_5m",
    command_latency.quantile(0.99, "5m", by=[job, instance, cmd]) >= 0,
    "99th percentile of time by command.",
)
