"""Constants in a template: quoted text and numbers as Go writes them."""

from __future__ import annotations

import re

from pbmon.go_template.lexer import Token
from pbmon.go_template.nodes import TemplateMistake

_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\'\"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.?))",
    re.S,
)
_SIMPLE = dict(zip("abfnrtv\\'\"", "\a\b\f\n\r\t\v\\'\"", strict=True))


def unquoted(token: Token) -> str:
    """The text of a quoted string."""
    text = token.text
    if text[0] == "`":
        return text[1:-1].replace("\r", "")
    return _unescaped(token, '"')


def character(token: Token) -> int:
    """The number of a character between single quotes."""
    text = _unescaped(token, "'")
    if len(text) != 1:
        raise TemplateMistake(f"{token.text} is not one character", token.position)
    return ord(text)


def _unescaped(token: Token, quote: str) -> str:
    def meaning(match: re.Match[str]) -> str:
        simple, byte, short, long, octal, other = match.groups()
        if other is not None or (simple in {"'", '"'} and simple != quote):
            raise TemplateMistake(f"{match[0]} is no escape", token.position + match.start())
        if simple:
            return _SIMPLE[simple]
        code = int(octal, 8) if octal else int(byte or short or long, 16)
        if ((byte or octal) and code > 127) or code > 0x10FFFF or 0xD800 <= code < 0xE000:
            raise TemplateMistake(
                f"{match[0]} is a part of a character", token.position + match.start()
            )
        return chr(code)

    return _ESCAPE.sub(meaning, token.text[1:-1])


def number(token: Token) -> int | float:
    """Go's int where it is written as one, else a float. Raises TemplateMistake."""
    text = token.text
    mistake = TemplateMistake(f"{text!r} is no number", token.position)
    digits = text.lower().lstrip("+-")
    try:
        if digits.startswith("0x") and "p" in digits:
            return float.fromhex(text.replace("_", ""))
        if digits.startswith(("0x", "0b", "0o")):
            value: int | float = int(text, 0)
        elif re.fullmatch(r"0[0-7_]+", digits):
            value = int(text.replace("_", ""), 8)
        elif digits.replace("_", "").isdecimal() and len(digits) <= 30:
            value = int(text)
        else:
            if "_" in text:
                raise mistake
            value = float(text)
    except ValueError:
        raise mistake from None
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise TemplateMistake(f"{text} is larger than 64 bits hold", token.position)
    if value in {float("inf"), float("-inf")}:
        raise mistake
    return value
