"""Go's Sprintf: https://pkg.go.dev/fmt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pbmon.proof.texts.printf_verbs import Flags, formatted
from pbmon.proof.texts.values import UnknownTemplate, Value, bounded, check_length, type_name

_MOST = 1_000_000
"""Go takes no larger width or precision."""
_INDEX = re.compile(r"\[([^\]]*)\]")
_DIGITS = re.compile(r"[0-9]+")


def sprintf(format: str, values: Sequence[Value]) -> str:
    """The format with the values in it; what is wrong with them stands in the text, as in Go."""
    return bounded("".join(_Printf(format, values).parts()))


@dataclass
class _Printf:
    """A format and a place in it; the number of the next value."""

    format: str
    values: Sequence[Value]
    place: int = 0
    number: int = 0
    reordered: bool = False
    good: bool = True
    after_index: bool = False

    def parts(self) -> list[str]:
        made: list[str] = []
        length = 0
        while self.place < len(self.format):
            percent = self.format.find("%", self.place)
            end = percent if percent >= 0 else len(self.format)
            made.append(self.format[self.place : end])
            self.place = end + 1
            if percent >= 0:
                made += self._verb()
            length += sum(map(len, made[-4:]))
            check_length(length)
        if not self.reordered and self.number < len(self.values):
            extra = ", ".join(
                "<nil>" if value is None else f"{type_name(value)}={formatted(value, 'v', Flags())}"
                for value in self.values[self.number :]
            )
            made.append(f"%!(EXTRA {extra})")
        return made

    def _verb(self) -> list[str]:
        self.good, self.after_index = True, False
        flags = Flags()
        while self._ahead() in tuple("#0+- "):
            flags.set(self.format[self.place])
            self.place += 1
        self._argument_number()
        said = self._width(flags)
        if self._ahead() == ".":
            said += self._precision(flags)
        if not self.after_index:
            self._argument_number()
        if self.place >= len(self.format):
            return [*said, "%!(NOVERB)"]
        verb = self.format[self.place]
        self.place += 1
        if verb == "%":
            return [*said, "%"]
        if not self.good:
            return [*said, f"%!{verb}(BADINDEX)"]
        if self.number >= len(self.values):
            return [*said, f"%!{verb}(MISSING)"]
        self.number += 1
        return [*said, formatted(self.values[self.number - 1], verb, flags)]

    def _ahead(self) -> str:
        return self.format[self.place : self.place + 1]

    def _width(self, flags: Flags) -> list[str]:
        if self._ahead() != "*":
            flags.width = self._digits()
            if self.after_index and flags.width is not None:
                self.good = False
            return []
        self.place += 1
        width = self._of_value()
        self.after_index = False
        if width is None:
            return ["%!(BADWIDTH)"]
        if width < 0:
            flags.set("-")
        flags.width = abs(width)
        return []

    def _precision(self, flags: Flags) -> list[str]:
        self.place += 1
        if self.after_index:
            self.good = False
        self._argument_number()
        if self._ahead() != "*":
            digits = self._digits()
            flags.precision = digits or 0
            return []
        self.place += 1
        precision = self._of_value()
        self.after_index = False
        if precision is None or precision < 0:
            return ["%!(BADPREC)"]
        flags.precision = precision
        return []

    def _digits(self) -> int | None:
        match = _DIGITS.match(self.format, self.place)
        if match is None:
            return None
        if len(match[0]) > 7 or int(match[0]) > _MOST:
            self.place = len(self.format)
            return None
        self.place = match.end()
        return int(match[0])

    def _of_value(self) -> int | None:
        """A width or precision that a value says; None where it is no sensible int."""
        if self.number >= len(self.values):
            return None
        value = self.values[self.number]
        self.number += 1
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _MOST:
            return value
        return None

    def _argument_number(self) -> None:
        """Reads `[n]`: the number of the next value, from 1."""
        if self._ahead() != "[":
            return
        self.reordered = True
        match = _INDEX.match(self.format, self.place)
        if match is None:
            self.good = False
            self.place += 1
            return
        self.place = match.end()
        if not _DIGITS.fullmatch(match[1]) or len(match[1]) > 7:
            if match[1].strip() != match[1] or match[1].startswith(("+", "-")):
                raise UnknownTemplate("an argument's number with signs")
            self.good = False
            return
        if not 1 <= int(match[1]) <= len(self.values):
            self.good = False
            return
        self.number, self.after_index = int(match[1]) - 1, True
