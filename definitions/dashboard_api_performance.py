"""The API: how much it is asked, how often it fails, how long it takes. Reads records, since raw
series are thousands.
"""

from __future__ import annotations

from pbmon import Dashboard, Heatmap, Panel, Query, Row, Stat, Table, le

from definitions import api, api_labels
from definitions.alerts_availability import api_metrics_absent, api_requests_absent
from definitions.alerts_high_error_rate import (
    critical_api_error_rate,
    error_rate_spike,
    high_api_error_rate,
    high_client_error_rate,
)
from definitions.alerts_slow_tasks import critical_api_latency, slow_api_latency
from definitions.dashboard_database_redis import database_redis

api_performance = Dashboard(
    "PyBase API performance",
    uid="pybase-api-performance",
    file="api-performance",
    description=(
        "What users feel of the API: errors first, then latency, then where both come from."
    ),
    rows=[
        Row(
            "Now",
            Stat(
                "Requests",
                api.request_rate.sum(),
                alerts=[api_requests_absent],
                description=(
                    "Requests answered per second. A sudden drop is as bad as errors: nobody gets"
                    " through."
                ),
            ),
            Stat(
                "Failing",
                api.error_ratio.max(),
                alerts=[high_api_error_rate, critical_api_error_rate],
                description=(
                    "Share of requests answered with 5xx in the last 5 minutes. Healthy is below"
                    " 1 %."
                ),
            ),
            Stat(
                "p95 latency",
                api.latency_p95.max(),
                alerts=[slow_api_latency, critical_api_latency],
                description="19 of 20 requests are faster than this.",
            ),
            Stat(
                "Active users",
                api.active_users.max(),
                description="Users with a request or a WebSocket in the last five minutes.",
            ),
        ),
        Row(
            "Errors",
            Panel(
                "Failing requests",
                Query(api.error_ratio, "5 minutes"),
                alerts=[high_api_error_rate, critical_api_error_rate],
                limits=(0, None),
                description=(
                    "Share of requests answered with 5xx. The alerts fire when it stays above a"
                    " line."
                ),
            ),
            Panel(
                "Error spike",
                Query(api.error_ratio_2m, "2 minutes"),
                Query(api.error_ratio_10m.offset("5m"), "10 minutes, 5 minutes ago"),
                alerts=[error_rate_spike],
                limits=(0, None),
                description=(
                    "The short share against the usual one. The alert needs more than 10 % and more"
                    " than three times the usual."
                ),
            ),
            Panel(
                "Failing endpoints",
                Query(api.endpoint_error_ratio.topk(8), "{{endpoint}}"),
                description=(
                    "The eight endpoints with the largest share of 5xx. One alone points to its"
                    " code, all to what they share."
                ),
            ),
            Panel(
                "Rejected requests",
                Query(api.client_error_ratio, "4xx"),
                alerts=[high_client_error_rate],
                limits=(0, None),
                description=(
                    "Share of requests answered with 4xx: the client's mistake, or ours if it began"
                    " with a deploy."
                ),
            ),
        ),
        Row(
            "Latency",
            Panel(
                "Latency percentiles",
                Query(api.latency_p50, "p50"),
                Query(api.latency_p95, "p95"),
                Query(api.latency_p99, "p99"),
                alerts=[slow_api_latency, critical_api_latency],
                description=(
                    "p50 is what most users feel. A p99 far above p95 means a few very slow"
                    " requests."
                ),
            ),
            Heatmap(
                "Latency heatmap",
                api.latency_buckets.sum(by=[le]),
                unit="s",
                description=(
                    "How many requests took how long. Two bands mean two kinds of requests, as"
                    " cached and not cached."
                ),
            ),
            Panel(
                "p95 of the slowest endpoints",
                Query(api.endpoint_p95.topk(8), "{{endpoint}}"),
                description="95th percentile of the eight slowest endpoints.",
            ),
            Panel(
                "Mean latency by method",
                Query(api.method_mean, "{{method}}"),
                description=(
                    "Writes are slower than reads; all slow at once points to the machine or the"
                    " database."
                ),
            ),
            Table(
                "Slowest endpoints",
                api.endpoint_p95.max(by=[api_labels.endpoint]).topk(20),
                columns={api_labels.endpoint: "Endpoint", "Value": "p95"},
                link=(
                    "Database and Redis at this time",
                    f"/d/{database_redis.uid}?from=${{__from}}&to=${{__to}}",
                ),
                width=24,
                description=(
                    "The twenty slowest endpoints now. A click leads to what they wait for."
                ),
            ),
        ),
        Row(
            "Traffic",
            Panel(
                "Requests by status",
                Query(api.requests_by_method.sum(by=[api_labels.status]), "{{status}}"),
                stacked=True,
                description="Requests per second by status code.",
            ),
            Panel(
                "Requests by method",
                Query(api.requests_by_method.sum(by=[api_labels.method]), "{{method}}"),
                stacked=True,
                description="Requests per second by HTTP method.",
            ),
            Panel(
                "Requests by endpoint",
                Query(api.endpoint_rate.topk(8), "{{endpoint}}"),
                description=(
                    "The eight busiest endpoints. <unmatched> are paths that no route knows:"
                    " scanners, or a broken client."
                ),
            ),
        ),
        Row(
            "What PyBase holds",
            Panel(
                "Objects",
                Query(api.objects.max(by=[api_labels.kind]), "{{kind}}"),
                description=(
                    "Records, tables, bases, workspaces and users that exist. A drop without a"
                    " reason is data loss."
                ),
            ),
            Panel(
                "Users and live connections",
                Query(api.active_users.max(), "active users"),
                Query(api.websockets.sum(), "WebSocket connections"),
                alerts=[api_metrics_absent],
                unit="short",
                description=(
                    "WebSockets that fall to 0 while users are active mean that live updates are"
                    " broken."
                ),
            ),
        ),
    ],
)
