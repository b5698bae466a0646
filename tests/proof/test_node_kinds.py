"""A new kind of node: what follows from its fields, and every place that must decide about it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from pbmon.expr.nodes import Node, Number
from pbmon.expr.vector import Vector
from pbmon.expr.walk import children, operand_fields, walk, with_children
from strategies import expressions

GENERATOR = Path(__file__).parents[2] / "generator"
UNION = (
    "Node = Selector | Names | Number | String | Call | Aggregate | Binary | Negation | Subquery"
)
DUMMY = '''@dataclass(frozen=True, slots=True)
class Dummy:
    """A kind of node that nothing knows."""

    operand: Node
'''
ERROR = re.compile(r"^(\S+\.py):(\d+): error: .*Dummy")
DECIDE = {
    "audit/supply.py": ["of"],
    "checks/dashboards/grafana/labels.py": ["kept_by"],
    "expr/derivation.py": ["is_scalar", "derived"],
    "expr/text.py": ["promql", "_operand", "pretty"],
    "inference/keys.py": ["drop"],
    "inference/labels.py": ["require", "carried"],
    "inference/partners.py": ["obstacle"],
    "panels/single_value.py": ["_can_fall_below"],
    "plan/intervals.py": ["_reads"],
    "proof/mutation/faults.py": ["faults"],
    "proof/promql/evaluation.py": ["_evaluation"],
    "proof/values/bounds.py": ["of"],
    "proof/values/contradictions.py": ["_holds", "_may_be_silent"],
    "proof/values/identity.py": ["_causes"],
    "proof/values/presence.py": ["presence"],
}
"""Functions that a new kind of node is added to, in the order of their files."""


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Functions, by file, that mypy refuses once there is another kind of node."""
    folder = tmp_path_factory.mktemp("kinds")
    source = GENERATOR / "pbmon/expr/nodes.py"
    text = source.read_text("utf-8")
    assert text.count(UNION) == 1
    changed = folder / "nodes.py"
    changed.write_text(text.replace(UNION, f"{DUMMY}\n\n{UNION} | Dummy"), "utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file=", f"--cache-dir={folder / 'cache'}"]
    # libraries have no nodes: mypy need not read them
    command += ["--no-site-packages", "--ignore-missing-imports"]
    command += ["--no-error-summary", "--show-absolute-path"]
    command += ["--shadow-file", str(source), str(changed), "-p", "pbmon"]
    ran = subprocess.run(
        command,
        env={**os.environ, "MYPYPATH": str(GENERATOR)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    errors = list(map(ERROR.match, ran.stdout.splitlines()))
    assert errors and all(errors), ran.stdout + ran.stderr
    found: dict[str, list[str]] = {}
    for error in errors:
        assert error
        path = Path(error.group(1))
        above = path.read_text("utf-8").splitlines()[: int(error.group(2))]
        function = [line.split("def ")[1].split("(")[0] for line in above if "def " in line][-1]
        found.setdefault(path.relative_to(GENERATOR / "pbmon").as_posix(), []).append(function)
    return found


@pytest.mark.slow  # runs mypy
def test_every_place_that_must_decide_about_a_new_kind_of_node_is_named(
    refused: dict[str, list[str]],
) -> None:
    assert refused == DECIDE


@dataclass(frozen=True)
class Dummy:
    """A kind of node with operands of every form."""

    name: str
    first: Node
    others: tuple[Node, ...]
    labels: tuple[str, ...] = ()
    last: Node | None = None


def test_the_operands_of_a_new_kind_follow_from_its_fields() -> None:
    """Otherwise what stands below it would be hidden from every check that walks expressions."""
    assert operand_fields(Dummy) == ("first", "others", "last")


@given(expressions())
def test_a_node_over_its_own_operands_is_the_same_node(vector: Vector) -> None:
    for node in walk(vector.node):
        assert with_children(node, children(node)) == node


@given(expressions())
def test_operands_are_put_back_in_their_order(vector: Vector) -> None:
    for node in walk(vector.node):
        marks = [Number(Decimal(place)) for place, _ in enumerate(children(node))]
        assert list(children(with_children(node, marks))) == marks
