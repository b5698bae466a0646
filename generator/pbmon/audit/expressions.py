"""Reads PromQL of others, as far as pbmon knows it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pbmon.errors import DefinitionError
from pbmon.expr.extent import check_extent
from pbmon.expr.nodes import Call, Node, Series
from pbmon.expr.parsing import QUOTED, NotPromQL
from pbmon.expr.signatures import SIGNATURES
from pbmon.expr.syntax import nodes
from pbmon.expr.walk import walk
from pbmon.labels import MatchOp

UNKNOWN = "pbmon_variable"
"""Stands for text that only a reader of a dashboard knows. No author writes this word."""

_NEWER = re.compile(
    r"\d_\d|\[[^\]]*[-+*/%^()][^\]]*\]|\bfill(?:_left|_right)?\s*\(|\b(?:smoothed|anchored)\b"
)
"""What newer versions of Prometheus read and the parser does not: digits in groups, computed
windows, and modifiers.
"""
_OF_TYPES = re.compile(r"not allowed|expected type|wrong number|must |must$|unknown|illegal|escape")


@dataclass(frozen=True)
class Expression:
    """node: the expression; None where it is not read. problem: why Prometheus does not read it;
    empty where it does, or where nothing is known.
    """

    node: Node | None = None
    problem: str = ""


@lru_cache(maxsize=65536)  # dashboards repeat their queries
def expression(text: str) -> Expression:
    """The expression in a text. Series in it have no labels, and their type is unknown."""
    if len(text) > 100 and text.count("(") > 10_000:
        return Expression()
    try:
        node = nodes(text, _series, _series_of_pattern)
        check_extent(node)
    except NotPromQL as error:
        if _NEWER.search(QUOTED.sub("", text)):
            return Expression()
        return Expression(None, _problem(" ".join(str(error).split())))
    except (ValueError, KeyError, DefinitionError, RecursionError):
        return Expression()  # too large, or what pbmon does not read
    if any(isinstance(inner, Call) and inner.function not in SIGNATURES for inner in walk(node)):
        return Expression()
    return Expression(node)


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
