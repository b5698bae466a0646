"""Text in quotes and escapes as Go writes them.

https://pkg.go.dev/strconv#Quote, https://pkg.go.dev/text/template#JSEscape
"""

from __future__ import annotations

_SIMPLE = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t",
           "\v": "\\v"}  # fmt: skip
_HTML = {'"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;", "\0": "\ufffd"}


def quoted(text: str, quote: str = '"', *, ascii: bool = False) -> str:
    """strconv.Quote; with ascii, QuoteToASCII."""
    return quote + "".join(_escaped(letter, quote, ascii) for letter in text) + quote


def _escaped(letter: str, quote: str, ascii: bool) -> str:
    code = ord(letter)
    if letter in (quote, "\\"):
        return f"\\{letter}"
    if letter.isprintable() and (code < 128 or not ascii):
        return letter
    if letter in _SIMPLE:
        return _SIMPLE[letter]
    if code < 32 or code == 127:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def in_backquotes(text: str) -> str | None:
    """The text in backquotes; None where Go cannot write it so."""
    plain = all((letter == "\t" or ord(letter) >= 32) and letter not in "`\x7f\ufeff"
                for letter in text)  # fmt: skip
    return f"`{text}`" if plain else None


def html(text: str) -> str:
    """Go's HTMLEscapeString."""
    return "".join(_HTML.get(letter, letter) for letter in text)


def js(text: str) -> str:
    """Go's JSEscapeString."""
    return "".join(map(_js, text))


def _js(letter: str) -> str:
    if letter in "\\'\"":
        return f"\\{letter}"
    if letter in "<>&=" or not letter.isprintable():
        return f"\\u{ord(letter):04X}"
    return letter
