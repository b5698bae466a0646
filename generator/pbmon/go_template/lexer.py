"""Splits a template into tokens, as Go's text/template does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from pbmon.go_template.nodes import TemplateMistake

Kind = Literal[
    "text", "open", "close", "space", "string", "number", "char", "variable", "field", "dot",
    "word", "(", ")", "|", "=", ":=", ",",
]  # fmt: skip

_SPACE = " \t\r\n"
_TOKENS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("space", re.compile(r"[ \t\r\n]+")),
    ("string", re.compile(r'"(?:[^"\\\n]|\\[^\n])*"|`[^`]*`')),
    ("char", re.compile(r"'(?:[^'\\\n]|\\[^\n])*'")),
    ("variable", re.compile(r"\$\w*")),
    ("field", re.compile(r"\.[^\W\d]\w*")),
    ("number", re.compile(
        r"[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]+)?"
        r"|0[bBoO][0-9_]+"
        r"|[0-9_]*\.?[0-9_]*(?:[eE][+-]?[0-9_]+)?)")),
    ("word", re.compile(r"[^\W\d]\w*")),
    (":=", re.compile(":=")),
    *((sign, re.compile(re.escape(sign))) for sign in ("(", ")", "|", "=", ",")),
)  # fmt: skip
_ENDS = frozenset(f"{_SPACE}.,|:)(")
"""What may follow a word, a field or a variable."""


class Token(NamedTuple):
    """text: as written; of a text, already cut by trim markers."""

    kind: Kind
    text: str
    position: int


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a template. Raises TemplateMistake."""
    place, trimmed = 0, False
    while True:
        opened = text.find("{{", place)
        literal = text[place : opened if opened >= 0 else len(text)]
        if trimmed:
            literal = literal.lstrip(_SPACE)
        if opened >= 0 and _trims_before(text, opened + 2):
            literal = literal.rstrip(_SPACE)
        if literal:
            yield Token("text", literal, place)
        if opened < 0:
            return
        inside = opened + 2 + (2 if _trims_before(text, opened + 2) else 0)
        if text.startswith("/*", inside):
            place, trimmed = _after_comment(text, inside, opened)
            continue
        yield Token("open", "{{", opened)
        place, trimmed = inside, False
        while True:
            if closed := _closing(text, place):
                yield Token("close", text[place : place + closed], place)
                place, trimmed = place + closed, closed > 2
                break
            token = _token(text, place, opened)
            place += len(token.text)
            yield token


def _trims_before(text: str, place: int) -> bool:
    return text[place : place + 1] == "-" and text[place + 1 : place + 2] in tuple(_SPACE)


def _closing(text: str, place: int) -> int:
    """How long the end of an action is that begins here; 0 for none."""
    if text.startswith("}}", place):
        return 2
    if text[place : place + 1] in tuple(_SPACE) and text.startswith("-}}", place + 1):
        return 4
    return 0


def _after_comment(text: str, inside: int, opened: int) -> tuple[int, bool]:
    end = text.find("*/", inside + 2)
    if end < 0:
        raise TemplateMistake("a comment is not closed", opened, "{{/* … */}}")
    closed = _closing(text, end + 2)
    if not closed:
        raise TemplateMistake(
            "a comment does not end where its braces close", opened, "{{/* … */}}"
        )
    return end + 2 + closed, closed > 2


def _token(text: str, place: int, opened: int) -> Token:
    if place >= len(text):
        raise TemplateMistake("an action is not closed", opened, "{{ … }}")
    if text[place] in _SPACE:
        return _space(text, place)
    for kind, pattern in _TOKENS:
        match = pattern.match(text, place)
        if match is None or not match[0] or match[0] in "+-._":
            continue
        after = text[match.end() : match.end() + 1]
        if kind in {"word", "field", "variable"} and not _ends(text, match.end()):
            raise TemplateMistake(f"{after!r} follows {match[0]!r} directly", match.end())
        if kind == "number" and (after.isalnum() or after == "_"):
            raise TemplateMistake(f"{match[0] + after!r} is no number", place)
        return Token(kind, match[0], place)
    if text[place] == "_" and (match := re.compile(r"\w+").match(text, place)):
        return Token("word", match[0], place)
    if text[place] == "." and _ends(text, place + 1):
        return Token("dot", ".", place)
    if text[place] in "\"'`":
        raise TemplateMistake("a quoted text is not closed", place)
    raise TemplateMistake(f"{text[place]!r} means nothing here", place)


def _space(text: str, place: int) -> Token:
    """White space, without the last character where a trim marker needs it."""
    end = place
    while end < len(text) and text[end] in _SPACE and not _closing(text, end):
        end += 1
    return Token("space", text[place:end], place)


def _ends(text: str, place: int) -> bool:
    return place >= len(text) or text[place] in _ENDS or text.startswith("}}", place)
