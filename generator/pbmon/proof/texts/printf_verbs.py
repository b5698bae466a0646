"""One value in one verb of Go's Printf, with its flags."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isinf, isnan

from pbmon.proof.texts.floats import written
from pbmon.proof.texts.printing import Scalar, whole
from pbmon.proof.texts.quoting import in_backquotes, quoted
from pbmon.proof.texts.values import (
    Named,
    Time,
    UnknownTemplate,
    Value,
    check_length,
    type_name,
)

_BASES = {"d": 10, "v": 10, "b": 2, "o": 8, "O": 8, "x": 16, "X": 16}
_DIGITS = {2: "b", 8: "o", 10: "d", 16: "x"}


@dataclass
class Flags:
    """`-+# 0`, width and precision of one verb; None for one that is not given.

    In `%v`, plus and sharp mean something else: names of fields, and Go syntax.
    """

    plus: bool = False
    minus: bool = False
    sharp: bool = False
    space: bool = False
    zero: bool = False
    names: bool = False
    go_syntax: bool = False
    width: int | None = None
    precision: int | None = None

    def set(self, flag: str) -> None:
        """Sets the flag that this character stands for."""
        match flag:
            case "#":
                self.sharp = True
            case "+":
                self.plus = True
            case " ":
                self.space = True
            case "-":
                self.minus, self.zero = True, False
            case "0":
                self.zero = not self.minus

    def padded(self, text: str, *, zero: bool = False) -> str:
        """The text in the width. zero: filled up with zeros in place of spaces."""
        missing = (self.width or 0) - len(text)
        if missing <= 0:
            return text
        check_length(missing)
        if self.minus:
            return text + " " * missing
        return ("0" if zero else " ") * missing + text


def formatted(value: Value, verb: str, flags: Flags) -> str:
    """The value in a verb, without the percent sign; a wrong verb is said in the text, as in Go."""
    if verb == "T":
        return _text(type_name(value), "s", flags)
    if verb == "p":
        raise UnknownTemplate("%p prints an address in memory")
    if verb == "v":
        flags = replace(flags, names=flags.plus, go_syntax=flags.sharp, plus=False, sharp=False)
    if value is None:
        return flags.padded("<nil>") if verb == "v" else "%!" + f"{verb}(<nil>)"
    if not isinstance(value, bool | int | float | str) and flags.go_syntax:
        raise UnknownTemplate("Go syntax (%#v) of a structure")
    if isinstance(value, Time | Named) and verb not in "vsxXq":
        raise UnknownTemplate(f"%{verb} of a time")
    return whole(value, lambda inner: _scalar(inner, verb, flags), flags.names)


def _scalar(value: Scalar, verb: str, flags: Flags) -> str:
    match value:
        case None:
            return flags.padded("<nil>")
        case bool() if verb in "tv":
            return _zero_refused("true" if value else "false", flags)
        case bool():
            return _bad(value, verb, flags)
        case int():
            return _int(value, verb, flags)
        case float():
            return _float(value, verb, flags)
        case str() if verb in "vsxXq":
            return _text(value, verb, flags)
        case str():
            return _bad(value, verb, flags)


def _bad(value: Scalar, verb: str, flags: Flags) -> str:
    return f"%!{verb}({type_name(value)}={_scalar(value, 'v', flags)})"


def _zero_refused(text: str, flags: Flags) -> str:
    """A text in its width; Go's versions differ in what a 0 flag does to it."""
    if flags.zero and (flags.width or 0) > len(text):
        raise UnknownTemplate("zeros before a text depend on Prometheus's version")
    return flags.padded(text)


def _text(value: str, verb: str, flags: Flags) -> str:
    if verb in "xX":
        return _bytes(value, verb, flags)
    cut = value if flags.precision is None else value[: flags.precision]
    if flags.go_syntax:
        return _zero_refused(quoted(cut), flags)
    if verb == "q":
        plain = in_backquotes(cut) if flags.sharp else None
        return _zero_refused(plain or quoted(cut, ascii=flags.plus), flags)
    return _zero_refused(cut, flags)


def _bytes(value: str, verb: str, flags: Flags) -> str:
    data = value.encode()[: flags.precision]
    before = f"0{verb}" if flags.sharp and data else ""
    pairs = [f"{byte:02{verb}}" for byte in data]
    text = f" {before}".join(pairs) if flags.space else "".join(pairs)
    return _zero_refused(before + text, flags)


def _int(value: int, verb: str, flags: Flags) -> str:
    if verb in {"c", "q", "U"}:
        return _character(value, verb, flags)
    if verb not in _BASES:
        return _bad(value, verb, flags)
    base = _BASES[verb]
    signed = value < 0 or flags.plus or flags.space
    if flags.precision == 0 and value == 0:
        return " " * (flags.width or 0)
    least = flags.precision or 0
    if flags.precision is None and flags.zero and flags.width:
        least = flags.width - signed
    digits = format(abs(value), "X" if verb == "X" else _DIGITS[base])
    check_length(least)
    digits = digits.rjust(least, "0")
    if flags.sharp and base == 2:
        digits = f"0b{digits}"
    if flags.sharp and base == 8 and not digits.startswith("0"):
        digits = f"0{digits}"
    if flags.sharp and base == 16:
        digits = f"0{verb}{digits}"
    if verb == "O":
        digits = f"0o{digits}"
    sign = "-" if value < 0 else "+" if flags.plus else " " if flags.space else ""
    return flags.padded(sign + digits)


def _character(value: int, verb: str, flags: Flags) -> str:
    known = 0 <= value <= 0x10FFFF and not 0xD800 <= value < 0xE000
    letter = chr(value) if known else "\ufffd"
    if verb == "c":
        return _zero_refused(letter, flags)
    if verb == "q":
        return _zero_refused(quoted(letter, "'", ascii=flags.plus), flags)
    if value < 0:
        raise UnknownTemplate("%U of a negative number")
    text = f"U+{value:0{max(4, flags.precision or 0)}X}"
    if flags.sharp and known and letter.isprintable():
        text += f" '{letter}'"
    return flags.padded(text)


def _float(value: float, verb: str, flags: Flags) -> str:
    if verb not in "vbgGxXfFeE":
        return _bad(value, verb, flags)
    letter = {"v": "g", "F": "f"}.get(verb, verb)
    precision = 6 if verb in "fFeE" else -1
    if flags.precision is not None:
        precision = flags.precision
    text = written(value, letter, precision)
    sign = "-" if text[0] == "-" else "+" if flags.plus else " " if flags.space else ""
    number = text.lstrip("+-")
    if isnan(value) or isinf(value):
        return flags.padded((sign or "+" * isinf(value)) + number)
    if flags.sharp and verb != "b":
        number = _sharp(number, letter, precision)
    if flags.zero and sign:
        return sign + number.rjust((flags.width or 0) - 1, "0")
    return flags.padded(sign + number, zero=flags.zero)


def _sharp(number: str, letter: str, precision: int) -> str:
    """With a decimal point, and for `g` with all digits that its precision says."""
    if letter in "xX":
        raise UnknownTemplate("%#x of a float")
    mantissa, mark, exponent = number.partition("E" if letter in "EG" else "e")
    missing = 0
    if letter in "gG":
        digits = mantissa.replace(".", "").lstrip("0")
        missing = (6 if precision < 0 else precision) - len(digits)
        if "." not in mantissa and mantissa == "0":
            missing -= 1
    if "." not in mantissa:
        mantissa += "."
    return mantissa + "0" * max(0, missing) + mark + exponent
