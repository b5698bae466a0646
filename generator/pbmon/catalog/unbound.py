"""Finds what gets lost: definitions that no module-level name holds, panels and rows that no
dashboard holds.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TypeVar

from pbmon.errors import DefinitionError
from pbmon.model.dashboards import Dashboard, Row
from pbmon.model.definition import KINDS, Definition
from pbmon.model.panels import AnyPanel

NOTE = "__note__"
"""Under this name a module of definitions sees the function that notes a value of a statement."""

Noted = list[tuple[object, str | None]]
"""Values that a module's statements had, each with the name it was bound to; "" for none, None for
a statement in a function or class, whose names are not those of the module.
"""

_T = TypeVar("_T")


def noting(tree: ast.Module) -> ast.Module:
    """The module, changed so that NOTE gets the value of every expression statement and of every
    assignment to one name.
    """
    waiting: list[tuple[ast.AST, bool]] = [(tree, True)]
    while waiting:
        above, of_module = waiting.pop()
        for statement in ast.iter_child_nodes(above):
            match statement:
                case ast.Expr(value=ast.Constant()) | ast.expr():
                    continue
                case ast.Expr():
                    statement.value = _noted(statement.value, "" if of_module else None)
                case ast.Assign(targets=[ast.Name(id=name)]):
                    statement.value = _noted(statement.value, name if of_module else None)
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                    statement.value = _noted(value, name if of_module else None)
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    waiting.append((statement, False))
                case _:
                    waiting.append((statement, of_module))
    return tree


def _noted(value: ast.expr, name: str | None) -> ast.expr:
    call = ast.Call(ast.Name(NOTE, ast.Load()), [value, ast.Constant(name)], [])
    ast.copy_location(call, value)
    for added in (call.func, call.args[1]):  # of width 0, so that no mistake points there
        ast.copy_location(added, value)
        added.end_lineno, added.end_col_offset = value.lineno, value.col_offset
    return call


def note_in(noted: Noted) -> Callable[[object, str | None], object]:
    """The function behind NOTE."""
    kinds = (*KINDS, Row, AnyPanel, list, tuple, set, frozenset, dict)

    def note(value: object, name: str | None) -> object:
        if isinstance(value, kinds):
            noted.append((value, name))
        return value

    return note


def definitions_in(values: Iterable[object]) -> Iterator[Definition]:
    """Definitions among the values, also inside lists, tuples, sets and dicts, however deep."""
    return _inside(values, KINDS, set())


def _inside(values: Iterable[object], kinds: tuple[type[_T], ...], seen: set[int]) -> Iterator[_T]:
    """seen: id() of the containers that earlier calls visited; this call adds those it visits."""
    waiting = [*values][::-1]
    while waiting:
        value = waiting.pop()
        if isinstance(value, kinds):
            yield value
        elif isinstance(value, list | tuple | set | frozenset | dict) and id(value) not in seen:
            seen.add(id(value))  # a list may hold itself
            waiting += [*(value.values() if isinstance(value, dict) else value)][::-1]


def lost(noted: Noted, bound: Collection[Definition]) -> Iterator[DefinitionError]:
    """A mistake for every definition that a statement of a module made, and that no module-level
    name holds in the end.
    """
    seen: set[int] = set()
    for value, name in noted:
        if name is None:
            continue
        for definition in _inside([value], KINDS, seen):
            if definition in bound:
                continue
            if name:
                kind = type(definition).__name__
                yield DefinitionError(
                    definition.source,
                    f"{name!r} is bound to something else later, so this {kind} is never rendered",
                    f"collect them: {name}s = [{kind}(...) for ...]",
                )
            else:
                yield _bound_to_no_name(definition)


def lost_in_functions(noted: Noted, bound: Collection[Definition]) -> Iterator[DefinitionError]:
    """A mistake for every definition that a function made and kept for itself.

    Only true where all modules ran without a mistake: a call that failed hands on nothing.
    """
    values = [value for value, name in noted if name is None]
    for definition in dict.fromkeys(_inside(values, KINDS, set())):
        if definition not in bound:
            yield _bound_to_no_name(definition)


def lost_panels(noted: Noted, bound: Collection[Definition]) -> Iterator[DefinitionError]:
    """A mistake for every row and panel that no dashboard holds; none for a panel of such a row.

    Only true where all modules ran without a mistake: a dashboard that failed holds nothing.
    """
    boards = [each for each in bound if isinstance(each, Dashboard)]
    rows = {row for board in boards for row in board.rows}
    panels = {panel for board in boards for panel in board.panels}
    values = [value for value, _ in noted]
    for row in dict.fromkeys(_inside(values, (Row,), set())):
        if row not in rows:
            panels.update(row.panels)
            yield DefinitionError(
                row.source,
                "no dashboard holds this Row, so it is never rendered",
                "Dashboard(..., rows=[row])",
            )
    for panel in dict.fromkeys(_inside(values, (AnyPanel,), set())):
        if panel not in panels:
            yield DefinitionError(
                panel.source,
                f"no dashboard holds this {type(panel).__name__}, so it is never rendered",
                'Dashboard(..., rows=[Row("Traffic", panel)])',
            )


def _bound_to_no_name(definition: Definition) -> DefinitionError:
    kind = type(definition).__name__
    return DefinitionError(
        definition.source,
        f"this {kind} is bound to no name, so it is never rendered",
        f"name = {kind}(...)",
    )
