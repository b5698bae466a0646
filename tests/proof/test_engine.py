"""The engine computes what promtool computes."""

from __future__ import annotations

import re
import subprocess
from math import isclose, isnan
from pathlib import Path

import pytest
import yaml
from drawn import drawn
from made_series import notation, store
from pbmon.expr.text import promql
from pbmon.expr.vector import Vector
from pbmon.proof.promql.engine import Engine, UnknownSemantics
from promtool_output import as_go_quotes, results
from strategies import expressions


@pytest.fixture(scope="module")
def vectors() -> list[Vector]:
    """Hundreds of random expressions."""
    return drawn(expressions(), 1500)


def test_a_random_expression_has_the_value_that_promtool_gives_it(
    vectors: list[Vector], promtools: Path, tmp_path: Path
) -> None:
    tests = [
        {"expr": promql(vector.node), "eval_time": "110m", "exp_samples": []} for vector in vectors
    ]
    file = tmp_path / "test.yml"
    file.write_text(
        yaml.safe_dump(
            {
                "evaluation_interval": "1m",
                "tests": [
                    {"interval": "1m", "input_series": notation(), "promql_expr_test": tests}
                ],
            }
        )
    )
    ran = subprocess.run(
        [promtools, "test", "rules", file], check=False, capture_output=True, text=True, timeout=120
    )
    told = subprocess.run(
        [promtools, "--version"], check=False, capture_output=True, text=True, timeout=60
    )
    major = int(re.search(r"version (\d+)", told.stdout + told.stderr).group(1))  # type: ignore[union-attr]
    found = results(ran.stdout + ran.stderr)
    engine = Engine(store(60, left_open=major >= 3))
    compared = 0
    for vector in vectors:
        text = promql(vector.node)
        if "topk" in text or as_go_quotes(text) not in found:
            continue  # ties may go either way
        try:
            computed = engine.vector(vector.node, 110 * 60)
        except UnknownSemantics:
            continue
        expected = dict(found[as_go_quotes(text)])
        assert computed.keys() == expected.keys(), text
        for labels, value in expected.items():
            ours = computed[labels]
            assert isclose(ours, value, rel_tol=1e-9, abs_tol=1e-9) or (
                isnan(ours) and isnan(value)
            ), (text, labels)
            compared += 1
    assert compared > len(vectors) // 2
