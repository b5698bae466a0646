"""What the names in an app's source stand for: aliases, imports and attributes, followed across its
files.

An expression is written as the path to what it stands for: `counter.labels("a")` below `from
shop.metrics import orders as counter` is `shop.metrics.orders.labels()`. A text is its `repr`.
Nothing is run; where a name can be two things it is both.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pbmon.app_source.files import AppFile
from pbmon.source import Source

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True)
class Scope:
    """Where a name is looked up. path: of the file or what is inside it. names: bound here; outer:
    the scope around.
    """

    path: str
    names: frozenset[str]
    outer: Scope | None = None
    is_class: bool = False

    def path_of(self, name: str) -> str:
        """The path of a name as Python finds it: in the nearest function, else in the file."""
        scope = self
        while scope.outer is not None and (name not in scope.names or scope.is_class):
            scope = scope.outer
        return f"{scope.path}.{name}"

    @property
    def instance(self) -> str:
        """The path of the class around, whose attributes `self` has; "" outside of one."""
        scope: Scope | None = self
        while scope is not None and not scope.is_class:
            scope = scope.outer
        return scope.path if scope else ""


@dataclass(frozen=True)
class Place:
    """An expression and its place in the code.

    handed_on: the code neither binds it to a name nor reads an attribute of it. decorates: the name
    of the function that it decorates; "" elsewhere.
    """

    node: ast.expr
    scope: Scope
    display_path: str
    handed_on: bool
    decorates: str

    @property
    def source(self) -> Source:
        """Its line in the app."""
        return Source(self.display_path, self.node.lineno)


class Names:
    """Every name of the files. meanings: further names and what they mean."""

    def __init__(self, files: Iterable[AppFile], meanings: dict[str, str]) -> None:
        self._bound: defaultdict[str, set[str]] = defaultdict(set)
        self._stars: defaultdict[str, set[str]] = defaultdict(set)
        self.places: list[Place] = []
        self.imported: set[str] = set()
        for path, meaning in meanings.items():
            self._bound[path].add(meaning)
        for file in files:
            self._read(file)

    def meanings(self, node: ast.expr, scope: Scope) -> set[str]:
        """What the expression can stand for."""
        return {
            meaning
            for path in self._paths(node, scope)
            for meaning in self._followed(path, frozenset())
        }

    def texts(self, node: ast.expr, scope: Scope) -> set[str]:
        """The texts that the expression can be, of those that are written down."""
        # a member of an enumeration ends in `.value`
        paths = (path.removesuffix(".value") for path in self.meanings(node, scope))
        return {
            ast.literal_eval(path)
            for path in paths
            if path[:1] in {"'", '"'} and path[-1:] == path[:1]
        }

    def _followed(self, path: str, passed: frozenset[str]) -> Iterator[str]:
        """What the path stands for.

        Replaces the longest prefix that is bound by its meaning, and goes on from there.
        """
        ends = [
            len(path),
            *(end for end in range(len(path) - 1, 0, -1) if path[end] == "." or path[end] == "("),
        ]
        for end in ends:
            beginning = path[:end]
            if beginning in self._bound and beginning not in passed:
                for meaning in self._bound[beginning]:
                    yield from self._followed(meaning + path[end:], passed | {beginning})
                return
        for end in ends[1:]:
            module = path[:end]
            if module in self._stars and module not in passed:
                for star in self._stars[module]:
                    yield from self._followed(star + path[end:], passed | {module})
        yield path

    def _paths(self, node: ast.expr, scope: Scope) -> set[str]:
        match node:
            case ast.Constant(value=str() as text):
                return {repr(text)}
            case ast.Name(id=name):
                return {scope.path_of(name)}
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name) if scope.instance:
                return {f"{scope.instance}.{name}"}
            case ast.Attribute(value=value, attr=name):
                return {f"{path}.{name}" for path in self._paths(value, scope)}
            case ast.Call(func=function):
                return {f"{path}()" for path in self._paths(function, scope)}
            case ast.IfExp(body=first, orelse=second):
                return self._paths(first, scope) | self._paths(second, scope)
            case ast.BoolOp(values=values):
                return {path for value in values for path in self._paths(value, scope)}
            case ast.NamedExpr(value=value) | ast.Await(value=value):
                return self._paths(value, scope)
            case _:
                return set()

    def _read(self, file: AppFile) -> None:
        scope = Scope(file.module, frozenset())
        for statement in file.tree.body:
            self._visit(statement, scope, file, handed_on=False)

    def _visit(
        self, node: ast.AST, scope: Scope, file: AppFile, *, handed_on: bool, decorates: str = ""
    ) -> None:
        if isinstance(node, ast.expr):
            self.places.append(Place(node, scope, file.display_path, handed_on, decorates))
        self._bind(node, scope, file)
        followed = _followed_parts(node)
        inside = scope
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                name = getattr(node, "name", f"<lambda {node.lineno}>")
                inside = Scope(f"{scope.path}.{name}", _locals(node), scope)
            case ast.ClassDef(name=name):
                inside = Scope(f"{scope.path}.{name}", frozenset(), scope, is_class=True)
        for field, value in ast.iter_fields(node):
            within = inside if field == "body" else scope
            above = getattr(node, "name", "") if field == "decorator_list" else ""
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    passed = child not in followed and not isinstance(node, ast.Expr)
                    self._visit(child, within, file, handed_on=passed, decorates=above)

    def _bind(self, node: ast.AST, scope: Scope, file: AppFile) -> None:
        match node:
            case ast.Import(names=names):
                for alias in names:
                    self.imported.add(alias.name)
                    self._name(
                        scope,
                        alias.asname or alias.name.partition(".")[0],
                        alias.name if alias.asname else "",
                    )
            case ast.ImportFrom(names=names):
                origin = _origin(node, file)
                self.imported.add(origin)
                for alias in names:
                    if alias.name == "*":
                        self._stars[scope.path].add(origin)
                        continue
                    self.imported.add(f"{origin}.{alias.name}")
                    self._name(scope, alias.asname or alias.name, f"{origin}.{alias.name}")
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._assign(target, value, scope)
            case (
                ast.AnnAssign(target=target, value=ast.expr() as value)
                | ast.NamedExpr(target=target, value=value)
            ):
                self._assign(target, value, scope)
            case ast.For(target=target, iter=ast.Tuple(elts=elements) | ast.List(elts=elements)):
                for element in elements:
                    self._assign(target, element, scope)
            case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
                self._assign(target, value, scope)

    def _name(self, scope: Scope, name: str, meaning: str) -> None:
        path = f"{scope.path}.{name}" if scope.is_class else scope.path_of(name)
        self._bound[path].add(meaning or name)

    def _assign(self, target: ast.expr, value: ast.expr, scope: Scope) -> None:
        match target:
            case ast.Name(id=name):
                for path in self._paths(value, scope):
                    self._name(scope, name, path)
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name) if scope.instance:
                self._bound[f"{scope.instance}.{name}"] |= self._paths(value, scope)
            case ast.Tuple(elts=targets):
                values = (
                    value.elts
                    if isinstance(value, ast.Tuple) and len(value.elts) == len(targets)
                    else ()
                )
                for each, its in zip(targets, values, strict=False):
                    self._assign(each, its, scope)


def _followed_parts(node: ast.AST) -> tuple[ast.AST, ...]:
    """The parts of the node that the code binds to a name, or reads an attribute of."""
    match node:
        case ast.Attribute(value=value) | ast.Call(func=value):
            return (value,)
        case ast.Assign(targets=targets, value=value):
            return (value, *targets) if all(map(_is_followed, targets)) else ()
        case (
            ast.AnnAssign(target=target, value=ast.expr() as value)
            | ast.NamedExpr(target=target, value=value)
        ):
            return (value, target) if _is_followed(target) else ()
        case _:
            return ()


def _is_followed(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) or (
        isinstance(target, ast.Attribute)
        and isinstance(target.value, ast.Name)
        and target.value.id in {"self", "cls"}
    )


def _locals(function: _Function) -> frozenset[str]:
    """The names that are the function's own: its arguments, and what it binds."""
    arguments = function.args
    every = [
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.kwonlyargs,
        arguments.vararg,
        arguments.kwarg,
    ]
    names = {argument.arg for argument in every if argument}
    shared: set[str] = set()
    pending: list[ast.AST] = (
        list(function.body) if isinstance(function.body, list) else [function.body]
    )
    while pending:
        node = pending.pop()
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names |= {alias.asname or alias.name.partition(".")[0] for alias in aliases}
            case ast.Global(names=declared) | ast.Nonlocal(names=declared):
                shared |= set(declared)
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                names.add(name)
                continue
        pending += ast.iter_child_nodes(node)
    return frozenset(names - shared)


def _origin(node: ast.ImportFrom, file: AppFile) -> str:
    """The full name of the module that a statement imports from, also for a relative import."""
    if not node.level:
        return node.module or ""
    parts = file.module.split(".")
    above = parts[: len(parts) - node.level + file.is_package]
    return ".".join([*above, *([node.module] if node.module else [])])
