"""The web service of @title@: what it counts, when that is bad, and where to look."""

from pbmon import (
    AUTO,
    Alert,
    Counter,
    Dashboard,
    Gauge,
    Histogram,
    Job,
    Label,
    Panel,
    Query,
    Record,
    Row,
    Service,
    job,
    ratio,
    up,
)

service = Service(
    "@name@",
    "Answers the requests of @title@.",
    owner="@name@-team",
    jobs=[
        Job("@name@", ["@name@:8000"]),
    ],
    module="src/@package@/metrics.py",
)

method = Label(
    "method",
    "HTTP method.",
    values=("GET", "POST"),
    other="OTHER",
)
outcome = Label(
    "outcome",
    "How the request ended.",
    values=("ok", "client_error", "failed"),
)

requests = Counter(
    "@package@_requests_total",
    "Requests answered.",
    labels=[method, outcome],
)
latency = Histogram(
    "@package@_request_duration_seconds",
    "Time to answer a request.",
    labels=[method],
    buckets=[0.05, 0.1, 0.25, 0.5, 1, 2.5],
)
carts = Gauge(
    "@package@_open_carts",
    "Carts that are not paid yet.",
    unit="short",
)

request_rate = Record(
    "job_outcome:@package@_requests:rate5m",
    requests.rate("5m").sum(by=[job, outcome]),
    "Requests per second.",
    unit="reqps",
)
failed_ratio = Record(
    "job:@package@_requests_failed:ratio_rate5m",
    ratio(requests.where(outcome.is_("failed")), requests, "5m"),
    "Share of requests that fail.",
)
latency_p95 = Record(
    "job:@package@_request_duration_seconds:p95_5m",
    latency.quantile(0.95, "5m", by=[job]),
    "95 of 100 requests are faster.",
)

high_error_rate = Alert(
    "HighErrorRate",
    failed_ratio > 0.05,
    for_="5m",
    severity="critical",
    summary="@title@ fails {{ $value | humanizePercentage }} of its requests.",
    impact="Customers cannot buy.",
    action="Roll back a deploy that is younger than the alert; else read the log.",
)
slow = Alert(
    "SlowRequests",
    latency_p95 > 1,
    for_="10m",
    severity="warning",
    summary="5 of 100 requests take longer than {{ $value | humanizeDuration }}.",
    impact="Customers wait and leave.",
    action="Look which method is slow, then at the database.",
)
down = Alert(
    "@camel@Down",
    up.where(job.is_("@name@")).equals(0),
    for_="2m",
    severity="critical",
    summary="{{ $labels.instance }} does not answer Prometheus.",
    impact="One process is gone; with all of them gone nobody can buy.",
    action="Start the process again, then read the end of its log.",
)

overview = Dashboard(
    "@title@",
    uid="@uid@",
    file="@name@",
    description="Are requests answered, and how fast?",
    rows=[
        Row(
            "Symptoms",
            Panel(
                "Requests",
                request_rate,
                description="Requests per second by how they ended.",
                stacked=True,
            ),
            Panel(
                "Failing requests",
                failed_ratio,
                alerts=[high_error_rate],
                limits=(0, None),
            ),
            Panel(
                "Latency",
                Query(latency.quantile(0.5, AUTO), "median"),
                Query(latency_p95, "95th percentile"),
                description="How long requests take.",
                alerts=[slow],
            ),
            Panel(
                "Up",
                up,
                legend="{{instance}}",
                description="1 while a process answers Prometheus.",
                alerts=[down],
            ),
        ),
        Row(
            "Business",
            Panel(
                "Open carts",
                carts.sum(by=[job]),
                description="Carts that are not paid yet.",
            ),
        ),
    ],
)
