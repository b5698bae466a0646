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


def parsed(text: str) -> Any:
    """The syntax tree of promql_parser. ValueError for text that is no PromQL, or is too large to
    be read.
    """
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"{len(text)} characters, and {MOST_CHARACTERS} are read at most")
    operations = len(_OPERATION.findall(QUOTED.sub('""', text)))
    if operations > MOST_OPERATIONS:
        raise ValueError(
            f"{operations} brackets and operators, and {MOST_OPERATIONS} are read at most"
        )
    import promql_parser

    return promql_parser.parse(text)
