"""The tests of a proof, in promtool's format.

https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from pbmon import durations
from pbmon.expr.text import quoted
from pbmon.go_template.parser import parsed
from pbmon.go_template.reading import reading
from pbmon.plan.rules import PlannedAlert, PlannedRecord
from pbmon.proof.cases.by_hand import HandProof
from pbmon.proof.cases.proofs import Proof, RecordProof
from pbmon.proof.cases.record import RecordCase, accepted
from pbmon.proof.promql.samples import Clock, Labels, Segment
from pbmon.proof.world.samples_of import series
from pbmon.render.environment import rendered
from pbmon.source import Source


def tests_of(proof: Proof | RecordProof, clock: Clock) -> str:
    """One test a case."""
    if isinstance(proof, Proof):
        return _rendered(_alert_tests(proof, clock), clock)
    return _rendered((_record_test(proof, case, clock) for case in proof.cases), clock)


def by_hand(proofs: Iterable[HandProof], clock: Clock) -> str:
    """One test for each that an author wrote."""
    return _rendered(map(_hand_test, proofs), clock)


def _rendered(tests: Iterable[dict[str, object]], clock: Clock) -> str:
    return rendered("rule-test.yml.j2", tests=tests, clock=clock)


def _alert_tests(proof: Proof, clock: Clock) -> Iterator[dict[str, object]]:
    external_labels = _external_labels(proof.alert)
    for case in proof.cases:
        moments = [
            {
                "time": durations.text(moment.index * clock.evaluation),
                "alertname": proof.alert.name,
                "firing": (*moment.firing, *moment.namesakes),
            }
            for moment in case.moments
        ]
        yield {
            "name": f"{proof.alert.title} {case.name}",
            "external_labels": external_labels,
            "series": [
                (_selector(name, labels), _notation(segments))
                for name, labels, segments in series(case.run.atoms, case.run.phases, clock)
            ],
            "alerts": moments,
            "samples": [],
        }


def _hand_test(proof: HandProof) -> dict[str, object]:
    test, name = proof.test, proof.rule.name
    later = durations.milliseconds(test.silent_at) > 0
    fields: dict[str, object] = {
        "series": sorted(test.given.items()),
        "alerts": [],
        "samples": [],
        "external_labels": (),
    }
    if isinstance(proof.rule, PlannedRecord):
        values = ((proof.expected.labels, test.value),)
        samples = [
            *_samples(name, test.fires_at, values),
            *(_samples(name, test.silent_at, ()) if later else ()),
        ]
        return {
            **fields,
            "name": f"{name} has the value that {_place(test.source)} says",
            "samples": samples,
        }
    fields["external_labels"] = _external_labels(proof.rule)
    fields["name"] = f"{proof.rule.title} fires as {_place(test.source)} says"
    if proof.rule.shares_name:
        labels = proof.expected.labels
        samples = [_state(proof.rule, test.fires_at, labels)]
        return {**fields, "samples": [*samples, _state(proof.rule, test.silent_at)][: 1 + later]}
    moments = [{"time": test.fires_at, "alertname": name, "firing": (proof.expected,)}]
    if later:
        moments.append({"time": test.silent_at, "alertname": name, "firing": ()})
    return {**fields, "alerts": moments}


def _state(alert: PlannedAlert, time: str, labels: Labels | None = None) -> dict[str, object]:
    """That of the alert just one series with these labels fires at the time, or none.

    Without its texts: promtool compares those of all alerts of a name, and nobody says what the
    others do.
    """
    firing = (("alertname", alert.name), ("alertstate", "firing"))
    return {
        "expr": _selector("ALERTS", (*firing, ("severity", alert.severity))),
        "time": time,
        "labels": _selector("ALERTS", (*firing, *(labels or ()))),
        "value": 1 if labels is not None else None,
    }


def _external_labels(alert: PlannedAlert) -> Labels:
    """Those of Prometheus, where a text of the alert shows them."""
    texts = [text for _, text in (*alert.annotations, *alert.labels)]
    shown = any(reading(parsed(text)).external for text in texts if "{{" in text)
    return alert.external_labels if shown else ()


def _record_test(proof: RecordProof, case: RecordCase, clock: Clock) -> dict[str, object]:
    name, time = proof.record.name, durations.text(case.index * clock.evaluation)
    input_series = series(case.atoms, case.phases, clock)
    return {
        "name": f"{name} has the value of its definition {case.name}",
        "series": [
            (_selector(name, labels), _notation(segments))
            for name, labels, segments in input_series
        ],
        "alerts": [],
        "external_labels": (),
        "samples": _samples(name, time, case.values),
    }


def _samples(
    name: str, time: str, values: Sequence[tuple[Labels, float]]
) -> list[dict[str, object]]:
    """That the record has just these values at the time."""
    checks: list[dict[str, object]] = [
        {"expr": f"count({name})", "time": time, "labels": "{}", "value": len(values) or None}
    ]
    for labels, value in values:
        low, high = accepted(value)
        one = _selector(name, labels)
        checks.append(
            {
                "expr": f"({one} > {low:.9g} < {high:.9g}) * 0",
                "time": time,
                "labels": _selector("", labels),
                "value": 0,
            }
        )
    return checks


def _selector(name: str, labels: Labels) -> str:
    pairs = ",".join(f"{key}={quoted(value)}" for key, value in labels)
    return f"{name}{{{pairs}}}"


def _notation(segments: Sequence[Segment]) -> str:
    """The segments in promtool's notation for values.

    https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series
    """
    parts: list[str] = []
    present = False
    for segment in segments:
        gone, present = present, segment.first is not None
        if segment.first is None:
            absent = segment.count - gone  # the first says that the series is gone
            parts += [*["stale"] * gone, *([f"_x{absent}" if absent > 1 else "_"] * bool(absent))]
        elif segment.count == 1:
            parts.append(_plain(segment.first))
        elif not segment.growth:
            parts.append(f"{_plain(segment.first)}x{segment.count - 1}")
        else:
            sign = "-" if segment.growth < 0 else "+"
            parts.append(
                f"{_plain(segment.first)}{sign}{_plain(abs(segment.growth))}x{segment.count - 1}"
            )
    return " ".join(parts)


def _plain(value: float) -> str:
    """Shortest text without an exponent; promtool reads no other."""
    return format(Decimal(repr(value)), "f").removesuffix(".0")


def _place(source: Source) -> str:
    """The author's line, the same wherever pbmon is called."""
    return f"{source.file}:{source.line}"
