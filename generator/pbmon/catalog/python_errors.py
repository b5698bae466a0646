"""Turns Python's errors into mistakes at the author's line, with what to do."""

from __future__ import annotations

import builtins
import difflib
import re
import sys
from dataclasses import FrozenInstanceError
from importlib.util import find_spec
from inspect import isfunction
from pathlib import PurePath
from types import ModuleType, TracebackType

from pbmon.arguments_texts import with_article
from pbmon.errors import DefinitionError
from pbmon.expr.aggregations import Aggregations, Counted
from pbmon.expr.elementwise import Functions
from pbmon.expr.over_time import OverTime, Sampled
from pbmon.source import Source

_BINARY = re.compile(
    r"unsupported operand type\(s\) for (\S+?)(?: or pow\(\))?: '(\w+)' and '(\w+)'"
)
_NO_SUCH = re.compile(r"bad operand type for (abs\(\)|unary \S+): '(\w+)'")
_INSTEAD = {
    "&": "series of the left side that have a partner on the right: a.and_(b)",
    "|": "all of the left side and what only the right has: a.or_(b)",
    "unary ~": "a.unless(b)",
}
_OF_PROMQL = (Aggregations, Counted, Functions, OverTime, Sampled)
"""Methods that are called as in PromQL, too many to list."""
_LONGEST_LINE = 200
"""Signs of a line that a message shows."""
_AS_VECTOR = {
    "Counter": 'a counter only grows: compare or combine its .rate("5m")',
    "CounterSelection": 'a counter only grows: compare or combine its .rate("5m")',
    "Histogram": (
        'a histogram is no number: use .quantile(0.95, "5m"), .mean("5m") or'
        ' .observations.rate("5m")'
    ),
}
_AS_VECTOR["HistogramSelection"] = _AS_VECTOR["Histogram"]


def unreadable(error: Exception, display_path: str) -> DefinitionError:
    """A module that Python cannot even begin to run. display_path: its path in messages."""
    if isinstance(error, SyntaxError):
        source = Source(display_path, error.lineno or 0)
        line = (error.text or "").strip()
        excerpt = line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…"
        return DefinitionError(source, f"Python cannot read this: {error.msg}", excerpt)
    if isinstance(error, RecursionError | MemoryError):
        return DefinitionError(
            Source(display_path, 0),
            "Python cannot read this: something is nested too deeply",
            "give parts of it names",
        )
    is_text = isinstance(error, ValueError)
    help = "save the file as UTF-8 text, without a coding line" if is_text else ""
    return DefinitionError(Source(display_path, 0), f"Python cannot read this: {error}", help)


def explained(error: BaseException, display_path: str) -> DefinitionError:
    """An exception out of a module that ran. display_path: its path in messages."""
    if isinstance(error, DefinitionError):
        return error
    source = _last_line(error.__traceback__, display_path)
    match error:
        case SyntaxError():
            return unreadable(error, display_path)
        case RecursionError():
            return DefinitionError(
                source,
                "this calls itself without end, or is nested too deeply",
                "give parts of it names; a list must not hold itself",
            )
        case AttributeError() if type(error.obj).__module__.startswith("pbmon."):
            return _no_such_method(error, source)
        case ImportError():
            return _not_imported(error, source, display_path)
        case AttributeError() if isinstance(error.obj, ModuleType):
            problem = f"{error.obj.__name__} has no {error.name!r}"
            return DefinitionError(source, problem, _near(error.name or "", error.obj))
        case FrozenInstanceError():
            return DefinitionError(
                source,
                f"{error}: a definition stays as it was made",
                "write it as an argument where the definition is made",
            )
        case NameError():
            return DefinitionError(source, f"NameError: {error}", _near_name(error))
        case _:  # a module may raise anything
            return DefinitionError(source, f"{type(error).__name__}: {error}", _advice(error))


def _last_line(trace: TracebackType | None, display_path: str) -> Source:
    """The innermost line of the definitions that ran."""
    source = Source(display_path, 0)
    package = display_path.partition("/")[0] + "/"
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename.startswith(package):
            source = Source(code.co_filename, trace.tb_lineno, (code, trace.tb_lasti))
        trace = trace.tb_next
    return source


def _no_such_method(error: AttributeError, source: Source) -> DefinitionError:
    offered = [
        name
        for name in dir(error.obj)
        if isfunction(getattr(type(error.obj), name, None)) and not name.startswith("_")
    ]
    near = difflib.get_close_matches(error.name or "", offered, 1)
    help = f"did you mean .{near[0]}()? " if near else ""
    kind = with_article(type(error.obj).__name__)
    of_promql = {name for kind in _OF_PROMQL for name in vars(kind)}
    usual = [name for name in offered if name not in of_promql]
    if len(usual) < len(offered):
        usual.append("and PromQL's aggregations and functions")
    return DefinitionError(
        source, f"{kind} has no .{error.name}", f"{help}it has {', '.join(usual)}"
    )


def _not_imported(error: ImportError, source: Source, display_path: str) -> DefinitionError:
    text = str(error)
    if "circular import" in text:
        if error.path and PurePath(error.path).as_posix().endswith("/" + source.file):
            problem = "this module imports itself, where it is not yet there"
            return DefinitionError(source, problem, "leave the import out: its names are here")
        return DefinitionError(
            source,
            f"{error.name} and this module import each other, so one of them is not yet there",
            "move what both need into a third module",
        )
    if missing := re.match(r"cannot import name '(\w+)' from '([\w.]+)'", text):
        name, module = missing.groups()
        help = _near(name, sys.modules.get(module))
        return DefinitionError(source, f"{module} has no {name!r}", help)
    return DefinitionError(source, f"{type(error).__name__}: {text}", _beside(error, display_path))


def _beside(error: ImportError, display_path: str) -> str:
    """How a module of the definitions is imported, where its name alone was written."""
    package, name = display_path.partition("/")[0], (error.name or "").partition(".")[0]
    if name in {"", package} or find_spec(f"{package}.{name}") is None:
        return ""
    return f"it lies beside: from {package} import {name}"


def _near(name: str, module: ModuleType | None) -> str:
    """What the module has that is written alike."""
    near = difflib.get_close_matches(name, getattr(module, "__all__", None) or dir(module), 3)
    return f"near it: {', '.join(near)}" if near else ""


def _near_name(error: NameError) -> str:
    """What the author may have meant: a name of pbmon's that is not imported, or one like it."""
    import pbmon

    name = error.name or ""
    if name in pbmon.__all__:
        return f"from pbmon import {name}"
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    there = trace.tb_frame if trace else None
    names = [*there.f_locals, *there.f_globals] if there else []
    for candidates in (names, pbmon.__all__, dir(builtins)):
        if near := difflib.get_close_matches(name, candidates, 1, 0.7):
            return f"did you mean: {near[0]!r}?"
    return ""


def _advice(error: BaseException) -> str:
    if not isinstance(error, TypeError):
        return ""
    text = str(error)
    for kind, advice in _AS_VECTOR.items():
        if f"'{kind}'" in text:
            return advice
    if match := _BINARY.search(text) or _NO_SUCH.search(text):
        return _INSTEAD.get(match.group(1), "")
    return ""
