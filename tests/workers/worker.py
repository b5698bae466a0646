"""A real Celery worker with a rendered metrics module, and what its metrics page says."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from urllib.request import urlopen

from pbmon import CeleryInstrumentation, Counter, Gauge, Histogram, Label
from pbmon.plan.instrumentation import PlannedInstrumentation
from pbmon.plan.modules import AppModule
from pbmon.render.instrumentation import bindings, render
from pbmon.render.runtime import METRICS, copies
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis

TASK = Label("task_type", "Task.", values=("work", "slow", "dies", "late", "named"), other="other")
STATUS = Label("status", "How it ended.", values=("success", "failure", "retry"))
REASON = Label("reason", "Why again.", max_values=9, other="other")
ERROR = Label("error_type", "Why given up.", max_values=9, other="other")
QUEUE = Label("queue_name", "Queue.", max_values=9, other="other")
WORKER = Label("worker_type", "Worker.", values=("shop", "search"))

OWN = Counter("own_total", "The app's own.")


def workers(queue_mode: str = "mostrecent") -> PlannedInstrumentation:
    """What counts in the module of a shop's workers.

    queue_mode: how the lengths that several processes tell are put together.
    """
    definition = CeleryInstrumentation(
        tasks=Counter("tasks_total", "Attempts.", labels=[TASK, STATUS]),
        duration=Histogram("task_seconds", "Time.", labels=[TASK], buckets=[1, 10]),
        retries=Counter("retries_total", "Again.", labels=[TASK, REASON]),
        failures=Counter("failures_total", "Given up.", labels=[TASK, ERROR]),
        active=Gauge("running", "Now.", labels=[TASK]),
        processes=Gauge("processes", "Alive."),
        queue_size=Gauge("queue_size", "Waiting.", labels=[QUEUE], multiprocess_mode=queue_mode),  # type: ignore[arg-type]
        memory=Gauge("memory_bytes", "Memory.", labels=[WORKER], multiprocess_mode="mostrecent"),
    )
    metrics = (*definition.metrics, OWN)
    module = AppModule("worker_metrics.py", "Workers of a shop.", metrics, definition.symbols)
    return PlannedInstrumentation(definition, module)


WORKERS = workers()

TASKS = '''
import importlib.util
import os
import signal
import subprocess
import sys
import time

import prometheus_client
import redis
from celery import Celery
from celery.exceptions import Ignore, Reject
from celery.signals import task_postrun

import worker_metrics
from worker_metrics import TaskMetrics, own_total, track_retry

rooms = prometheus_client.Gauge("rooms", "The app's own, in the mode that is the default.")

# A second copy of the module, as two ways to import one file make it.
spec = importlib.util.spec_from_file_location("again", worker_metrics.__file__)
spec.loader.exec_module(importlib.util.module_from_spec(spec))

app = Celery("shop", broker=os.environ["BROKER"], backend=os.environ["BROKER"])
app.conf.update(worker_lost_wait=0.3, task_default_queue="work")
app.conf.update(worker_prefetch_multiplier=1, result_expires=600)
app.conf.broker_transport_options = {
    "visibility_timeout": 600,
    "queue_order_strategy": "priority",
    "global_keyprefix": os.environ.get("KEY_PREFIX", ""),
}
client = redis.Redis.from_url(os.environ["BROKER"])


@app.task(name="shop.tasks.work", bind=True, max_retries=5)
def work(self, how="ok", seconds=0.0):
    """By hand and by signals: still counted once."""
    with TaskMetrics("work"):
        own_total.inc()
        rooms.set(1)
        time.sleep(seconds)
        if how == "fail":
            raise ValueError("no")
        if how == "retry" and self.request.retries < 2:
            track_retry("work")
            raise self.retry(exc=KeyError("x"), countdown=0)
        if how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if how == "hang":
            client.rpush("pids", os.getpid())
            time.sleep(60)
        if how == "ignore":
            raise Ignore()
        if how == "reject":
            raise Reject("no", requeue=False)
        if how == "eager":
            work.apply(("fail",))
        return how


@app.task(name="program")
def program(script):
    """Run a program, and count on in a process of the same."""
    subprocess.run([sys.executable, "-c", script], check=True)
    if not (pid := os.fork()):
        own_total.inc()
        os._exit(0)
    os.waitpid(pid, 0)


odd_ones = prometheus_client.Counter("odd", "The app's own, without bounds.", ["text"])


@app.task(name="odd")
def odd():
    odd_ones.labels("\\ud800").inc()
    odd_ones.labels("\\udfff").inc()


@app.task(name="many")
def many():
    """More series than the file has room for."""
    for number in range(1000):
        odd_ones.labels(f"{os.getpid()} {number} {'x' * 50}").inc()


@app.task(name="fill")
def fill(folder):
    """Leave no space on its disk."""
    subprocess.run(["dd", "if=/dev/zero", f"of={folder}/filler", "bs=4k", "status=none"])


@app.task(name="slow", time_limit=1)
def slow(seconds=30):
    time.sleep(seconds)


@app.task(name="dies", ignore_result=True)
def dies():
    """Its process is killed after the attempt was counted, before Celery hears of it."""


@app.task(name="late", bind=True, acks_late=True, reject_on_worker_lost=True)
def late(self):
    if client.incr(self.request.id) == 1:
        os.kill(os.getpid(), signal.SIGKILL)


@app.task(name="shop.tasks.of_another_name")
def of_another_name(how="ok"):
    with TaskMetrics("named"):
        if how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)


@task_postrun.connect(weak=False)
def _kill(task, **_):
    if task.name == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
'''


def free_port() -> int:
    """A port of the loopback interface that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def write(folder: Path, planned: PlannedInstrumentation = WORKERS) -> None:
    """The rendered module and what it imports, which looks at queues and children twice a second
    instead of each five seconds.
    """
    names = (*METRICS, *bindings(planned).runtime)
    for artifact in (*render([planned]), *copies(planned.module, names)):
        path = folder / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(artifact.text, "utf-8")
    tasks = folder / planned.module.runtime / "celery_worker" / "tasks.py"
    text = tasks.read_text("utf-8")
    assert "\nINTERVAL: Final = 5.0\n" in text
    tasks.write_text(text.replace("INTERVAL: Final = 5.0", "INTERVAL: Final = 0.5"), "utf-8")


Samples = dict[tuple[str, ...], float]


class Worker:
    """`celery worker` in a process of its own; it and its children are gone when the block ends."""

    def __init__(
        self,
        folder: Path,
        broker: str,
        *options: str,
        port: int = 0,
        before: Sequence[str] = (),
        **environment: str,
    ) -> None:
        self.folder = folder
        self.port = port or free_port()
        write(folder)
        (folder / "shop.py").write_text(TASKS, "utf-8")
        (folder / "tmp").mkdir(exist_ok=True)
        self._log = (folder / "worker.log").open("w")
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("PROMETHEUS_")
        }
        call = [
            *before,
            sys.executable,
            "-m",
            "celery",
            "-A",
            "shop",
            "worker",
            "-l",
            "INFO",
            "--without-gossip",
            "--without-mingle",
            *options,
        ]
        self.process = subprocess.Popen(
            call,
            cwd=folder,
            env=inherited
            | {
                "BROKER": broker,
                "WORKER_NAME": "shop",
                "PROMETHEUS_METRICS_PORT": str(self.port),
                "TMPDIR": str(folder / "tmp"),
            }
            | environment,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )

    def __enter__(self) -> Worker:
        self.until(lambda: " ready." in self.log, 30)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)  # its session holds only what it started
        self._log.close()

    @property
    def log(self) -> str:
        """What the worker has written so far."""
        return (self.folder / "worker.log").read_text("utf-8")

    @property
    def files(self) -> list[str]:
        """Files of the folder in which the processes keep their values."""
        return sorted(path.name for path in self.folder.glob("tmp/worker-metrics-*/*"))

    def scrape(self) -> str:
        """The metrics page."""
        with urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=10) as answer:
            page: bytes = answer.read()
        return page.decode()

    def samples(self, name: str) -> Samples:
        """Label values, in order of the labels' names, to what that series holds; series at 0 are
        left out.
        """
        return {labels: value for labels, value in samples(self.scrape(), name).items() if value}

    def until(self, condition: Callable[[], bool], seconds: float = 20) -> None:
        """Wait for it; fails with the log when the time is over."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end and self.process.poll() is None, (
                f"waited in vain\n{self.log[-6000:]}"
            )
            time.sleep(0.05)


def hanging(client: Redis, seconds: float = 60) -> int:
    """Process id of a task that hangs, each told once."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pid = client.lpop("pids")
        if isinstance(pid, bytes):
            return int(pid)
        time.sleep(0.02)
    raise AssertionError("no task hangs")


def samples(page: str, name: str) -> Samples:
    """As Worker.samples, with series at 0."""
    return {
        tuple(value for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
        if sample.name == name
    }
