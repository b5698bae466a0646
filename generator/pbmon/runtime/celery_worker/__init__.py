"""Counts the tasks of a Celery worker, in every pool, and serves what it counted.

The worker's metrics module, which the module of its Celery app imports, calls
`instrument` with its metrics. From then on tasks are counted by signals, and nothing is
left to write. A task counts once for each attempt, when Celery knows how it ended:
success, retry, or failure, to which belong tasks revoked, out of time, and those whose
process was killed. Its name is Celery's, or the last part of that. Tasks that Celery
requeues count when they end. What runs outside of Celery is counted by hand.

The worker's main process serves the metrics of all its processes on
PROMETHEUS_METRICS_HOST (in a container say 0.0.0.0) and PROMETHEUS_METRICS_PORT.
WORKER_NAME says which worker it is.

The children of the prefork pool keep what they count in files. Their folder is
PROMETHEUS_MULTIPROC_DIR where that is set: a folder of this worker alone, and empty
when it starts. Else, in a process called with `worker` and no other --pool, it is a new
one of this user alone, removed when the worker ends. Files of children that are gone
are added up into one of each kind; their own values of gauges with multiprocess_mode
"all" are dropped, as those with "liveall" are. A worker that is started otherwise
(`app.worker_main`) needs the variable set.

Processes that tasks fork count too. Processes that tasks spawn, and programs they
start, do not: the name of a folder made here is not inherited. Hand them no copy of
os.environ that has PROMETHEUS_MULTIPROC_DIR in it.
"""

from __future__ import annotations

import prometheus_client

from .attempts import WorkerMetrics
from .by_hand import CountedBlock
from .worker import Worker

__all__ = ["CountedBlock", "Worker", "WorkerMetrics", "instrument"]


def instrument(
    metrics: WorkerMetrics, key: str, host: str = "127.0.0.1", port: int = 9090
) -> Worker:
    """What counts in these metrics, in this process and in its children.

    key: of the metrics; the first call with it makes the worker, for a file that is
    imported under two names makes it once. host, port: where the page is, unless the
    environment says otherwise.
    """
    workers: dict[str, Worker] = prometheus_client.REGISTRY.__dict__.setdefault(
        "_workers", {}
    )
    if key not in workers:
        workers[key] = Worker(metrics, host, port)
    return workers[key]
