"""The table of functions says what each promtool knows."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
import yaml
from pbmon.expr.signatures import OPERATORS, SIGNATURES, Argument, Operator, Signature
from promql_texts import has
from promtool_output import as_go_quotes, outcomes

WRITTEN: dict[Argument, str] = {
    "instant vector": "x",
    "range vector": "x[5m]",
    "scalar": "0.5",
    "string": '"a"',
}
WITHOUT_LABELS_OF_THEIR_OWN = {"info"}
"""Functions that are left out, because what they give cannot be known before they run."""


def status(promtools: Path, folder: Path, asked: list[str]) -> dict[str, str]:
    """`known`, `unknown` or `experimental`, by the expression's text."""
    tests = [{"expr": text, "eval_time": "1m", "exp_samples": []} for text in asked]
    series = [{"series": "x", "values": "1 2"}]
    file = folder / "test.yml"
    test = {"interval": "1m", "input_series": series, "promql_expr_test": tests}
    file.write_text(yaml.safe_dump({"tests": [test]}, width=10**9))
    ran = subprocess.run(
        [promtools, "test", "rules", file], check=False, capture_output=True, text=True, timeout=60
    )
    found = outcomes(ran.stdout + ran.stderr)
    return {text: _status(found.get(as_go_quotes(text), "")) for text in asked}


def _status(outcome: object) -> str:
    if not isinstance(outcome, str) or "parse error" not in outcome:
        return "known"
    if "unknown function" in outcome:
        return "unknown"
    return "experimental" if "enable" in outcome else outcome


def call(row: Signature | Operator) -> str:
    if isinstance(row, Operator):
        parameter = f"{WRITTEN[row.parameter]}, " if row.parameter else ""
        return f"{row.name}({parameter}x)"
    return f"{row.name}({', '.join(WRITTEN[argument] for argument in row.arguments)})"


@pytest.fixture(scope="module")
def major(promtools: Path) -> int:
    ran = subprocess.run(
        [promtools, "--version"], check=True, capture_output=True, text=True, timeout=60
    )
    found = re.search(r"version (\d+)", ran.stdout + ran.stderr)
    assert found
    return int(found.group(1))


def test_promtool_reads_a_call_exactly_where_its_row_says_so(
    promtools: Path, tmp_path: Path, major: int
) -> None:
    rows: list[Signature | Operator] = [*SIGNATURES.values(), *OPERATORS.values()]
    expected = {
        call(row): "unknown"
        if not has(row, major)
        else ("experimental" if row.experimental else "known")
        for row in rows
    }
    assert status(promtools, tmp_path, list(expected)) == expected


def test_no_function_that_promtool_computes_is_missing(promtools: Path, tmp_path: Path) -> None:
    """Its binary holds a Go function for each: `promql.funcAbsentOverTime`."""
    symbols = set(re.findall(rb"promql\.func([A-Z][A-Za-z0-9]+)", promtools.read_bytes()))
    assert len(symbols) > 60
    names = sorted({name for symbol in symbols for name in spellings(symbol.decode())})
    found = status(promtools, tmp_path, [f"{name}()" for name in names])
    known = {name for name in names if found[f"{name}()"] != "unknown"}
    assert len(known) >= len(symbols)
    assert known - WITHOUT_LABELS_OF_THEIR_OWN <= SIGNATURES.keys()


def spellings(symbol: str) -> Iterator[str]:
    """Ways to write a Go name with underscores: StdDev may be std_dev and stddev."""
    first, *words = [word.lower() for word in re.findall(r"[A-Z][a-z0-9]*", symbol)]
    for joints in product(("_", ""), repeat=len(words)):
        yield first + "".join(joint + word for joint, word in zip(joints, words, strict=True))
