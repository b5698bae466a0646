"""Values as Python source that `ruff format` leaves as it is, whatever they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

WIDTH = 88
"""Columns of a line, as ruff and Black have them unless told otherwise."""

# Characters that every editor shows, that ruff and we give the same width, and that no Unicode
# version changes: ASCII, Latin, Greek, Cyrillic, punctuation, currencies, arrows, mathematics. All
# others are escaped, bidirectional text included.
_NARROW = (
    "\x20-\x7e\xa1-\xac\xae-\u02af\u0391-\u03a1\u03a3-\u03ce\u0400-\u0482"
    "\u2010-\u2027\u20ac\u2122\u2190-\u2193\u2200-\u22ff"
)
# Two columns wide: Japanese, Chinese, Korean, fullwidth forms.
_WIDE = (
    "\u3001-\u3003\u3005-\u3029\u3041-\u3096\u30a1-\u30ff\u4e00-\u9fa5\uac00-\ud7a3\uff01-\uff5e"
)
_SHOWN = re.compile(f"[{_NARROW}{_WIDE}]")
_TWO_COLUMNS = re.compile(f"[{_WIDE}]")
_SHORT = {"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"}


def python(
    value: str | float | bool | None, column: int = 0, prefix: str = "", after: int = 1
) -> str:
    """The value as a Python literal that begins in `column` with `prefix` (`other=`).

    A string that a line cannot hold becomes several, one below the other, which Python reads as
    one. after: columns to leave free behind it, for a comma.
    """
    if not isinstance(value, str):
        return prefix + repr(value).replace("e+", "e")
    whole = prefix + _quoted(value)
    if column + width(whole) + after <= WIDTH:
        return whole
    pieces = map(_quoted, _pieces(value, WIDTH - column - len(prefix) - after - 2))
    return prefix + f"\n{' ' * column}".join(pieces)


def wrapped(
    opening: str,
    items: Sequence[str],
    closing: str,
    column: int = 0,
    comma: str = ",",
    after: int = 0,
) -> str:
    """`opening item, item closing` in one line where it fits, else one item a line, each followed
    by `comma`.

    Items of several lines are indented by column + 4 already. after: columns to leave free behind
    it.
    """
    flat = f"{opening}{', '.join(items)}{closing}"
    if "\n" not in flat and column + width(flat) + after <= WIDTH:
        return flat
    indent = "\n" + " " * column
    return opening + "".join(f"{indent}    {item}{comma}" for item in items) + indent + closing


def beside(left: str, right: str, column: int = 0) -> str:
    """`left right` (`return "x"`) in one line where it fits, else the right in parentheses,
    indented by column + 4.
    """
    if "\n" not in right and column + width(left) + 1 + width(right) <= WIDTH:
        return f"{left} {right}"
    indent = "\n" + " " * column
    return f"{left} ({indent}    {right}{indent})"


def imports(modules: Mapping[str, Iterable[str]]) -> str:
    """An import of the names from each module, sorted and wrapped as ruff does."""
    return "\n".join(_import(module, modules[module]) for module in sorted(modules, key=_natural))


def _import(module: str, names: Iterable[str]) -> str:
    ordered = sorted(set(names), key=_isort_key)
    flat = f"from {module} import {', '.join(ordered)}"
    return flat if width(flat) <= WIDTH else wrapped(f"from {module} import (", ordered, ")")


def docstring(text: str) -> str:
    """Prose for the inside of triple quotes, filled to the width.

    No quote in it ends the docstring.
    """
    paragraphs = [
        [_prose(word) for word in part.split()] for part in re.split(r"\n\s*\n", text.strip())
    ]
    filled = "\n\n".join("\n".join(_lines(words)) for words in paragraphs)
    # A quote at either end would extend the docstring's quotes. Escaped characters stay.
    return re.sub(r'\\.|\A"|"\Z', lambda match: r"\"" if match[0] == '"' else match[0], filled)


def width(text: str) -> int:
    """Columns that a line of readable text takes."""
    return len(text) + len(_TWO_COLUMNS.findall(text))


def _isort_key(name: str) -> tuple[object, ...]:
    """Constants, classes, the rest.

    https://docs.astral.sh/ruff/settings/#lint_isort_order-by-type
    """
    kind = 0 if len(name) > 1 and name.isupper() else 1 if name[0].isupper() else 2
    return kind, *_natural(name)


def _natural(name: str) -> tuple[object, ...]:
    """In the order of letters, and numbers as numbers."""
    parts = [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name.lower())]
    return parts, name


def _prose(word: str) -> str:
    return "".join(map(_escaped, word)).replace('"""', r"\"\"\"")


def _lines(words: list[str]) -> Iterator[str]:
    line = ""
    for word in words:
        if line and width(line) + 1 + width(word) > WIDTH - 3:  # the opening quotes take three
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


def _escaped(char: str) -> str:
    if char in _SHORT:
        return _SHORT[char]
    if _SHOWN.match(char):
        return char
    code = ord(char)
    return (
        f"\\x{code:02x}"
        if code < 0x100
        else f"\\u{code:04x}"
        if code < 0x10000
        else f"\\U{code:08x}"
    )


def _quoted(text: str) -> str:
    """Double quotes, unless single ones save escapes: what ruff prefers."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(map(_escaped, text)).replace(quote, "\\" + quote) + quote


def _pieces(text: str, room: int) -> Iterator[str]:
    """Parts of the text that take at most `room` columns each when escaped, cut behind a space
    where there is one.
    """
    start = end = blank = columns = 0
    for end, char in enumerate(text):
        needed = 2 if char in "\"'" else width(_escaped(char))
        while columns + needed > room:  # what follows the last blank may fill the line again
            cut = blank if blank > start else end
            yield text[start:cut]
            start, columns = cut, _columns(text[cut:end])
        columns += needed
        if char == " ":
            blank = end + 1
    yield text[start:]


def _columns(chars: Iterable[str]) -> int:
    return sum(2 if char in "\"'" else width(_escaped(char)) for char in chars)
