"""Texts of alerts expand as Prometheus expands them."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from drawn import drawn
from hypothesis import strategies as st
from pbmon.proof.template import expanded

FUNCTIONS = ("", " | humanize", " | humanize1024", " | humanizePercentage", " | humanizeDuration")
EDGES = (
    0.0, 1.0, -1.0, 0.5, 999.95, 999.9499999, 1000.0, 1023.9, 1024.0, 1048576.0, 59.99, 60.0,
    3599.6, 86400.0, 90061.5, 1e-4,
    9.99e-5, 999999.0, 1e6, 1234567.0, 1e15, 1e20, 1e21, 1e27, 1e-12, 1e-26, 0.1 + 0.2, 1 / 3,
    2 / 3, -0.05, -1536.0, -90061.5,
)  # fmt: skip


def test_a_value_reads_as_in_prometheus_whatever_function_it_passes_through(
    promtools: Path, tmp_path: Path
) -> None:
    values: list[float] = list(EDGES)

    numbers = st.one_of(
        st.floats(-1e9, 1e9),
        st.floats(1e-20, 1e25),
        st.floats(0, 1),
        st.integers(-(10**7), 10**7).map(float),
    )
    values += drawn(numbers, 600)
    texts = [
        "#".join(f"{{{{ $value{function} }}}}" for function in FUNCTIONS if suits(function, value))
        for value in values
    ]
    rules = [
        {"alert": f"A{number}", "expr": f"vector({value!r})", "annotations": {"text": text}}
        for number, (value, text) in enumerate(zip(values, texts, strict=True))
    ]
    (tmp_path / "rules.yml").write_text(json.dumps({"groups": [{"name": "all", "rules": rules}]}))
    asked = [{"alertname": rule["alert"], "eval_time": "0s", "exp_alerts": []} for rule in rules]
    tests = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": "1m",
        "tests": [{"interval": "1m", "alert_rule_test": asked}],
    }
    (tmp_path / "test.yml").write_text(json.dumps(tests))
    ran = subprocess.run(
        [promtools, "test", "rules", tmp_path / "test.yml"],
        check=False,
        capture_output=True,
        text=True,
    )
    found = dict(
        re.findall(r'alertname="A(\d+)"}\s+Annotations:{text="(.*?)"}', ran.stdout + ran.stderr)
    )
    assert len(found) == len(values)
    for number, (value, text) in enumerate(zip(values, texts, strict=True)):
        assert expanded(text, value, {}).split("#") == found[str(number)].split("#"), value


def suits(function: str, value: float) -> bool:
    """Prometheus writes longer durations than 64 bits hold as nonsense."""
    return "Duration" not in function or abs(value) < 2**63
