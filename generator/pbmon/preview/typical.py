"""What is typical: values of labels whose sets are open, shares of label values, levels of metrics.

Made up, so that dashboards look as they do in a system where all is well. Nothing else reads them.
"""

from __future__ import annotations

import re
from math import exp, prod

from pbmon.model.metrics import Metric
from pbmon.preview.timeline import DAY, END

_VALUES: dict[str, tuple[str, ...]] = {
    "endpoint": ("/api/v1/records", "/api/v1/tables", "/api/v1/search", "/api/v1/auth/login"),
    "handler": ("/records", "/tables", "/search", "/login"),
    "path": ("/records", "/tables", "/search", "/login"),
    "mountpoint": ("/", "/data"),
    "device": ("/dev/sda1", "/dev/sdb1"),
    "fstype": ("ext4",),
    "cpu": ("0", "1", "2", "3"),
    "datname": ("app", "postgres"),
    "usename": ("app",),
    "user": ("app",),
    "db": ("db0", "db1"),
    "cmd": ("get", "set", "hgetall", "expire", "publish"),
    "queue_name": ("default", "exports", "search"),
    "queue": ("default", "exports", "search"),
    "error_type": ("TimeoutError", "ValueError"),
    "reason": ("ConnectionError", "TimeoutError"),
    "collector": ("stat_database", "locks", "stat_statements"),
    "queryid": ("4711", "4712", "4713", "4714"),
}
_CODES = ("200", "201", "304", "404", "500", "503")

_SHARES = (
    (re.compile(r"^5\d\d$|fail|error|abort|timeout", re.I), 0.0002),
    (re.compile(r"^4\d\d$|retry|reject|denied|other|unmatched", re.I), 0.006),
    (re.compile(r"miss", re.I), 0.05),
)
_RARE = re.compile(
    r"fail|error|retr(y|ies)|evict|deadlock|rollback|reject|dropp|timeout|blocked|lost", re.I
)
_CAPACITY = re.compile(r"total|size_bytes|(^|_)max(_|$)|limit|capacity", re.I)
_LEFT = re.compile(r"avail|free", re.I)


def values(label: str) -> tuple[str, ...]:
    """Values of a label whose set is open."""
    return _VALUES.get(label, (f"{label}-1", f"{label}-2"))


def chosen(values: tuple[str, ...]) -> tuple[str, ...]:
    """Those of a closed set that occur most."""
    if all(re.fullmatch(r"[1-5]\d\d", value) for value in values if value != "other"):
        return tuple(code for code in _CODES if code in values)
    return values


def share(labels: dict[str, str], places: dict[str, int]) -> float:
    """How much of its metric a series has. places: of each value among those of its label."""
    if (mode := labels.get("mode")) and "cpu" in labels:
        return {"idle": 0.72, "user": 0.17, "system": 0.07}.get(mode, 0.01)
    shares = (
        next((part for pattern, part in _SHARES if pattern.search(value)), 1.0)
        for value in labels.values()
    )
    return prod(shares) * prod(1 / (1 + 0.7 * place) for place in places.values())


def rate(metric: Metric, labels: dict[str, str]) -> float:
    """Events a second of all series of a counter or histogram on one target."""
    if "cpu" in labels and "mode" in labels:
        return 1.0
    if _RARE.search(metric.name):
        return 0.002
    return 0.3 if metric.unit == "s" and metric.kind == "counter" else 20.0


def spread(bounds: tuple[float, ...], limit: float, own: float) -> list[float]:
    """Shares of a histogram's buckets, the last for +Inf: most values lie low, hardly one beyond
    the limit. own: from 0 to 1, so that series differ.
    """
    if not bounds:
        return [1.0]
    peak, width = len(bounds) * 0.28, 1.1
    below = [place for place, bound in enumerate(bounds) if bound <= limit / 10]
    if limit < bounds[-1] * 2:
        peak, width = float(below[-1] if below else 0), 0.75
    peak = max(0.0, peak - 0.8 * own)
    parts = [
        exp(-(((place - peak) / width) ** 2)) + (2e-5 / (1 + place) if place < peak + 6 else 0)
        for place in range(len(bounds) + 1)
    ]
    return [part / sum(parts) for part in parts]


def level(metric: Metric, part: float) -> float:
    """A gauge's value. part: its series' share. Waves are laid over it where it is no limit."""
    name, unit = metric.name, metric.unit
    if unit.startswith("bool"):
        return 0.0 if re.search(r"readonly|error|fail", name) else 1.0
    if unit.startswith("dateTime") or name.endswith("_timestamp_seconds"):
        return float(END - 9 * DAY)
    if unit == "percentunit":
        return 0.35
    if unit == "percent":
        return 35.0
    if "bytes" in unit:
        whole = 16.0 * 2**30
        if _CAPACITY.search(name) and "database" not in name:
            return whole
        return whole * (0.6 if _LEFT.search(name) else 0.18 * max(part, 0.3))
    if _CAPACITY.search(name):
        return 100.0
    if unit in {"s", "ms", "µs"}:
        return 0.02
    if _RARE.search(name):
        return 0.0
    return max(1.0, 24.0 * part)


def is_steady(metric: Metric) -> bool:
    """Whether a gauge stays as it is: a limit, a state, a point in time."""
    capacity = _CAPACITY.search(metric.name) and "database" not in metric.name
    return bool(capacity) or metric.unit.startswith(("bool", "dateTime"))


def is_whole(metric: Metric) -> bool:
    """Whether a gauge counts things."""
    return metric.unit in {"short", "none", ""}
