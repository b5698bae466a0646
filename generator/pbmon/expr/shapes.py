"""What is known of a result before it is computed: its labels, and which of them tell its series
apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from pbmon.labels import Label, Matcher, names
from pbmon.patterns import compiled

LabelSet = tuple[Label, ...]
"""Labels sorted by name."""


def label_set(labels: Iterable[Label]) -> LabelSet:
    """The labels sorted by name."""
    return tuple(sorted(labels, key=lambda label: label.name))


@dataclass(frozen=True, slots=True)
class Shape:
    """labels: what every series of the result carries. optional: what some carry.

    key: names of the labels that tell the series apart; the others follow from these.
    matchers: what the labels fulfil. unit: Grafana's id or empty.
    """

    labels: LabelSet = ()
    optional: LabelSet = ()
    key: frozenset[str] = field(default_factory=frozenset)
    matchers: tuple[Matcher, ...] = ()
    unit: str = ""

    @property
    def free(self) -> frozenset[str]:
        """Labels of the key that can have more than one value."""
        return frozenset(name for name in self.key if not self.fixed(name))

    def fixed(self, name: str) -> bool:
        """Whether the label has the same value on every series."""
        values = self.values(name)
        return values is not None and len(values) <= 1

    def values(self, name: str) -> frozenset[str] | None:
        """The values that a label can have; None where they are not known."""
        matchers = [
            matcher
            for matcher in self.matchers
            if matcher.label.name == name and "$" not in matcher.value  # a variable of Grafana's
        ]
        label = next((one for one in (*self.labels, *self.optional) if one.name == name), None)
        pool = label.domain if label is not None else ()
        if not pool:
            exact = [matcher.value for matcher in matchers if matcher.op == "="]
            if not exact:
                return None
            pool = tuple(exact)
        return frozenset(
            value for value in pool if all(fulfils(matcher, value) for matcher in matchers)
        )


def all_of(labels: Iterable[Label], unit: str = "") -> Shape:
    """A result that all of its labels tell apart."""
    ordered = label_set(labels)
    return Shape(ordered, key=frozenset(names(ordered)), unit=unit)


def fulfils(matcher: Matcher, value: str) -> bool:
    """Whether a label's value (empty for none) passes the matcher."""
    if matcher.op in {"=", "!="}:
        return (value == matcher.value) == (matcher.op == "=")
    return _matches(matcher.value, value) == (matcher.op == "=~")


@lru_cache(maxsize=4096)
def _matches(pattern: str, value: str) -> bool:
    return compiled(pattern).fullmatch(value) is not None
