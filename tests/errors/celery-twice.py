from pbmon import *

service = Service("shop", jobs=[Job("shop", ["shop:9090"])], module="shop/worker_metrics.py")
task = Label("task_type", "Task.", values=("pay", "ship"), other="other")
status = Label("status", "How it ended.", values=("success", "failure", "retry"))
why = {name: Label(name, "Why.", max_values=9, other="other") for name in ("reason", "error_type", "queue_name")}
worker = Label("worker_type", "Worker.", values=("shop",))
roles = {
    "tasks": Counter("tasks_total", "Attempts.", labels=[task, status]),
    "duration": Histogram("task_seconds", "Time.", labels=[task], buckets=[1, 10]),
    "retries": Counter("retries_total", "Again.", labels=[task, why["reason"]]),
    "failures": Counter("failures_total", "Given up.", labels=[task, why["error_type"]]),
    "active": Gauge("running", "Now.", labels=[task]),
    "processes": Gauge("processes", "Alive."),
    "queue_size": Gauge("queue_size", "Waiting.", labels=[why["queue_name"]], multiprocess_mode="mostrecent"),
    "memory": Gauge("memory_bytes", "Memory.", labels=[worker], multiprocess_mode="mostrecent"),
}
celery = CeleryInstrumentation(**roles)
again = CeleryInstrumentation(**roles)
