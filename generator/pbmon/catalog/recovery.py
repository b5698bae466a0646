"""Runs one module of definitions to its end despite mistakes, to report all of them at once.

Where an expression fails, a placeholder takes its place and the module runs again from its
beginning. A failure that only a placeholder causes is no mistake.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from time import monotonic
from types import CodeType, TracebackType
from typing import Any, NamedTuple

from pbmon.catalog.python_errors import explained, unreadable
from pbmon.catalog.unbound import NOTE, Noted, note_in, noting
from pbmon.errors import DefinitionError
from pbmon.placeholder import KEY, PLACEHOLDER, FollowUp, Placeholder
from pbmon.source import Source

UNREAD = "__unread__"
"""A module with this name has star-imported one that could not be read: any name may be missing."""

_TURNS, _SECONDS = 300, 5.0
"""How often, and for how long, one module is run again."""

_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})


class _Step(NamedTuple):
    """The way from a node of a syntax tree to one of its children."""

    parent: ast.AST
    field: str
    position: int | None
    node: ast.AST

    def put(self, node: ast.AST) -> None:
        if self.position is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.position] = node


def run(
    path: Path, display_path: str, namespace: dict[str, Any]
) -> tuple[Noted, list[DefinitionError]]:
    """Runs the file in the namespace, which Python has prepared for it.

    display_path: the file's path in messages. Returns what its statements made, and its mistakes.
    """
    try:
        tree = noting(ast.parse(path.read_bytes(), display_path))
        code = compile(tree, display_path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OSError) as error:
        _open_to_everything(namespace)
        return [], [unreadable(error, display_path)]
    errors: list[DefinitionError] = []
    prepared, begin = dict(namespace), monotonic()
    for _ in range(_TURNS):
        noted: Noted = []
        namespace.clear()
        namespace.update(prepared, **{KEY: PLACEHOLDER, NOTE: note_in(noted)})
        try:
            exec(code, namespace)  # noqa: S102 - this is what definitions are for
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            steps = list(_steps(tree, _position(error.__traceback__, display_path)))
            if not _follows(error, steps, namespace):
                errors.append(explained(error, display_path))
            if isinstance(error, NameError) and error.name and error.name not in prepared:
                prepared[error.name] = PLACEHOLDER  # a missing name is reported once
                continue
        else:
            return noted, errors
        changed = _without(tree, steps, display_path)
        if changed is None or monotonic() - begin > _SECONDS:
            break
        code = changed
    _open_to_everything(namespace)
    more = "there may be more mistakes in this module than were looked for"
    return [], [
        *errors,
        DefinitionError(Source(display_path, 0), more, "mend those that are listed"),
    ]


def _open_to_everything(namespace: dict[str, Any]) -> None:
    """From now on an import of a missing name from this module gives a placeholder."""
    namespace["__getattr__"] = lambda _: PLACEHOLDER
    namespace["__all__"] = [UNREAD]


def _position(trace: TracebackType | None, display_path: str) -> tuple[int, int, int, int] | None:
    """First line, last line, first and last column of what failed, in the module's own statements
    and the comprehensions in them.
    """
    position = None
    while trace is not None:
        code = trace.tb_frame.f_code
        begins = code.co_filename == display_path and code.co_name == "<module>"
        if begins or (
            position and code.co_filename == display_path and code.co_name in _COMPREHENSIONS
        ):
            position = _instruction(code, trace)
        elif position:
            break
        trace = trace.tb_next
    return position


def _instruction(code: CodeType, trace: TracebackType) -> tuple[int, int, int, int]:
    line, end, left, right = next(
        islice(code.co_positions(), trace.tb_lasti // 2, None), (None, None, None, None)
    )
    line = line or trace.tb_lineno
    return (line, end or line, left or 0, right or 0)


def _steps(tree: ast.Module, position: tuple[int, int, int, int] | None) -> Iterator[_Step]:
    """From the module to the smallest node around the position."""
    if position is None:
        return
    first, last, left, right = position
    node: ast.AST | None = tree
    while node is not None:
        parent, node = node, None
        for field, value in ast.iter_fields(parent):
            children = value if isinstance(value, list) else [value]
            for index, child in enumerate(children):
                if not isinstance(child, ast.AST):
                    continue
                within: Any = child if hasattr(child, "lineno") else _whole(child)
                if within is None:
                    continue
                begin = (within.lineno, within.col_offset)
                end = (within.end_lineno or 0, within.end_col_offset or 0)
                if begin <= (first, left) and (last, right) <= end:
                    yield _Step(parent, field, index if isinstance(value, list) else None, child)
                    node = child
                    break
            if node is not None:
                break


def _whole(node: ast.AST) -> Any:
    """The iterable of a part that has no position itself, as a comprehension's `for`."""
    return getattr(node, "iter", getattr(node, "context_expr", None))


def _follows(error: BaseException, steps: list[_Step], namespace: dict[str, Any]) -> bool:
    """Whether the error is there only because of an earlier one."""
    if isinstance(error, FollowUp):
        return True
    if isinstance(error, DefinitionError):
        return False
    if isinstance(error, NameError) and UNREAD in namespace:
        return True
    try:
        if Placeholder.__name__ in str(error):
            return True
    except FollowUp:
        return True
    failed = next((step.node for step in reversed(steps) if _is_value(step.node)), ast.Pass())
    return any(
        isinstance(node, ast.Name) and isinstance(namespace.get(node.id), Placeholder)
        for node in ast.walk(failed)
    )


def _is_value(node: ast.AST) -> bool:
    """Whether it is a statement, or an expression that is read and not bound."""
    if isinstance(node, ast.expr):
        return isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
    return isinstance(node, ast.stmt)


def _without(tree: ast.Module, steps: list[_Step], display_path: str) -> CodeType | None:
    """The module with a placeholder for the smallest expression that can have one, or for the names
    of the statement. None when nothing is left to replace.
    """
    for step in reversed(steps):
        if isinstance(step.node, ast.expr):
            already = isinstance(step.node, ast.Name) and step.node.id == KEY
            if not _is_value(step.node) or already or isinstance(step.parent, ast.Expr):
                continue
            replacement: ast.AST = ast.Name(KEY, ast.Load())
        elif isinstance(step.node, ast.stmt):
            replacement = _placeholders(step.node)
        else:
            continue
        ast.copy_location(replacement, step.node)
        step.put(ast.fix_missing_locations(replacement))
        try:
            return compile(tree, display_path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, TypeError):
            step.put(step.node)
    return None


def _placeholders(statement: ast.stmt) -> ast.stmt:
    """Every name that the statement would bind, bound to a placeholder."""
    names: dict[str, None] = {}
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                names[name] = None
            case ast.alias(name=name, asname=other):
                names[UNREAD if name == "*" else other or name.partition(".")[0]] = None
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names[name] = None
            case _:
                pass  # binds no name
    if not names:
        return ast.Pass()
    targets: list[ast.expr] = [ast.Name(name, ast.Store()) for name in names]
    return ast.Assign(targets, ast.Name(KEY, ast.Load()))
