"""The faults that are switched on, one after the other, and the alerts that each must set off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

API, EXTRACTION, SEARCH = "pybase-api", "celery-extraction-worker", "celery-search-worker"
Alerts = Mapping[str, Sequence[str]]
"""Names of alerts by the scrape job in their labels."""


@dataclass(frozen=True)
class Fault:
    """alerts: what must fire. silenced: those of them that a graver one of the same fault keeps
    from the receivers.

    lasting: alerts that must fire too, if later; they look back so far that seeing them resolve
    would take longer than a test may.
    seconds: how long to wait for `alerts`. load: options of the traffic meanwhile.
    switches, requests: what is asked of the API's fault switches. killed: parts of the stack.
    thresholds: of the environment whose rules are installed meanwhile.
    """

    name: str
    alerts: Alerts
    seconds: float
    silenced: Sequence[str] = ()
    lasting: Alerts = field(default_factory=dict)
    load: Sequence[str] = ()
    switches: Mapping[str, float] = field(default_factory=dict)
    requests: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    killed: Sequence[str] = ()
    thresholds: Mapping[str, float] = field(default_factory=dict)


# Little traffic before and during a fault, much afterwards: so its share of a window of five or ten
# minutes is large at once, and small again long before the window is over. Slowness comes before
# failures, for slow tasks are few; the tasks that wait come last, for they succeed in the end.
FAULTS = (
    Fault(
        "a worker, Redis and PostgreSQL are killed",
        {
            SEARCH: ["TargetDown"],
            "redis": ["RedisDown", "RedisMetricsAbsent"],
            "postgres": ["PostgresDown", "PostgresMetricsAbsent"],
        },
        seconds=60,
        silenced=["RedisMetricsAbsent", "PostgresMetricsAbsent"],
        load=["--rate", "2", "--upload-every", "10"],
        killed=[SEARCH, "redis", "postgres"],
    ),
    Fault(
        "requests, statements, cache and tasks are slow",
        {
            API: ["SlowAPILatency", "CriticalAPILatency", "DBQuerySlow", "CacheOperationSlow"],
            EXTRACTION: ["SlowExtractionTask"],
            SEARCH: ["SlowSearchIndexTask"],
        },
        seconds=120,
        silenced=["SlowAPILatency"],
        load=["--rate", "4", "--upload-every", "3"],
        switches={
            "api_delay": 6,
            "db_delay": 1.5,
            "cache_delay": 0.3,
            "extraction_delay": 35,
            "search_delay": 12,
        },
    ),
    Fault(
        "requests and tasks fail, connections and Redis's memory run out",
        {
            API: [
                "HighAPIErrorRate",
                "CriticalAPIErrorRate",
                "ErrorRateSpike",
                "HighClientErrorRate",
            ],
            EXTRACTION: ["HighExtractionTaskFailureRate"],
            SEARCH: ["HighSearchTaskFailureRate"],
            "postgres": ["DatabaseConnectionPoolExhausted"],
            "redis": ["RedisMemoryHigh"],
        },
        seconds=100,
        silenced=["HighAPIErrorRate"],
        lasting={API: ["ApiAvailabilityBudgetBurn1h", "ApiAvailabilityBudgetBurn6h"]},
        load=["--rate", "12", "--upload-every", "1", "--client-errors", "0.6"],
        switches={
            "api_error_ratio": 0.4,
            "extraction_failure_ratio": 0.8,
            "extraction_retry_ratio": 0.3,
            "search_failure_ratio": 0.8,
            "search_retry_ratio": 0.3,
        },
        requests={
            "connections": {"leave": 4, "seconds": 40},
            "memory": {"bytes": 60_000_000, "seconds": 60},
        },
    ),
    Fault(
        "tasks wait, and memory, disk and CPU count as full",
        {
            SEARCH: ["WorkerQueueBacklog"],
            "node": ["HighMemoryUsage", "HighDiskUsage", "HighCPUUsage"],
        },
        seconds=60,
        load=["--rate", "2"],
        switches={"search_delay": 10},
        requests={"backlog": {"tasks": 1500}},
        thresholds={"HighMemoryUsage": 0.001, "HighDiskUsage": 0.001, "HighCPUUsage": 0.001},
    ),
)


def overlay() -> dict[str, object]:
    """An environment in which all this fits into a test: what is expected here fires after ten
    seconds instead of minutes.

    How busy and full the test's own machine is decides nothing: its shares are never above 2, so
    only a fault sets these off.
    """
    expected = [name for fault in FAULTS for names in fault.alerts.values() for name in names]
    alerts: dict[str, dict[str, object]] = {name: {"for": "10s"} for name in expected}
    for fault in FAULTS:
        for name in fault.thresholds:
            alerts[name]["threshold"] = 2
    return {
        "scrape_interval": "5s",
        "evaluation_interval": "5s",
        "intervals": {API: "5s"},
        "alerts": alerts,
    }
