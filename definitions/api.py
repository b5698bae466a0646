"""The API: a FastAPI backend that answers requests, hands extraction to the workers and keeps the
WebSockets.
"""

from __future__ import annotations

from pbmon import (
    CacheInstrumentation,
    Counter,
    DatabaseInstrumentation,
    Gauge,
    Histogram,
    HttpInstrumentation,
    Job,
    MetricsEndpoint,
    Record,
    Service,
    histogram_quantile,
    job,
    le,
    ratio,
)

from definitions import api_labels
from definitions.shared import SQL_BUCKETS, sql_operation

service = Service(
    "api",
    "The FastAPI backend: everything a browser or an API client talks to.",
    owner="platform",
    module="src/pybase/metrics/__init__.py",
    jobs=[
        Job(
            "pybase-api",
            ["api:8000"],
            "/api/v1/metrics",
            "10s",
            {"service": "api", "component": "backend"},
        )
    ],
)

requests = Counter(
    "http_requests_total",
    "Requests answered.",
    labels=[api_labels.method, api_labels.endpoint, api_labels.status],
    symbol="api_request_counter",
)
latency = Histogram(
    "http_request_duration_seconds",
    "Time from the request's first byte to the answer's last.",
    labels=[api_labels.method, api_labels.endpoint],
    buckets=[0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    symbol="api_latency_histogram",
)
extraction_tasks = Counter(
    "extraction_tasks_total",
    "Extractions finished.",
    labels=[api_labels.task_type, api_labels.task_status],
    symbol="extraction_task_counter",
)
extraction_duration = Histogram(
    "extraction_duration_seconds",
    "Time that one CAD or PDF file took to extract.",
    labels=[api_labels.task_type],
    buckets=[1, 5, 10, 30, 60, 120, 300, 600],
    symbol="extraction_duration_histogram",
)
websockets = Gauge(
    "websocket_connections_active",
    "WebSocket connections open now.",
    unit="short",
    symbol="websocket_connections_gauge",
)
db_query_duration = Histogram(
    "db_query_duration_seconds",
    "Time that one SQL statement of the API took.",
    labels=[sql_operation],
    buckets=SQL_BUCKETS,
    symbol="db_query_duration_histogram",
)
db_pool_in_use = Gauge(
    "db_pool_connections_in_use",
    "Connections of the API's pool that a request holds now.",
    unit="short",
    symbol="db_pool_in_use_gauge",
)
db_pool_max = Gauge(
    "db_pool_connections_max",
    "Connections that the API's pools may hold at most.",
    unit="short",
    symbol="db_pool_max_gauge",
)
cache_operations = Counter(
    "cache_operations_total",
    "Operations on the Redis cache.",
    labels=[api_labels.cache_operation, api_labels.cache_status],
    symbol="cache_operation_counter",
)
cache_duration = Histogram(
    "cache_operation_duration_seconds",
    "Time that one operation on the Redis cache took.",
    labels=[api_labels.cache_operation],
    buckets=[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
    symbol="cache_operation_duration_histogram",
)
objects = Gauge(
    "pybase_objects",
    "Objects that exist, by kind; counted in the database now and then.",
    labels=[api_labels.kind],
    unit="short",
    symbol="objects_gauge",
    multiprocess_mode="mostrecent",
)
active_users = Gauge(
    "active_users",
    "Users with a request or an open WebSocket in the last five minutes.",
    unit="short",
    symbol="active_users_gauge",
    multiprocess_mode="mostrecent",
)

# Requests. Only the first three of these records read the thousands of raw series; the others,
# alerts and panels read records.

requests_by_endpoint = Record(
    "job_endpoint_status:http_requests:rate5m",
    requests.rate("5m").sum(by=[job, api_labels.endpoint, api_labels.status]),
    "Requests per second by endpoint and status.",
    unit="reqps",
)
requests_by_method = Record(
    "job_method_status:http_requests:rate5m",
    requests.rate("5m").sum(by=[job, api_labels.method, api_labels.status]),
    "Requests per second by method and status.",
    unit="reqps",
)
requests_2m = Record(
    "job_status:http_requests:rate2m",
    requests.rate("2m").sum(by=[job, api_labels.status]),
    "Requests per second by status over two minutes, to see a spike early.",
    unit="reqps",
)
request_rate = Record(
    "job:http_requests:rate5m",
    requests_by_method.sum(by=[job]),
    "Requests answered per second.",
    unit="reqps",
)
endpoint_rate = Record(
    "job_endpoint:http_requests:rate5m",
    requests_by_endpoint.sum(by=[job, api_labels.endpoint]),
    "Requests answered per second by endpoint.",
    unit="reqps",
)


error_ratio = Record(
    "job:http_requests_failed:ratio_rate5m",
    ratio(requests_by_method.where(api_labels.server_error).sum(by=[job]), request_rate),
    "Share of requests answered with 5xx.",
)
client_error_ratio = Record(
    "job:http_requests_rejected:ratio_rate5m",
    ratio(requests_by_method.where(api_labels.client_error).sum(by=[job]), request_rate),
    "Share of requests answered with 4xx.",
)
endpoint_error_ratio = Record(
    "job_endpoint:http_requests_failed:ratio_rate5m",
    ratio(
        requests_by_endpoint.where(api_labels.server_error).sum(by=[job, api_labels.endpoint]),
        endpoint_rate,
    ),
    "Share of requests answered with 5xx, by endpoint.",
)
error_ratio_2m = Record(
    "job:http_requests_failed:ratio_rate2m",
    ratio(requests_2m.where(api_labels.server_error).sum(by=[job]), requests_2m.sum(by=[job])),
    "Share of requests answered with 5xx over two minutes.",
)
# Sums, not means, over the ten minutes: a status that appeared late must weigh only as much as it
# was there.
error_ratio_10m = Record(
    "job:http_requests_failed:ratio_rate10m",
    ratio(
        requests_2m.where(api_labels.server_error).sum_over_time("10m").sum(by=[job]),
        requests_2m.sum_over_time("10m").sum(by=[job]),
    ),
    "Share of requests answered with 5xx over ten minutes.",
)

# Latency. A quantile of an idle endpoint is NaN; `>= 0` leaves it out, so that tables and topk()
# show real ones only.

latency_buckets_by_endpoint = Record(
    "job_endpoint_le:http_request_duration_seconds_bucket:rate5m",
    latency.bucket_counts.rate("5m").sum(by=[job, api_labels.endpoint, le]),
    "Requests per second by endpoint and latency bucket.",
    unit="reqps",
)
latency_buckets = Record(
    "job_le:http_request_duration_seconds_bucket:rate5m",
    latency_buckets_by_endpoint.sum(by=[job, le]),
    "Requests per second by latency bucket.",
    unit="reqps",
)
latency_p50 = Record(
    "job:http_request_duration_seconds:p50_5m",
    histogram_quantile(0.5, latency_buckets, "s"),
    "Median latency of the API.",
)
latency_p95 = Record(
    "job:http_request_duration_seconds:p95_5m",
    histogram_quantile(0.95, latency_buckets, "s"),
    "95th percentile of latency.",
)
latency_p99 = Record(
    "job:http_request_duration_seconds:p99_5m",
    histogram_quantile(0.99, latency_buckets, "s"),
    "99th percentile of latency.",
)
endpoint_p95 = Record(
    "job_endpoint:http_request_duration_seconds:p95_5m",
    histogram_quantile(0.95, latency_buckets_by_endpoint, "s") >= 0,
    "95th percentile of latency by endpoint.",
)
method_mean = Record(
    "job_method:http_request_duration_seconds:mean5m",
    latency.mean("5m", by=[job, api_labels.method]),
    "Mean latency by method.",
)

# Database, cache and extraction as the API sees them.

db_query_p95 = Record(
    "job:db_query_duration_seconds:p95_5m",
    db_query_duration.quantile(0.95, "5m", by=[job]),
    "95th percentile of the API's SQL statements.",
)
db_query_p95_by_operation = Record(
    "job_operation:db_query_duration_seconds:p95_5m",
    db_query_duration.quantile(0.95, "5m", by=[job, sql_operation]) >= 0,
    "95th percentile of the API's SQL statements by kind.",
)
cache_p95 = Record(
    "job:cache_operation_duration_seconds:p95_5m",
    cache_duration.quantile(0.95, "5m", by=[job]),
    "95th percentile of the API's cache operations.",
)
cache_hit_ratio = Record(
    "job:cache_operations_hit:ratio_rate5m",
    ratio(
        cache_operations.where(api_labels.cache_status.is_("hit")),
        cache_operations.where(api_labels.cache_status.is_in("hit", "miss")),
        "5m",
    ),
    "Share of cache reads that found what they asked for.",
)
extraction_success_ratio = Record(
    "job:extraction_tasks_succeeded:ratio_rate10m",
    ratio(extraction_tasks.where(api_labels.task_status.is_("success")), extraction_tasks, "10m"),
    "Share of extractions that succeeded.",
)
extraction_p95 = Record(
    "job_task_type:extraction_duration_seconds:p95_10m",
    extraction_duration.quantile(0.95, "10m", by=[job, api_labels.task_type]) >= 0,
    "95th percentile of extraction time by kind of task.",
)

# What counts all this, and where it is shown.

middleware = HttpInstrumentation(
    path="src/pybase/middleware/prometheus_middleware.py",
    requests=requests,
    latency=latency,
    websockets=websockets,
)
metrics_page = MetricsEndpoint(
    path="src/pybase/api/v1/metrics.py",
    settings="src/pybase/core/metrics_settings.py",
    prefix="/api/v1",
)
database_hooks = DatabaseInstrumentation(
    path="src/pybase/metrics/database.py",
    duration=db_query_duration,
    in_use=db_pool_in_use,
    size=db_pool_max,
    objects=objects,
    active_users=active_users,
)
cache_wrapper = CacheInstrumentation(
    path="src/pybase/metrics/cache.py", operations=cache_operations, duration=cache_duration
)
