"""Labels: what distinguishes the series of a metric, with the values each may take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from pbmon.arguments import checked
from pbmon.errors import DefinitionError
from pbmon.patterns import compiled
from pbmon.source import Source, here

MatchOp = Literal["=", "!=", "=~", "!~"]

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


@checked
@dataclass(frozen=True)
class Label:
    """A label and the set of its values.

    values: the closed set, each of which is kept. Without it max_values is the limit: later values
    become `other`. With both, max_values only says how many to expect at the same time, for the
    cardinality budget (HTTP status codes).
    other: the value that replaces all others, so that no client can invent series. It
    belongs to the set, and matchers know it also where the set is open: `is_("<unmatched>")`.
    Raises DefinitionError for a name Prometheus reserves and for a label without any bound.
    """

    EXAMPLE: ClassVar = 'Label("room", "Room.", values=("kitchen", "hall"))'

    name: str
    help: str
    values: Sequence[str] = ()
    other: str | None = None
    max_values: int | None = None
    source: Source = field(default_factory=here, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise DefinitionError(
                self.source,
                f"label name {self.name!r} does not exist in Prometheus's data model",
                "a label name has letters, digits and _ and does not begin with a digit",
            )
        if self.name.startswith("__"):
            raise DefinitionError(
                self.source,
                f"label {self.name!r} is reserved: Prometheus drops labels that begin with __",
                "name it without the leading underscores",
            )
        if self.name.lower() in {"nan", "inf"}:
            raise DefinitionError(
                self.source,
                f"label name {self.name!r} is a number in PromQL, so no query can group by it",
                "another name",
            )
        if not self.values and self.max_values is None:
            raise DefinitionError(
                self.source,
                f"label {self.name!r} has no bound, so its series can grow without end",
                "give it values=(...), or max_values=N and other='...'",
            )
        if len(set(self.values)) != len(self.values):
            twice = sorted({value for value in self.values if self.values.count(value) > 1})
            raise DefinitionError(
                self.source,
                f"label {self.name!r} lists {_quoted(twice)} twice",
                "list each value once",
            )
        if self.max_values is not None and self.max_values < 1:
            raise DefinitionError(
                self.source,
                f"label {self.name!r} has max_values={self.max_values}, so no series",
                "at least 1",
            )

    @property
    def domain(self) -> tuple[str, ...]:
        """Every value of a closed set, `other` included. Empty when the set is open: `other` is one
        value then, and any text can be another.
        """
        if not self.values or self.other is None or self.other in self.values:
            return tuple(self.values)
        return (*self.values, self.other)

    @property
    def size(self) -> int:
        """How many values to expect at once, for the cardinality budget: max_values, with one more
        for the `other` of an open set, else all of the set.
        """
        if self.max_values is None:
            return len(self.domain)
        return self.max_values + (self.other is not None and not self.values)

    def is_(self, value: str) -> Matcher:
        """`label="value"`; "" for series without the label. DefinitionError when a closed set has
        no such value.
        """
        return Matcher(self, "=", self._checked_value(value))

    def is_not(self, value: str) -> Matcher:
        """`label!="value"`; "" for series with the label. DefinitionError when a closed set has no
        such value.
        """
        return Matcher(self, "!=", self._checked_value(value))

    def is_in(self, *values: str) -> Matcher:
        """`label=~"a|b"`, each value quoted for the regular expression and checked as in is_()."""
        if not values:
            raise DefinitionError(
                here(),
                f"is_in() of label {self.name!r} has no value, so it finds nothing",
                "name at least one",
            )
        return Matcher(
            self, "=~", "|".join(re2_quote(self._checked_value(value)) for value in values)
        )

    def matches(self, pattern: str) -> Matcher:
        """`label=~"pattern"`, anchored at both ends.

        DefinitionError when no value of a closed set matches.
        """
        return Matcher(self, "=~", self._useful(pattern))

    def not_matches(self, pattern: str) -> Matcher:
        """`label!~"pattern"`, anchored at both ends.

        DefinitionError when no value of a closed set matches.
        """
        return Matcher(self, "!~", self._useful(pattern))

    def _checked_value(self, value: str) -> str:
        if self.values and value and value not in self.domain:
            raise DefinitionError(
                here(),
                f"label {self.name!r} has no value {value!r}",
                f"it has {_quoted(self.domain)}",
            )
        return value

    def _useful(self, pattern: str) -> str:
        fits = compiled(checked_pattern(pattern)).fullmatch
        if self.values and not any(fits(value) for value in self.domain):
            raise DefinitionError(
                here(),
                f"no value of label {self.name!r} matches {pattern!r}",
                f"it has {_quoted(self.domain)}; patterns match whole values",
            )
        return pattern


ANY = ".*"
"""A pattern that every value fulfils."""


@dataclass(frozen=True)
class Choice:
    """A variable of a dashboard. several: whether more than one value may be chosen."""

    name: str
    several: bool


@dataclass(frozen=True)
class Matcher:
    """A condition on one label in a selector. choice: what a dashboard's reader chooses; the value
    then is a pattern of all there is to choose from.
    """

    label: Label
    op: MatchOp
    value: str
    choice: Choice | None = None


def checked_pattern(pattern: str) -> str:
    """The pattern. DefinitionError at the author's line for what is no regular expression."""
    try:
        compiled(pattern)
    except ValueError as error:
        raise DefinitionError(
            here(),
            f"{pattern!r} is not a regular expression: {error}",
            "Prometheus reads RE2: https://github.com/google/re2/wiki/Syntax",
        ) from None
    return pattern


def re2_quote(value: str) -> str:
    """A regular expression that matches this text and nothing else
    (https://github.com/google/re2/wiki/Syntax).
    """
    return re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", value)


def names(labels: Iterable[Label]) -> tuple[str, ...]:
    """The labels' names, sorted."""
    return tuple(sorted(label.name for label in labels))


def listed(labels: Iterable[Label]) -> str:
    """The names for a message: `endpoint, instance, job`."""
    return ", ".join(names(labels)) or "none"


def _quoted(values: Iterable[str], limit: int = 12) -> str:
    values = list(values)
    text = ", ".join(map(repr, values[:limit]))
    return text + (f" and {len(values) - limit} more" if len(values) > limit else "")


_BUILT_IN = Source("<pbmon>", 0)
job = Label("job", "Scrape job that the target belongs to.", max_values=50, source=_BUILT_IN)
instance = Label("instance", "Address that was scraped.", max_values=50, source=_BUILT_IN)
le = Label("le", "Upper bound of a histogram bucket, inclusive.", max_values=50, source=_BUILT_IN)
quantile = Label("quantile", "Quantile of a summary, 0 to 1.", max_values=10, source=_BUILT_IN)
pid = Label("pid", "Process of the app, of a gauge in mode all.", max_values=64, source=_BUILT_IN)
TARGET_LABELS = (instance, job)
"""What Prometheus adds to every series it scrapes."""
