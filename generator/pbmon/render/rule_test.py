"""The tests of a proof, in promtool's format.

https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from math import isnan
from typing import NamedTuple

from pbmon import durations
from pbmon.expr.text import quoted
from pbmon.go_template.parser import parsed
from pbmon.go_template.reading import reading
from pbmon.plan.rules import PlannedAlert, PlannedRecord
from pbmon.proof.cases.by_hand import HandProof
from pbmon.proof.cases.case import Expected
from pbmon.proof.cases.proofs import Proof, RecordProof
from pbmon.proof.cases.record import RecordCase, accepted
from pbmon.proof.promql.samples import Clock, Labels, Segment
from pbmon.proof.world.samples_of import series
from pbmon.render.filters import yaml
from pbmon.source import Source


class Moment(NamedTuple):
    """What of the alerts of a name fires at a time."""

    time: str
    alertname: str
    firing: Sequence[Expected]


class Sample(NamedTuple):
    """What an expression gives at a time; no value for nothing."""

    expr: str
    time: str
    labels: str
    value: int | None


class Test(NamedTuple):
    """One test. series: what promtool reads as name and values of each."""

    name: str
    series: Sequence[tuple[str, str]]
    external_labels: Labels = ()
    alerts: Sequence[Moment] = ()
    samples: Sequence[Sample] = ()


def tests_of(proof: Proof | RecordProof, clock: Clock) -> str:
    """One test a case."""
    if isinstance(proof, Proof):
        return _text(_alert_tests(proof, clock), clock)
    return _text((_record_test(proof, case, clock) for case in proof.cases), clock)


def by_hand(proofs: Iterable[HandProof], clock: Clock) -> str:
    """One test for each that an author wrote."""
    return _text(map(_hand_test, proofs), clock)


def _text(tests: Iterable[Test], clock: Clock) -> str:
    """No template: of all that is rendered, nine parts in ten are tests."""
    return "".join(line + "\n" for test in tests for line in _lines(test, clock))


def _lines(test: Test, clock: Clock) -> Iterator[str]:
    yield f"  - name: {yaml(test.name)}"
    yield f"    interval: {clock.sample}s"
    if test.external_labels:
        yield "    external_labels:"
        yield from (f"      {name}: {yaml(value)}" for name, value in test.external_labels)
    yield "    input_series:"
    for name, values in test.series:
        yield f"      - series: {yaml(name)}"
        yield f"        values: {yaml(values)}"
    if test.alerts:
        yield "    alert_rule_test:"
    for moment in test.alerts:
        yield f"      - eval_time: {moment.time}"
        yield f"        alertname: {yaml(moment.alertname)}"
        if moment.firing:
            yield "        exp_alerts:"
        for alert in moment.firing:
            yield "          - exp_labels:"
            yield from (f"              {name}: {yaml(value)}" for name, value in alert.labels)
            yield "            exp_annotations:"
            yield from (f"              {name}: {yaml(value)}" for name, value in alert.annotations)
    if test.samples:
        yield "    promql_expr_test:"
    for sample in test.samples:
        yield f"      - expr: {yaml(sample.expr)}"
        yield f"        eval_time: {sample.time}"
        if sample.value is not None:
            yield "        exp_samples:"
            yield f"          - labels: {yaml(sample.labels)}"
            yield f"            value: {sample.value}"


def _alert_tests(proof: Proof, clock: Clock) -> Iterator[Test]:
    external_labels = _external_labels(proof.alert)
    for case in proof.cases:
        moments = [
            Moment(
                durations.text(moment.index * clock.evaluation),
                proof.alert.name,
                (*moment.firing, *moment.namesakes),
            )
            for moment in case.moments
        ]
        of_case = _series(series(case.run.atoms, case.run.phases, clock))
        yield Test(f"{proof.alert.title} {case.name}", of_case, external_labels, moments)


def _series(made: Iterable[tuple[str, Labels, list[Segment]]]) -> list[tuple[str, str]]:
    return [(_selector(name, labels), _notation(segments)) for name, labels, segments in made]


def _hand_test(proof: HandProof) -> Test:
    test, name = proof.test, proof.rule.name
    later = durations.milliseconds(test.silent_at) > 0
    given = sorted(test.given.items())
    if isinstance(proof.rule, PlannedRecord):
        values = ((proof.expected.labels, test.value),)
        samples = [
            *_samples(name, test.fires_at, values),
            *(_samples(name, test.silent_at, ()) if later else ()),
        ]
        title = f"{name} has the value that {_place(test.source)} says"
        return Test(title, given, samples=samples)
    external_labels = _external_labels(proof.rule)
    title = f"{proof.rule.title} fires as {_place(test.source)} says"
    if proof.rule.shares_name:
        labels = proof.expected.labels
        samples = [_state(proof.rule, test.fires_at, labels), _state(proof.rule, test.silent_at)]
        return Test(title, given, external_labels, samples=samples[: 1 + later])
    moments = [
        Moment(test.fires_at, name, (proof.expected,)),
        Moment(test.silent_at, name, ()),
    ]
    return Test(title, given, external_labels, moments[: 1 + later])


def _state(alert: PlannedAlert, time: str, labels: Labels | None = None) -> Sample:
    """That of the alert just one series with these labels fires at the time, or none.

    Without its texts: promtool compares those of all alerts of a name, and nobody says what the
    others do.
    """
    firing = (("alertname", alert.name), ("alertstate", "firing"))
    return Sample(
        _selector("ALERTS", (*firing, ("severity", alert.severity))),
        time,
        _selector("ALERTS", (*firing, *(labels or ()))),
        1 if labels is not None else None,
    )


def _external_labels(alert: PlannedAlert) -> Labels:
    """Those of Prometheus, where a text of the alert shows them."""
    texts = [text for _, text in (*alert.annotations, *alert.labels)]
    shown = any(reading(parsed(text)).external for text in texts if "{{" in text)
    return alert.external_labels if shown else ()


def _record_test(proof: RecordProof, case: RecordCase, clock: Clock) -> Test:
    name, time = proof.record.name, durations.text(case.index * clock.evaluation)
    return Test(
        f"{name} has the value of its definition {case.name}",
        _series(series(case.atoms, case.phases, clock)),
        samples=_samples(name, time, case.values),
    )


def _samples(name: str, time: str, values: Sequence[tuple[Labels, float]]) -> list[Sample]:
    """That the record has just these values at the time."""
    samples = [Sample(f"count({name})", time, "{}", len(values) or None)]
    for labels, value in values:
        low, high = accepted(value)
        one = _selector(name, labels)
        expr = f"({one} > {low:.9g} < {high:.9g}) * 0"
        samples.append(Sample(expr, time, _selector("", labels), 0))
    return samples


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
        elif isnan(segment.first):  # promtool takes NaNx8 for a name
            parts.append(f"NaN+0x{segment.count - 1}")
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
    text = repr(value)
    return (format(Decimal(text), "f") if "e" in text else text).removesuffix(".0")


def _place(source: Source) -> str:
    """The author's line, the same wherever pbmon is called."""
    return f"{source.file}:{source.line}"
