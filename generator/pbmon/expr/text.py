"""Writes an expression as PromQL text, without parentheses around single operands."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import lru_cache
from typing import assert_never

from pbmon.expr.nodes import (
    Aggregate,
    Binary,
    Call,
    Matching,
    Names,
    Negation,
    Node,
    Number,
    Selector,
    String,
    Subquery,
)
from pbmon.labels import Matcher


def promql(node: Node) -> str:
    """The expression as Prometheus reads it."""
    match node:
        case Selector():
            matchers = ",".join(map(matcher, node.matchers))
            return _ranged(node, node.series.name + (f"{{{matchers}}}" if matchers else ""))
        case Names():
            of_name = (f"__name__{op}{quoted(value)}" for op, value in node.matchers)
            alike = node.selectors[0]
            matchers = ",".join([*of_name, *map(matcher, alike.matchers)])
            return _ranged(alike, f"{{{matchers}}}")
        case Number():
            return number(node.value)
        case String():
            return quoted(node.value)
        case Call():
            return f"{node.function}({', '.join(map(promql, node.arguments))})"
        case Aggregate():
            grouping = (
                f" {node.grouping} ({', '.join(node.labels)}) "
                if node.labels or node.grouping == "without"
                else ""
            )
            parameter = "" if node.parameter is None else promql(node.parameter) + ", "
            return f"{node.operator}{grouping}({parameter}{promql(node.operand)})"
        case Binary():
            return f"{_operand(node.left)} {_operator(node)} {_right(node.right)}"
        case Negation():
            return f"-{_operand(node.operand)}"
        case Subquery():
            inner = promql(node.operand)
            inner = inner if isinstance(node.operand, Call | Aggregate) else f"({inner})"
            return f"{inner}[{node.window}:{node.step}]{_shifted(node)}"
        case _:
            assert_never(node)


def _ranged(selector: Selector, text: str) -> str:
    window = f"[{selector.window}]" if selector.window else ""
    return f"{text}{window}{_shifted(selector)}"


def _shifted(node: Selector | Subquery) -> str:
    at = f" @ {node.at}" if node.at else ""
    return f"{at} offset {node.offset}" if node.offset else at


def _operator(node: Binary) -> str:
    """`>`, `> bool`, `/ on (job) group_left ()`."""
    words = [node.operator, *(["bool"] if node.returns_bool else [])]
    return " ".join([*words, *([_matching(node.matching)] if node.matching else [])])


def matcher(matcher: Matcher) -> str:
    """`label="value"`, escaped."""
    return f"{matcher.label.name}{matcher.op}{quoted(matcher.value)}"


@lru_cache(maxsize=4096)  # a project's labels have few values, in many places
def quoted(text: str) -> str:
    """A double-quoted string literal; PromQL follows Go's escapes, of which JSON's are a part
    except for `\\/` and surrogates.

    U+FFFD stands for a broken byte in Prometheus' lexer, so it is written as an escape.
    """
    return (
        json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f").replace("\ufffd", "\\ufffd")
    )


def number(value: Decimal) -> str:
    """A literal without trailing zeros and without an exponent: `0.001`, `1000`."""
    if value.is_nan():
        return "NaN"
    if value.is_infinite():
        return "+Inf" if value > 0 else "-Inf"
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text or "0"


def _operand(node: Node) -> str:
    """The node beside an operator, in parentheses where it is no single operand."""
    text = promql(node)
    match node:
        case Binary() | Negation():
            return f"({text})"
        case Number():
            return f"({text})" if text.startswith("-") else text
        case Selector() | Names() | String() | Call() | Aggregate() | Subquery():
            return text
        case _:
            assert_never(node)


def _right(node: Node) -> str:
    """The node behind an operator, where a sign in front of a number needs no parentheses."""
    return promql(node) if isinstance(node, Number) else _operand(node)


def _matching(matching: Matching) -> str:
    text = f"{matching.kind} ({', '.join(matching.labels)})"
    if matching.group:
        text += f" {matching.group} ({', '.join(matching.include)})"
    return text


def pretty(node: Node, width: int = 100, indent: int = 0) -> str:
    """The expression over several lines where one is longer than the width; no line ends in a
    space.
    """
    line = promql(node)
    if len(line) + indent <= width:
        return line
    inner = indent + 2
    match node:
        case Binary():
            left, right = (_pretty_operand(side, width, indent) for side in (node.left, node.right))
            right = _right(node.right) if isinstance(node.right, Number) else right
            return f"{left}\n{' ' * indent}{_operator(node)}\n{' ' * indent}{right}"
        case Call():
            arguments = f",\n{' ' * inner}".join(
                pretty(argument, width, inner) for argument in node.arguments
            )
            return f"{node.function}(\n{' ' * inner}{arguments}\n{' ' * indent})"
        case Aggregate() if node.parameter is None:
            grouping = (
                f" {node.grouping} ({', '.join(node.labels)}) "
                if node.labels or node.grouping == "without"
                else ""
            )
            operand = pretty(node.operand, width, inner)
            return f"{node.operator}{grouping}(\n{' ' * inner}{operand}\n{' ' * indent})"
        case Aggregate() | Selector() | Names() | Number() | String() | Negation() | Subquery():
            return line  # nothing in it is worth a line of its own
        case _:
            assert_never(node)


def _pretty_operand(node: Node, width: int, indent: int) -> str:
    line = _operand(node)
    if len(line) + indent <= width:
        return line
    if isinstance(node, Binary):
        inner = indent + 2
        return f"(\n{' ' * inner}{pretty(node, width, inner)}\n{' ' * indent})"
    # in parentheses already, or a call that may be broken up
    return line if line.startswith("(") else pretty(node, width, indent)
