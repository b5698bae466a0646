"""Prometheus's HTTP API as typed values.

https://prometheus.io/docs/prometheus/latest/querying/api/ (the same in 2.42 and 3.5 for what is
asked here)
"""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import suppress
from math import isnan
from urllib.parse import urlencode

from pbmon import durations
from pbmon.live.seen import (
    ActiveAlert,
    ActiveTarget,
    Family,
    Labels,
    LoadedGroup,
    LoadedRule,
    Result,
    Samples,
)
from pbmon.live.servers.client import Client, Form, Unreachable
from pbmon.live.servers.limits import Budget
from pbmon.live.servers.reading import Part, reading


class Prometheus:
    """A running Prometheus. Every method raises Unreachable for an answer that Prometheus would not
    give, and what Client.json raises.

    budget: for all answers but those to queries.
    """

    def __init__(self, client: Client, budget: Budget | None = None) -> None:
        self._client = client
        self._budget = budget or Budget()

    def targets(self) -> tuple[ActiveTarget, ...]:
        """Every target it scrapes, sorted by job and instance."""
        with reading(self._client):
            active = [
                ActiveTarget(
                    target["labels"]["job"].text(),
                    target["labels"]["instance"].text(),
                    target["health"].text(),
                    target.get("lastError", "").text(),
                    target["labels"].labels(),
                )
                for target in self._data("/api/v1/targets?state=active")["activeTargets"].each()
            ]
        return tuple(sorted(active, key=lambda target: (target.job, target.instance)))

    def families(self) -> dict[str, dict[str, Family]]:
        """What targets say about their metrics: by job, then by name."""
        families: dict[str, dict[str, Family]] = defaultdict(dict)
        with reading(self._client):
            for entry in self._data("/api/v1/targets/metadata").each():
                family = Family(*(entry[fact].text() for fact in ("type", "help", "unit")))
                families[entry["target"]["job"].text()][entry["metric"].text()] = family
        return families

    def series(self, selector: str) -> dict[str, list[Labels]]:
        """Labels of every series that has a value now, by its name."""
        by_name: dict[str, list[Labels]] = defaultdict(list)
        with reading(self._client):
            for entry in self._data("/api/v1/query", [("query", selector)])["result"].each():
                labels = entry["metric"].labels()
                by_name[labels.pop("__name__", "")].append(labels)
        return by_name

    def present(
        self, selector: str, start: float, end: float, step: float
    ) -> dict[str, list[float]]:
        """Moments, a step apart, at which any series of a name has a value, by that name."""
        query = f"group by (__name__) ({selector})"
        times = [("start", f"{start:.3f}"), ("end", f"{end:.3f}"), ("step", f"{step:.3f}")]
        with reading(self._client):
            answer = self._data("/api/v1/query_range", [("query", query), *times])
            moments = {
                entry["metric"].labels().get("__name__", ""): [
                    pair.time() for pair in entry.get("values", []).each()
                ]
                for entry in answer["result"].each()
            }
        return {name: found for name, found in moments.items() if found}

    def retention(self) -> float:
        """Seconds that it keeps samples; 0 where it does not say so, or keeps them by size only."""
        with reading(self._client):
            text = self._data("/api/v1/status/runtimeinfo").get("storageRetention", "").text()
        for part in text.split(" or "):
            with suppress(ValueError):
                return durations.seconds(part)
        return 0.0

    def label_values(self, label: str, selector: str, start: float, end: float) -> list[str]:
        """Values of a label on series that had samples in the time, sorted; seconds since 1970."""
        query = [("match[]", selector), ("start", f"{start:.3f}"), ("end", f"{end:.3f}")]
        with reading(self._client):
            return sorted(self._data(f"/api/v1/label/{label}/values", get=query).texts())

    def now(self) -> float:
        """Its clock, seconds since 1970."""
        with reading(self._client):
            result = self._data("/api/v1/query", [("query", "time()")])["result"]
            return Part(result.sample(), "the clock").number()

    def alertmanagers(self) -> tuple[str, ...]:
        """Addresses of the Alertmanagers it sends to."""
        with reading(self._client):
            active = self._data("/api/v1/alertmanagers")["activeAlertmanagers"]
            return tuple(alertmanager["url"].text() for alertmanager in active.each())

    def groups(self, now: float) -> tuple[LoadedGroup, ...]:
        """Every rule group in the order of its file. now: seconds since 1970 by its own clock."""
        with reading(self._client):
            return tuple(
                _group(group, now) for group in self._data("/api/v1/rules")["groups"].each()
            )

    def instant(self, query: str, moment: float) -> Result:
        """A query for one moment. A refusal is in the result, not raised."""
        return self._result("/api/v1/query", [("query", query), ("time", f"{moment:.3f}")])

    def range(self, query: str, start: float, end: float, step: float) -> Result:
        """A query over time, all in seconds. A refusal is in the result, not raised."""
        times = [("start", f"{start:.3f}"), ("end", f"{end:.3f}"), ("step", f"{step:.3f}")]
        return self._result("/api/v1/query_range", [("query", query), *times])

    def samples(
        self, query: str, start: float, end: float, step: float
    ) -> tuple[list[Samples], str]:
        """Every series that a query gives, for the end alone where step is 0; and why Prometheus
        refuses the query, empty where it does not. Native histograms are left out.
        """
        form = [("query", query)]
        if step:
            form += [("start", f"{start:.3f}"), ("end", f"{end:.3f}"), ("step", f"{step:.3f}")]
        else:
            form.append(("time", f"{end:.3f}"))
        with reading(self._client):
            answer = Part(self._client.json(f"/api/v1/query{'_range' if step else ''}", form))
            if answer["status"].text() == "error":
                return [], f"{answer['errorType'].text()}: {answer['error'].text()}"
            data = answer["data"]
            if data["resultType"].text() in {"scalar", "string"}:
                pair = data["result"]
                return [Samples({}, [(pair.time(), pair.sample())])], ""
            return [
                Samples(entry["metric"].labels(), values)
                for entry in data["result"].each()
                if (values := _pairs(entry))
            ], ""

    def _result(self, path: str, form: Form) -> Result:
        begun = time.perf_counter()
        with reading(self._client):
            answer = Part(self._client.json(path, [*form, ("stats", "all")]))
            took = time.perf_counter() - begun
            if answer["status"].text() == "error":
                return Result(
                    error=f"{answer['errorType'].text()}: {answer['error'].text()}", seconds=took
                )
            data = answer["data"]
            whole = data["resultType"].text() in {"scalar", "string"}
            samples = (
                [[data["result"].sample()]]
                if whole
                else [_samples(entry) for entry in data["result"].each()]
            )
            numbers = sum(1 for series in samples for value in series if not isnan(value))
            read = data.get("stats", {}).get("samples", {}).get("totalQueryableSamples", 0).number()
            return Result(
                len(samples),
                numbers,
                "",
                tuple(answer.get("warnings", []).texts()),
                int(read),
                took,
            )

    def _data(self, path: str, form: Form | None = None, get: Form = ()) -> Part:
        question = path + (f"?{urlencode(get)}" if get else "")
        answer = Part(self._client.json(question, form, self._budget))
        if answer["status"].text() != "success":
            why = " ".join(answer["error"].text().split())
            raise Unreachable(f"{self._client} refuses {path}: {why}", "see its log")
        return answer.get("data")


def _pairs(entry: Part) -> list[tuple[float, float]]:
    """The samples of a series that are numbers."""
    one = entry.get("value")
    pairs = [one] if one.value is not None else entry.get("values", []).each()
    return [(pair.time(), pair.sample()) for pair in pairs]


def _samples(entry: Part) -> list[float]:
    """The values of a series; a native histogram counts as one."""
    one = entry.get("value")
    values = (
        [one.sample()]
        if one.value is not None
        else [pair.sample() for pair in entry.get("values", []).each()]
    )
    is_histogram = entry.object().keys() & {"histogram", "histograms"}
    return [*values, 1.0] if is_histogram else values


def _group(group: Part, now: float) -> LoadedGroup:
    evaluated = group["lastEvaluation"].moment()  # the year 1 before the first evaluation
    return LoadedGroup(
        group["name"].text(),
        group["file"].text(),
        group["interval"].number(),
        now - evaluated if evaluated > 0 else None,
        group["evaluationTime"].number(),
        tuple(map(_rule, group["rules"].each())),
    )


def _rule(rule: Part) -> LoadedRule:
    name = rule["name"].text()
    return LoadedRule(
        "alert" if rule["type"].text() == "alerting" else "record",
        name,
        rule["query"].text(),
        rule.get("labels", {}).labels(),
        rule.get("annotations", {}).labels(),
        rule.get("duration", 0).number(),
        rule.get("keepFiringFor", 0).number(),
        rule["health"].text(),
        rule.get("lastError", "").text(),
        tuple(
            ActiveAlert(
                {**alert["labels"].labels(), "alertname": name},
                alert["state"].text(),
                alert["activeAt"].text(),
            )
            for alert in rule.get("alerts", []).each()
        ),
    )
