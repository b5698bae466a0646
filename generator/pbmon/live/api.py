"""Prometheus's HTTP API as typed values.

https://prometheus.io/docs/prometheus/latest/querying/api/ (the same in 2.42 and 3.5 for what is asked here)
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from math import isnan
from typing import Any
from urllib.parse import urlencode

from pbmon.live.client import Client, Form, Unreachable
from pbmon.live.reading import reading
from pbmon.live.seen import ActiveAlert, ActiveTarget, Family, Labels, LoadedGroup, LoadedRule, Result


class Prometheus:
    """A running Prometheus. Every method raises Unreachable where it does not answer as one, and what Client.ask raises."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def targets(self) -> tuple[ActiveTarget, ...]:
        """Every target it scrapes, sorted by job and instance."""
        with reading(self._client):
            found = [
                ActiveTarget(
                    target["labels"]["job"],
                    target["labels"]["instance"],
                    target["health"],
                    target.get("lastError", ""),
                    target["labels"],
                )
                for target in self._data("/api/v1/targets?state=active")["activeTargets"]
            ]
        return tuple(sorted(found, key=lambda target: (target.job, target.instance)))

    def families(self) -> dict[str, dict[str, Family]]:
        """What targets say about their metrics: by job, then by name."""
        families: dict[str, dict[str, Family]] = defaultdict(dict)
        with reading(self._client):
            for entry in self._data("/api/v1/targets/metadata"):
                families[entry["target"]["job"]][entry["metric"]] = Family(entry["type"], entry["help"], entry["unit"])
        return families

    def series(self, selector: str) -> dict[str, list[Labels]]:
        """Labels of every series that has a value now, by its name."""
        found: dict[str, list[Labels]] = defaultdict(list)
        with reading(self._client):
            for entry in self._data("/api/v1/query", [("query", selector)])["result"]:
                labels = dict(entry["metric"])
                found[labels.pop("__name__", "")].append(labels)
        return found

    def label_values(self, label: str, selector: str, start: float, end: float) -> list[str]:
        """Values of a label on series that had samples in the time, sorted; seconds since 1970."""
        query = [("match[]", selector), ("start", f"{start:.3f}"), ("end", f"{end:.3f}")]
        with reading(self._client):
            return sorted(map(str, self._data(f"/api/v1/label/{label}/values", get=query)))

    def now(self) -> float:
        """Its clock, seconds since 1970."""
        with reading(self._client):
            return float(self._data("/api/v1/query", [("query", "time()")])["result"][1])

    def alertmanagers(self) -> tuple[str, ...]:
        """Addresses of the Alertmanagers it sends to."""
        with reading(self._client):
            return tuple(str(found["url"]) for found in self._data("/api/v1/alertmanagers")["activeAlertmanagers"])

    def groups(self, now: float) -> tuple[LoadedGroup, ...]:
        """Every rule group in the order of its file. now: seconds since 1970 by its own clock."""
        with reading(self._client):
            return tuple(_group(group, now) for group in self._data("/api/v1/rules")["groups"])

    def instant(self, query: str, moment: float) -> Result:
        """A query for one moment. What Prometheus refuses is in the result, not raised."""
        return self._result("/api/v1/query", [("query", query), ("time", f"{moment:.3f}")])

    def range(self, query: str, start: float, end: float, step: float) -> Result:
        """A query over time, all in seconds. What Prometheus refuses is in the result, not raised."""
        times = [("start", f"{start:.3f}"), ("end", f"{end:.3f}"), ("step", f"{step:.3f}")]
        return self._result("/api/v1/query_range", [("query", query), *times])

    def _result(self, path: str, form: Form) -> Result:
        begun = time.perf_counter()
        with reading(self._client):
            answer = self._client.json(path, [*form, ("stats", "all")])
            took = time.perf_counter() - begun
            if answer["status"] == "error":
                return Result(error=f"{answer['errorType']}: {answer['error']}", seconds=took)
            data = answer["data"]
            entries = data["result"] if data["resultType"] in {"vector", "matrix"} else [{"value": data["result"]}]
            numbers = sum(1 for entry in entries for value in _values(entry) if not isnan(value))
            samples = int(data["stats"]["samples"]["totalQueryableSamples"]) if "samples" in data.get("stats", {}) else 0
            return Result(len(entries), numbers, "", tuple(answer.get("warnings", ())), samples, took)

    def _data(self, path: str, form: Form | None = None, get: Form = ()) -> Any:
        answer = self._client.json(path + (f"?{urlencode(get)}" if get else ""), form)
        if answer["status"] != "success":
            raise Unreachable(f"{self._client} refuses {path}: {answer['error']}", "see its log")
        return answer["data"]


def _values(entry: Mapping[str, Any]) -> Iterator[float]:
    """Its values; a native histogram counts as one."""
    pairs: Sequence[Any] = entry["values"] if "values" in entry else [entry["value"]] if "value" in entry else ()
    yield from (float(value) for _, value in pairs)
    if "histogram" in entry or "histograms" in entry:
        yield 1.0


def _group(group: Mapping[str, Any], now: float) -> LoadedGroup:
    evaluated = datetime.fromisoformat(group["lastEvaluation"]).timestamp()  # the year 1 before the first evaluation
    return LoadedGroup(
        group["name"],
        group["file"],
        float(group["interval"]),
        now - evaluated if evaluated > 0 else None,
        float(group["evaluationTime"]),
        tuple(map(_rule, group["rules"])),
    )


def _rule(rule: Mapping[str, Any]) -> LoadedRule:
    return LoadedRule(
        "alert" if rule["type"] == "alerting" else "record",
        rule["name"],
        rule["query"],
        rule.get("labels") or {},
        rule.get("annotations") or {},
        float(rule.get("duration", 0)),
        float(rule.get("keepFiringFor", 0)),
        rule["health"],
        rule.get("lastError", ""),
        tuple(ActiveAlert(alert["labels"], alert["state"], alert["activeAt"]) for alert in rule.get("alerts") or ()),
    )
