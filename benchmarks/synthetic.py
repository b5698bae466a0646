"""A project of any size: N alike services, one module each, with 10 metrics, 10 records, 6 alerts,
2 objectives and a dashboard of 12 panels.
"""

from __future__ import annotations

from pathlib import Path

PANELS = 12

# The limit of series is out of the way: what is measured is the time of all checks, not what one of
# them says.
_PROJECT = '''\
"""What holds for all services."""

from __future__ import annotations

from pbmon import Project, Receiver

project = Project(
    name="synthetic",
    title="Synthetic",
    runbook_url="https://example.com/runbooks",
    total_cardinality_limit=1_000_000_000,
    receivers=[Receiver(name="everyone", severities=["critical", "warning", "info"])],
)
'''

_SERVICE = '''\
"""Service NAME."""

from __future__ import annotations

from pbmon import AUTO, Alert, Counter, Dashboard, Gauge, Histogram, Job, Label
from pbmon import Panel, Query, Record, Row, Service, Slo, Stat, job, ratio, up

service = Service(
    "NAME", "Service NAME.", owner="team", jobs=[Job("NAME", ["NAME:8000"])],
    module="src/NAME/metrics.py"
)

method = Label("method", "HTTP method.", values=("GET", "POST", "PUT", "DELETE"), other="OTHER")
outcome = Label("outcome", "How it ended.", values=("ok", "rejected", "failed"))
reason = Label(
    "reason", "Why it is tried again.", values=("timeout", "refused", "busy"), other="other"
)
kind = Label("kind", "Kind of task.", max_values=10, other="other")
queue = Label("queue", "Queue that it waits in.", values=("high", "low"))

requests = Counter("NAME_requests_total", "Requests answered.", labels=[method, outcome])
retries = Counter("NAME_retries_total", "Calls made again.", labels=[reason])
sent = Counter("NAME_sent_bytes_total", "Bytes sent.")
tasks = Counter("NAME_tasks_total", "Tasks ended.", labels=[kind, outcome])
in_flight = Gauge("NAME_requests_in_flight", "Requests being answered.", unit="short")
waiting = Gauge("NAME_tasks_waiting", "Tasks that wait.", labels=[queue], unit="short")
memory = Gauge("NAME_memory_bytes", "Memory in use.")
latency = Histogram(
    "NAME_request_duration_seconds", "Time to answer.", labels=[method],
    buckets=[0.01, 0.05, 0.1, 0.5, 1, 5]
)
duration = Histogram(
    "NAME_task_duration_seconds", "Time of a task.", labels=[kind], buckets=[0.1, 1, 10, 60, 300]
)
size = Histogram("NAME_answer_bytes", "Size of an answer.", buckets=[1e3, 1e4, 1e5, 1e6, 1e7])

request_rate = Record(
    "job_outcome:NAME_requests:rate5m", requests.rate("5m").sum(by=[job, outcome]), "Requests.",
    unit="reqps"
)
failed = Record(
    "job:NAME_requests_failed:ratio_rate5m",
    ratio(requests.where(outcome.is_("failed")), requests, "5m"), "Share that fails."
)
p95 = Record(
    "job:NAME_request_duration_seconds:p95_5m", latency.quantile(0.95, "5m", by=[job]),
    "95th percentile."
)
p95_by_method = Record(
    "job_method:NAME_request_duration_seconds:p95_5m",
    latency.quantile(0.95, "5m", by=[job, method]), "95th percentile by method."
)
retry_rate = Record(
    "job_reason:NAME_retries:rate5m", retries.rate("5m").sum(by=[job, reason]), "Retries.",
    unit="ops"
)
retried = Record(
    "job:NAME_retries:ratio_rate5m",
    ratio(retries.rate("5m").sum(by=[job]), requests.rate("5m").sum(by=[job])),
    "Retries by request.",
)
tasks_failed = Record(
    "job:NAME_tasks_failed:ratio_rate5m", ratio(tasks.where(outcome.is_("failed")), tasks, "5m"),
    "Share of tasks that fail."
)
task_p95 = Record(
    "job_kind:NAME_task_duration_seconds:p95_10m", duration.quantile(0.95, "10m", by=[job, kind]),
    "By kind of task."
)
size_p95 = Record(
    "job:NAME_answer_bytes:p95_5m", size.quantile(0.95, "5m", by=[job]), "95th percentile of size."
)
backlog = Record(
    "job_queue:NAME_tasks_waiting:max", waiting.max(by=[job, queue]), "Tasks that wait."
)

high_error_rate = Alert(
    "CAMELHighErrorRate", failed > 0.05, for_="5m", severity="warning",
    summary="NAME fails {{ $value | humanizePercentage }} of its requests.",
    impact="Some users see errors.",
    action="Roll back the last deploy if it is younger than the alert.",
)
slow = Alert(
    "CAMELSlow", p95 > 1, for_="10m", severity="warning",
    summary="5 of 100 requests to NAME take longer than {{ $value | humanizeDuration }}.",
    impact="Users wait for their pages.", action="Look which method is slow, then at the database.",
)
many_retries = Alert(
    "CAMELManyRetries", retried > 0.2, for_="10m", severity="info",
    summary="NAME calls again for {{ $value | humanizePercentage }} of its requests.",
    impact="Answers take a little longer.", action="Look at the reason of the retries first.",
)
tasks_fail = Alert(
    "CAMELTasksFail", tasks_failed > 0.1, for_="10m", severity="warning",
    summary="NAME fails {{ $value | humanizePercentage }} of its tasks.",
    impact="Work of users is lost.", action="Read the log for the first error of a task.",
)
long_queue = Alert(
    "CAMELLongQueue", backlog > 1000, for_="10m", severity="warning",
    summary="{{ $value }} tasks wait in queue {{ $labels.queue }}.",
    impact="Results come in late.", action="Start more workers, then look what is slow.",
)
down = Alert(
    "CAMELDown", up.where(job.is_("NAME")).equals(0), for_="2m", severity="critical",
    silences=[slow, many_retries],
    summary="{{ $labels.instance }} does not answer Prometheus.",
    impact="One process of NAME is gone.",
    action="Start the process again, then read the end of its log.",
)

availability = Slo(
    "NAME-availability", "NAME answers without a mistake of its own.",
    bad=requests.where(outcome.is_("failed")), total=requests, objective="99.9",
    impact="Users see errors.",
)
speed = Slo(
    "NAME-speed", "NAME answers within a second.", good=latency.at_most(1), objective="95",
    impact="Pages take seconds to open.",
)

dashboard = Dashboard(
    "Service NAME",
    uid="NAME",
    file="NAME",
    description="How much NAME does, how well and how fast.",
    rows=[
        Row(
            "Now",
            Stat(
                "Up", up.where(job.is_("NAME")).min(by=[job]), alerts=[down],
                description="1 while every process answers."
            ),
            Stat("In flight", in_flight.sum(), description="Requests being answered now."),
            Stat("Memory", memory.sum(), description="Memory of all processes."),
            Stat("Size of answers", size_p95),
        ),
        Row(
            "Requests",
            Panel(
                "Requests",
                Query(request_rate, "{{outcome}}"),
                Query(retry_rate, "again, {{reason}}"),
                description="Requests answered, and calls made again.",
            ),
            Panel(
                "Failing requests",
                Query(failed, "failed"),
                alerts=[high_error_rate],
                description="Share of requests that fail.",
            ),
            Panel(
                "Latency",
                Query(p95, "p95"),
                Query(p95_by_method, "p95 of {{method}}"),
                alerts=[slow],
                description="Time to answer.",
            ),
            Panel("Retries", retried, legend="share", alerts=[many_retries], limits=(0, 1)),
            Panel(
                "Traffic", sent.rate(AUTO).sum(by=[job]), legend="{{job}}",
                description="Bytes per second."
            ),
        ),
        Row(
            "Tasks",
            Panel(
                "Failing tasks", tasks_failed, legend="share", alerts=[tasks_fail], limits=(0, 1)
            ),
            Panel("Duration of tasks", task_p95, legend="{{kind}}"),
            Panel("Queue", backlog, legend="{{queue}}", alerts=[long_queue], stacked=True),
        ),
    ],
)
'''


def write_project(folder: Path, services: int) -> Path:
    """Writes folder/definitions with that many services and returns its path. The same number gives
    the same bytes.
    """
    definitions = folder / "definitions"
    definitions.mkdir(parents=True)
    (definitions / "project.py").write_text(_PROJECT, "utf-8")
    for number in range(services):
        name = f"s{number:04d}"
        text = _SERVICE.replace("NAME", name).replace("CAMEL", name.upper())
        (definitions / f"{name}.py").write_text(text, "utf-8")
    return definitions
