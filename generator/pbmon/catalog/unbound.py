"""Definitions that are made and then lost: the catalog finds only what a module-level name holds at
the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pbmon.errors import DefinitionError
from pbmon.source import Source

_MADE = frozenset(
    {
        "Alert",
        "Counter",
        "Dashboard",
        "Gauge",
        "Histogram",
        "Record",
        "RuleTest",
        "Service",
        "Slo",
        "Summary",
    }
)


def lost(text: str, shown: str) -> Iterator[DefinitionError]:
    """A mistake for every definition of the module that is bound to no name, or in a loop to one
    that the next turn takes.

    text: the module's source, which Python can read. shown: its path in messages.
    """
    yield from _in(ast.parse(text).body, shown, looped=False)


def _in(body: list[ast.stmt], shown: str, *, looped: bool) -> Iterator[DefinitionError]:
    for statement in body:
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Name(id=kind))) if kind in _MADE:
                yield _mistake(
                    statement,
                    shown,
                    f"this {kind} is bound to no name, so it is never rendered",
                    "name = " + f"{kind}(...)",
                )
            case ast.Assign(
                targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id=kind))
            ) if looped and kind in _MADE:
                problem = (
                    f"every turn of the loop binds another {kind} to {name!r}, so only the last is"
                    " rendered"
                )
                yield _mistake(
                    statement, shown, problem, f"collect them: {name}s = [{kind}(...) for ...]"
                )
            case ast.For(body=inner, orelse=other) | ast.While(body=inner, orelse=other):
                yield from _in([*inner, *other], shown, looped=True)
            case ast.If(body=inner, orelse=other):
                yield from _in([*inner, *other], shown, looped=looped)
            case ast.With(body=inner):
                yield from _in(inner, shown, looped=looped)
            case _:
                continue


def _mistake(node: ast.stmt, shown: str, problem: str, help: str) -> DefinitionError:
    return DefinitionError(Source(shown, node.lineno), problem, help)
