"""Reads PromQL of others, as far as pbmon knows it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pbmon.errors import DefinitionError
from pbmon.expr.extent import check_extent
from pbmon.expr.nodes import Call, Names, Node, Selector, Series, String
from pbmon.expr.parsing import QUOTED, NotPromQL
from pbmon.expr.signatures import SIGNATURES
from pbmon.expr.syntax import nodes
from pbmon.expr.walk import walk
from pbmon.labels import MatchOp
from pbmon.patterns import compiled

UNKNOWN = "pbmon_variable"
"""Stands for text that only a reader of a dashboard knows. No author writes this word."""

_NEWER = re.compile(
    r"\d_\d|\[[^\]]{0,99}[-+*/%^()][^\]]{0,99}\]|\bfill(?:_left|_right)?\s*\(|\b(?:smoothed|anchored)\b"
)
"""What newer versions of Prometheus read and the parser does not: digits in groups, computed
windows, and modifiers.
"""
_OF_TYPES = re.compile(r"not allowed|expected type|wrong number|must |must$|unknown|illegal|escape")


@dataclass(frozen=True)
class Expression:
    """node: the expression; None where it is not read. problem: why Prometheus refuses it; empty
    where it does not, or where nothing is known. unread: why pbmon does not read what Prometheus
    may. loads: whether Prometheus refuses it only when it is evaluated.
    """

    node: Node | None = None
    problem: str = ""
    unread: str = ""
    loads: bool = False


@lru_cache(maxsize=65536)  # dashboards repeat their queries
def expression(text: str) -> Expression:
    """The expression in a text. Series in it have no labels, and their type is unknown."""
    try:
        node = nodes(text, _series, _series_of_pattern)
        check_extent(node)
    except NotPromQL as error:
        if _NEWER.search(QUOTED.sub("", text)):
            return Expression(unread="only newer versions of Prometheus read it")
        return Expression(problem=_problem(" ".join(str(error).split())))
    except DefinitionError as error:
        return Expression(unread=error.problem)
    except (ValueError, KeyError) as error:
        return Expression(unread=" ".join(str(error).split()))
    except RecursionError:
        return Expression(unread="it nests too deep")
    for inner in walk(node):
        if isinstance(inner, Call) and inner.function not in SIGNATURES:
            return Expression(unread=f"it calls {inner.function}()")
        if (refused := _refused(inner)) is not None:
            return refused
    return Expression(node)


def _refused(node: Node) -> Expression | None:
    """Why a part of an expression is refused over a regular expression."""
    loads = isinstance(node, Call)
    patterns: list[str] = []
    if isinstance(node, Selector):
        patterns = [each.value for each in node.matchers if each.op in {"=~", "!~"}]
    elif isinstance(node, Names):
        patterns = [value for op, value in node.matchers if op in {"=~", "!~"}]
    elif isinstance(node, Call) and node.function == "label_replace":
        patterns = [each.value for each in node.arguments[4:] if isinstance(each, String)]
    for pattern in patterns:
        try:
            compiled(pattern)
        except ValueError as error:
            problem = f"{pattern[:60]!r} is no regular expression: {error}"
            return Expression(problem=problem, loads=loads)
    return None


def _problem(text: str) -> str:
    """What the parser says. It names a place by the words before it, which is right for grammar
    alone: types are known behind the whole expression.
    """
    fact, comma, _ = (
        text.rpartition(", line ") if ", line " in text else text.rpartition(", column ")
    )
    return fact if comma and _OF_TYPES.search(fact) else text


def _series(name: str) -> Series:
    return Series(name, name, "gauge", ())


def _series_of_pattern(_: tuple[tuple[MatchOp, str], ...]) -> tuple[Series, ...]:
    """Which names fulfil it is found out by who asks."""
    return (_series(UNKNOWN),)
