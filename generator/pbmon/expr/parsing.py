"""Parses PromQL text, and refuses text that is too large for the parser.

The memory of the parser grows with the square of the nested or joined operations, and some thousand
nested brackets crash the process.
"""

from __future__ import annotations

import re
from typing import Any

MOST_CHARACTERS = 50_000
MOST_OPERATIONS = 500
"""Brackets that open, signs and operators: each may be one level of the syntax tree."""

QUOTED = re.compile(
    r"""
    "(?:[^"\\]|\\.)*(?:"|\\?\Z)
    | '(?:[^'\\]|\\.)*(?:'|\\?\Z)
    | `[^`]*(?:`|\Z)
    | \#[^\n]*
    """,
    re.VERBOSE | re.DOTALL,
)
_OPERATION = re.compile(r"[(\[{]|[-+*/%^]|[<>]=?|==|!=|\b(?:and|or|unless|atan2)\b", re.IGNORECASE)
_TOKEN = re.compile(
    rf"{QUOTED.pattern} | [\w:.]+ | [<>=!]=? | =~ | !~ | [^\s\w]", re.VERBOSE | re.DOTALL
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_GOES_ON = ("", "x", "[5m]", "1", "5m", "(x)", "x[5m]", '="x"', '"x"', "=x", ":", 'x="x"', ")(x)")
"""What may follow the beginning of an expression, before its brackets are closed."""


class NotPromQL(ValueError):
    """Text that Prometheus's grammar does not allow."""


def parsed(text: str) -> Any:
    """The syntax tree of promql_parser. NotPromQL with the column, ValueError for text that is too
    large to be read.
    """
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"{len(text)} characters, and {MOST_CHARACTERS} are read at most")
    operations = len(_OPERATION.findall(QUOTED.sub('""', text)))
    if operations > MOST_OPERATIONS:
        raise ValueError(
            f"{operations} brackets and operators, and {MOST_OPERATIONS} are read at most"
        )
    import promql_parser

    try:
        return promql_parser.parse(text)
    except ValueError as error:
        raise NotPromQL(f"{error}{_place(text)}") from None


def _place(text: str) -> str:
    """Where the text stops being the beginning of an expression; empty where that is not known.

    The parser names no column. A beginning that can be completed is right so far, so the first word
    behind the longest such beginning is the wrong one.
    """
    tokens = [match.span() for match in _TOKEN.finditer(text)]
    right, wrong = 0, len(tokens) + 1  # so many words can be completed; so many cannot
    while wrong - right > 1:
        middle = (right + wrong) // 2
        end = tokens[middle - 1][1] if middle <= len(tokens) else None
        if end is not None and _can_go_on(text[:end]):
            right = middle
        else:
            wrong = middle
    if wrong > len(tokens):
        return f", column {len(text) + 1}: it ends too early"
    begin, end = tokens[wrong - 1]
    line = text.count("\n", 0, begin)
    column = begin - (text.rfind("\n", 0, begin) + 1) + 1
    where = f"line {line + 1}, column {column}" if "\n" in text else f"column {column}"
    return f", {where}: {text[begin : min(end, begin + 30)]!r}"


def _can_go_on(beginning: str) -> bool:
    """Whether something completes the text to an expression."""
    import promql_parser

    open_brackets: list[str] = []
    for sign in QUOTED.sub("", beginning):
        if sign in _CLOSING:
            open_brackets.append(_CLOSING[sign])
        elif open_brackets and sign == open_brackets[-1]:
            open_brackets.pop()
    closing = "".join(reversed(open_brackets))
    for following in _GOES_ON:
        for behind in ("", "(x)", " x"):
            try:
                promql_parser.parse(f"{beginning} {following}{closing}{behind}")
            except ValueError:
                continue
            return True
    return False
