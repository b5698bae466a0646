"""Finds definitions that get lost: the catalog has only those that a module-level name holds."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Iterator

from pbmon.errors import DefinitionError
from pbmon.model.definition import KINDS, Definition

NOTE = "__note__"
"""Under this name a module of definitions sees the function that notes a value of a statement."""

Noted = list[tuple[object, str]]
"""Values that a module's statements had, each with the name it was bound to; "" for none."""


def noting(tree: ast.Module) -> ast.Module:
    """The module, changed so that NOTE gets the value of every expression statement and of every
    assignment to one name.
    """
    waiting: list[ast.AST] = [tree]
    while waiting:
        for statement in ast.iter_child_nodes(waiting.pop()):
            match statement:
                case ast.Expr(value=ast.Constant()):
                    continue
                case ast.Expr():
                    statement.value = _noted(statement.value, "")
                case ast.Assign(targets=[ast.Name(id=name)]):
                    statement.value = _noted(statement.value, name)
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                    statement.value = _noted(value, name)
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.expr():
                    continue  # names in there are not those of the module
                case _:
                    waiting.append(statement)
    return tree


def _noted(value: ast.expr, name: str) -> ast.expr:
    call = ast.Call(ast.Name(NOTE, ast.Load()), [value, ast.Constant(name)], [])
    ast.copy_location(call, value)
    for added in (call.func, call.args[1]):  # of width 0, so that no mistake points there
        ast.copy_location(added, value)
        added.end_lineno, added.end_col_offset = value.lineno, value.col_offset
    return call


def note_in(noted: Noted) -> Callable[[object, str], object]:
    """The function behind NOTE."""

    def note(value: object, name: str) -> object:
        if isinstance(value, (*KINDS, list, tuple, set, frozenset, dict)):
            noted.append((value, name))
        return value

    return note


def definitions_in(values: Iterable[object], seen: set[int] | None = None) -> Iterator[Definition]:
    """Definitions among the values, also inside lists, tuples, sets and dicts, however deep.

    seen: id() of the containers that earlier calls visited; this call adds those that it visits.
    """
    waiting, seen = [*values][::-1], set() if seen is None else seen
    while waiting:
        value = waiting.pop()
        if isinstance(value, KINDS):
            yield value
        elif isinstance(value, list | tuple | set | frozenset | dict) and id(value) not in seen:
            seen.add(id(value))  # a list may hold itself
            waiting += [*(value.values() if isinstance(value, dict) else value)][::-1]


def lost(noted: Noted, bound: Collection[Definition]) -> Iterator[DefinitionError]:
    """A mistake for every noted definition that no module-level name holds in the end."""
    seen: set[int] = set()
    for value, name in noted:
        for definition in definitions_in([value], seen):
            if definition in bound:
                continue
            kind = type(definition).__name__
            if name:
                yield DefinitionError(
                    definition.source,
                    f"{name!r} is bound to something else later, so this {kind} is never rendered",
                    f"collect them: {name}s = [{kind}(...) for ...]",
                )
            else:
                yield DefinitionError(
                    definition.source,
                    f"this {kind} is bound to no name, so it is never rendered",
                    f"name = {kind}(...)",
                )
