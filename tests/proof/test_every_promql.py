"""The engine computes what promtool computes, whatever the expression and the samples are."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from itertools import product
from math import inf, isclose, isfinite, isnan, nan
from pathlib import Path
from random import Random

import pytest
import yaml
from drawn import drawn
from pbmon import durations
from pbmon.plan.lineage import Lineage
from pbmon.proof.promql.engine import Engine
from pbmon.proof.promql.samples import Clock, Line, Segment, Store
from pbmon.proof.promql.vectors import EvaluationError, UnknownSemantics
from pbmon.proof.values.bounds import Bounds
from pbmon.proof.values.intervals import EVERYTHING
from promql_texts import BUCKETS, COUNTERS, GAUGES, calls, names, resolved, texts
from promtool_output import Sample, as_go_quotes, outcomes

STEPS = 120
GO = {"nan": "NaN", "inf": "Inf", "-inf": "-Inf"}
TIMES = ("110m", "37m30s", "61m", "7m", "0s", "90m13s")
FEATURES = "--enable-feature=promql-experimental-functions"


def values(random: Random, kind: str) -> Iterator[float | None]:
    """Samples with gaps, restarts, equal values, and for gauges what is no number. All are few bits
    long, so that sums are the same in every order.
    """
    value = float(random.randrange(0, 40)) / 4
    for _ in range(STEPS):
        chance = random.random()
        if chance < 0.03:
            yield None
        elif kind == "gauge":
            value = random.choice((value, random.randrange(-40, 80) / 4))
            strange = random.random() < 0.01
            yield random.choice((nan, inf, -inf, -0.0)) if strange else value
        else:
            value = 0.0 if chance > 0.98 else value + random.choice((0.0, 0.25, 1.0, 10.0))
            yield value


def world(seed: int) -> list[tuple[str, dict[str, str], list[float | None]]]:
    """(name, labels, samples) of series that carry different labels."""
    random = Random(seed)
    found = []
    for name, instance, room in product((*GAUGES, *COUNTERS), ("a:80", "b:80"), ("hall", "attic")):
        labels = {"job": "house", "instance": instance, "room": room}
        if name == "doors":
            labels["kind"] = random.choice(("wide", "narrow"))
        if name == "windows":
            del labels["room"]
            if room == "attic":
                continue
        kind = "gauge" if name in GAUGES else "counter"
        found.append((name, labels, list(values(random, kind))))
    for room in ("hall", "attic"):
        for bound in ("0.5", "1", "5", "+Inf", "wide", "1.0"):
            labels = {"job": "house", "instance": "a:80", "room": room, "le": bound}
            samples = list(values(random, "counter"))
            found.append((BUCKETS, labels, samples))
    return found


def notation(samples: list[float | None]) -> str:
    """In promtool's notation; the first of missing samples says that the series is gone."""
    written = []
    for before, sample in zip([None, *samples], samples, strict=False):
        if sample is None:
            written.append("_" if before is None else "stale")
        else:
            written.append(f"{sample:g}" if isfinite(sample) else GO[repr(sample)])
    return " ".join(written)


@pytest.fixture(scope="module", name="major")
def version(promtools: Path) -> int:
    ran = subprocess.run(
        [promtools, "--version"], check=True, capture_output=True, text=True, timeout=60
    )
    found = re.search(r"version (\d+)", ran.stdout + ran.stderr)
    assert found
    return int(found.group(1))


def told(
    promtools: Path, folder: Path, asked: dict[str, str], seed: int, major: int
) -> dict[str, list[Sample] | str]:
    """What promtool says of each expression at its time: samples, or why it refuses."""
    tests = [{"expr": text, "eval_time": time, "exp_samples": []} for text, time in asked.items()]
    series = []
    for name, labels, samples in world(seed):
        pairs = ",".join(f'{key}="{value}"' for key, value in labels.items())
        series.append({"series": f"{name}{{{pairs}}}", "values": notation(samples)})
    file = folder / "test.yml"
    test = {"interval": "1m", "input_series": series, "promql_expr_test": tests}
    file.write_text(yaml.safe_dump({"evaluation_interval": "2m", "tests": [test]}, width=10**9))
    command = [promtools, *([FEATURES] if major >= 3 else []), "test", "rules", file]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=240)
    found = outcomes(ran.stdout + ran.stderr)
    return {text: found.get(as_go_quotes(text), []) for text in asked}


def store(seed: int, major: int) -> Store:
    filled = Store(Clock(60, 120), left_open=major >= 3)
    for name, labels, samples in world(seed):
        segments = [Segment(sample, 0.0, 1) for sample in samples]
        filled.add(name, [Line(tuple(sorted(labels.items())), segments)])
    return filled


def when(random: Random, text: str) -> str:
    """When it is evaluated: at the end of the samples if it looks ahead, which no rule can."""
    return TIMES[0] if "@" in text or "offset -" in text else random.choice(TIMES)


@pytest.mark.slow  # thousands of expressions
@pytest.mark.parametrize("seed", range(3))
def test_a_random_text_has_the_value_that_promtool_gives_it_or_is_refused_by_both(
    promtools: Path, tmp_path: Path, major: int, seed: int
) -> None:
    compared, refused, unknown = agreement(
        promtools, tmp_path, drawn(texts(major), 1500), seed, major
    )
    assert compared > 100 and refused > 10 and unknown < 30


@pytest.mark.slow  # hundreds of expressions
def test_each_function_and_aggregation_computes_what_promtool_does(
    promtools: Path, tmp_path: Path, major: int
) -> None:
    every = [text for name in names(major) for text in drawn(calls(name, major), 25)]
    assert {re.split(r"\W", text)[0] for text in every} == set(names(major))
    compared, *_ = agreement(promtools, tmp_path, every, 5, major)
    assert compared > len(names(major))


def agreement(
    promtools: Path, tmp_path: Path, every: list[str], seed: int, major: int
) -> tuple[int, int, int]:
    """How many had the same values, were refused by both, and are not computed. Fails where the
    engine differs from promtool.
    """
    random = Random(seed)
    asked = {text: when(random, text) for text in every}
    engine = Engine(store(seed, major))
    compared = refused = unknown = 0
    for text, expected in told(promtools, tmp_path, asked, seed, major).items():
        time = durations.seconds(asked[text])
        try:
            computed = engine.evaluate(resolved(text), time)
        except EvaluationError as error:
            assert isinstance(expected, str), (text, asked[text], error, expected)
            refused += 1
            continue
        except UnknownSemantics:
            unknown += 1
            continue
        assert isinstance(expected, list), (text, asked[text], expected, computed)
        ours = computed if isinstance(computed, dict) else {(): computed}
        assert ours.keys() == dict(expected).keys(), (text, asked[text], expected, ours)
        for labels, value in expected:
            assert alike(ours[labels], value), (text, asked[text], labels, value, ours[labels])
        compared += bool(expected)
    return compared, refused, unknown


def alike(ours: float, value: float) -> bool:
    return isclose(ours, value, rel_tol=1e-9, abs_tol=1e-9) or (isnan(ours) and isnan(value))


@pytest.mark.slow  # thousands of expressions
@pytest.mark.parametrize("major", [2, 3])
def test_no_value_lies_outside_of_its_bounds(major: int) -> None:
    engines = [Engine(store(seed, major)) for seed in range(4)]
    bounds, inside = Bounds(Lineage({}), now=(0, inf)), 0
    for text in drawn(texts(major), 2000):
        node = resolved(text)
        low, high = bounds.of(node)
        for engine, time in product(engines, TIMES[:3]):
            try:
                values = engine.evaluate(node, durations.seconds(time))
            except UnknownSemantics:
                continue
            for value in values.values() if isinstance(values, dict) else (values,):
                slack = 1e-9 * max(1.0, abs(value)) if isfinite(value) else 0.0
                assert isnan(value) or low - slack <= value <= high + slack, (text, time, value)
                inside += (low, high) != EVERYTHING
    assert inside > 1000
