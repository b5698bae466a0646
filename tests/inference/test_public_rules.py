"""The benchmark says of each rule what pbmon shows of it, and notices where promtool disagrees."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

RULES = """\
groups:
- name: shop
  rules:
  - {record: "shop:orders:rate5m", expr: "sum by (till) (rate(orders_total[5m]))"}
  - alert: Till is idle
    expr: shop:orders:rate5m{till!="spare"} < 0.1
    for: 5m
    annotations: {summary: "{{ $labels.till }} of {{ $labels.shop }} is idle"}
  - {alert: Slow, expr: 'sum(rate(t_bucket{le="1"}[5m])) / sum(rate(t_count[5m])) < 0.9'}
  - {alert: Same, expr: "up == 0"}
  - {alert: Same, expr: "up == 0", for: 1h, labels: {severity: page}}
  - {alert: NoneLeft, expr: "count(up) == 0"}
  - {alert: NoPartner, expr: "sum(x) / y > 1"}
  - {alert: Broken, expr: 'x{a="\\."} > 1'}
"""


def report(folder: Path, promtool: Path, text: str) -> tuple[int, dict[str, Any]]:
    (folder / "rules").mkdir()
    (folder / "rules" / "shop.yml").write_text(text, "utf-8")
    out = folder / "report.json"
    script = ROOT / "benchmarks" / "public_rules.py"
    command = [sys.executable, script, folder / "rules", "--promtool", promtool, "--json", out]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert out.exists(), process.stderr
    return process.returncode, json.loads(out.read_text("utf-8"))


def test_every_rule_gets_a_verdict_that_promtool_confirms(tmp_path: Path, promtools: Path) -> None:
    code, said = report(tmp_path, promtools, RULES)
    verdicts = {each["rule"].split(" ", 1)[1]: each for each in said["each"]}
    assert {name: each["verdict"] for name, each in verdicts.items()} == {
        "shop:orders:rate5m": "typed",
        "Till is idle": "proven",
        "Slow": "proven",
        "Same": "proven",
        "NoneLeft": "never fires",
        "NoPartner": "never fires",
        "Broken": "never fires",
    }
    assert verdicts["Till is idle"]["holes"] == ["shop"]
    assert not any(said["wrong"].values())
    assert code == 0
    assert (said["rules"], said["records"], said["alerts"]) == (8, 1, 7)


def test_a_file_that_is_no_yaml_is_said_and_the_rest_is_read(
    tmp_path: Path, promtool: Path
) -> None:
    code, said = report(tmp_path, promtool, "groups: [\n")
    assert "no YAML" in said["refused"][0]
    assert code == 0
