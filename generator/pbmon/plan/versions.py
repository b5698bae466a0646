"""Refuses functions that the Prometheus which will run the rules does not have."""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.catalog.catalog import Catalog
from pbmon.errors import DefinitionError
from pbmon.expr.nodes import Aggregate, Call, Node
from pbmon.expr.signatures import OPERATORS, SIGNATURES, Operator, Signature
from pbmon.expr.walk import walk
from pbmon.plan.closed_world import expressions

OLDEST = "2.42"
"""What rules are written for where the project does not name a version; they run on all later ones.
"""


def mistakes(catalog: Catalog) -> Iterator[DefinitionError]:
    """Every call of a function that the project's Prometheus lacks."""
    for what, source, node in expressions(catalog):
        for name, problem, help in _missing(node, catalog.project.prometheus):
            yield DefinitionError(source, f"{what} calls {name}(), {problem}", help)


def _missing(node: Node, version: str) -> Iterator[tuple[str, str, str]]:
    """(function, what is wrong with it, what to do)."""
    for name in sorted({_name(inner) for inner in walk(node)} - {""}):
        row: Signature | Operator = SIGNATURES.get(name) or OPERATORS[name]
        runs_on = version or OLDEST
        if _number(row.since) > _number(runs_on):
            experimental = " and only as an experiment" if row.experimental else ""
            yield (
                name,
                f"which Prometheus has since {row.since}{experimental}; the rules are for {runs_on}"
                " and later",
                f'Project(prometheus="{row.since}") where no older one runs them'
                + (
                    ", started with --enable-feature=promql-experimental-functions"
                    if row.experimental
                    else ""
                ),
            )
        until = row.until if isinstance(row, Signature) else ""
        if until and (not version or _number(version) >= _number(until)):
            yield (
                name,
                f"which Prometheus has no longer since {until}",
                f'Project(prometheus="{OLDEST}") where only older ones run the rules',
            )


def _name(node: Node) -> str:
    """The function or aggregation of a node; empty for others."""
    if isinstance(node, Call):
        return node.function
    return node.operator if isinstance(node, Aggregate) else ""


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
