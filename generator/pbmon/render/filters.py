"""Scalars on their way into a template: one filter a language, so that no template
quotes by hand.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from math import isfinite, isnan

from pbmon.template_actions import actions

_PLAIN = re.compile(
    r"[A-Za-z/](?:[A-Za-z0-9_./ ()%$+=<>~*-]|:(?=[A-Za-z0-9_/]))*[A-Za-z0-9_)/]|[A-Za-z]"
)
_WORDS = frozenset({"y", "n", "yes", "no", "true", "false", "on", "off", "null", "nan", "inf"})
_DURATION = re.compile(r"[0-9]+(ms|[smhdwy])")
_YAML_SPECIAL = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_YAML_ESCAPED = re.compile(r"[^ !#-\[\]-~]")
"""All but printable ASCII is looked at alone."""
_MARKDOWN_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|!~$&])")
_MARKDOWN_FIRST = re.compile(r"^(?:[0-9]{1,9}(?=[.)](?:\s|$))|(?=[-+=](?:[-+=\s]|$)))")
"""Where a text would begin a list, a ruler, or make a heading of the line above."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""https://www.w3.org/TR/xml/#charsets"""
_IN_TEMPLATE = re.compile(r"\$(?:labels\.(\w+)|value)")


@lru_cache(maxsize=4096, typed=True)  # names and texts of an alert stand in each of its tests
def yaml(value: str | int | float | bool | Decimal) -> str:
    """A YAML 1.1 and 1.2 scalar that loads as the same value: plain where it cannot be misread,
    else double quoted.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return repr(value)
    if isinstance(value, float):
        return _yaml_float(value)
    if isinstance(value, Decimal):  # all its digits, which a float would not keep
        return format(value, "f")
    if _DURATION.fullmatch(value) or (
        _PLAIN.fullmatch(value) and value.lower() not in _WORDS and " #" not in value
    ):
        return value
    return f'"{_YAML_ESCAPED.sub(_yaml_escape, value)}"'


def yaml_block(value: str, indent: int) -> str:
    """A text of several lines, as a literal block.

    As a double quoted scalar where a block would change the text.
    """
    lines = value.split("\n")
    if (
        any(line != line.rstrip() or not line for line in lines)
        or lines[0].startswith(" ")
        or not _printable(value)
    ):
        return yaml(value)
    return "|-\n" + "\n".join(" " * indent + line for line in lines)


def markdown(value: str) -> str:
    """Text in a Markdown paragraph, heading or table cell: on one line, without markup."""
    return _MARKDOWN_FIRST.sub(r"\g<0>\\", _MARKDOWN_SPECIAL.sub(r"\\\1", " ".join(value.split())))


def plain_template(value: str) -> str:
    """An alert's text with the meaning of each template in its place.

    `{{ $labels.job }}` reads `job`.
    """
    return "".join(
        text if inside is None else text + _stand_in(inside) for text, inside in actions(value)
    )


def _stand_in(inside: str) -> str:
    match = _IN_TEMPLATE.search(inside)
    return f"‹{match.group(1) or 'value'}›" if match else f"{{{{{inside}}}}}"


def markdown_code(value: str) -> str:
    """Text as inline code, fenced by more backticks than it contains."""
    value = " ".join(value.split())
    if not value:
        return ""
    fence = "`" * (max((len(run) for run in re.findall("`+", value)), default=0) + 1)
    pad = " " if value.startswith("`") or value.endswith("`") else ""
    return f"{fence}{pad}{value}{pad}{fence}"


def markdown_cell(value: str) -> str:
    """Inline code inside a table cell, where a bar would end the cell."""
    return markdown_code(value).replace("|", "\\|")


def xml(value: str) -> str:
    """Text between XML tags, or in an attribute between double quotes; characters that XML 1.0 has
    no way to write become `?`.
    """
    clean = _NOT_XML.sub("?", " ".join(value.split()))
    return (
        clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )


def mermaid(value: str) -> str:
    """A node of a Mermaid flowchart: an id that cannot be a keyword, and the name as its text."""
    return f'n_{re.sub(r"[^A-Za-z0-9]", "_", value)}["{mermaid_text(value)}"]'


def mermaid_text(value: str) -> str:
    """Text between double quotes in a Mermaid flowchart
    (https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters).
    """
    return re.sub(
        r"""[^A-Za-z0-9 _:.,()%/-]""",
        lambda match: f"#{ord(match.group())};",
        " ".join(value.split()),
    )


def _yaml_float(value: float) -> str:
    """Numbers for YAML 1.1, which wants a point before an exponent and `.inf` and `.nan`."""
    if not isfinite(value):
        return ".nan" if isnan(value) else ".inf" if value > 0 else "-.inf"
    digits, exponent, power = repr(value).partition("e")
    return digits if not exponent else f"{digits}{'' if '.' in digits else '.0'}e{power}"


def _yaml_escape(character: re.Match[str]) -> str:
    """A character that a double quoted scalar does not hold as it is."""
    text = character.group()
    if text in _YAML_SPECIAL:
        return _YAML_SPECIAL[text]
    if _printable(text):
        return text
    code = ord(text)
    return (
        f"\\x{code:02x}"
        if code < 0x100
        else f"\\u{code:04x}"
        if code < 0x10000
        else f"\\U{code:08x}"
    )


def _printable(text: str) -> bool:
    """Whether every character may stand in YAML as it is
    (https://yaml.org/spec/1.2.2/#51-character-set), lone surrogates not.
    """
    return "\ufeff" not in text and text.replace("\n", "").isprintable()
