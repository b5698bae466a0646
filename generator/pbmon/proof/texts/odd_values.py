"""Texts that Prometheus expands for some labels and values of an alert, and not for others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import isfinite, nan
from typing import NamedTuple

from pbmon.go_template.parser import parsed
from pbmon.go_template.reading import constants, reading
from pbmon.proof.texts.expand import expanded
from pbmon.proof.texts.values import FailedTemplate, UnknownTemplate

ODD = ("a", "(", "[a", "*", "\\", "$1", "1", "1h", "a:b:c", "a.b/c d", "é", "x" * 200)
"""Values that a label of an open set may have."""


_SIZES = (0.0, 0.5, -1.0, 1e6, nan)


class Failure(NamedTuple):
    """where: for which label or value Prometheus prints an error in place of the text. surely:
    whether that is known to come. why: its error.
    """

    where: str
    surely: bool
    why: str


class Alike(NamedTuple):
    """An alert that fires, for which a text is expanded. domains: what else its labels can be, by
    name; an empty one is open, and a label that is not there has no other value. possible: whether
    its value can be another one.
    """

    labels: Mapping[str, str]
    value: float
    domains: Mapping[str, Iterable[str]]
    possible: Callable[[float], bool]
    external_labels: Mapping[str, str]


def failures(text: str, alert: Alike) -> Iterator[Failure]:
    """Labels and values, one at a time, for which the text is not expanded."""
    template = parsed(text)
    read = reading(template)
    written = list(constants(template))

    def problem(labels: Mapping[str, str], value: float) -> str:
        try:
            expanded(text, value, labels, external_labels=alert.external_labels, query=_no_query)
        except FailedTemplate as failed:
            return str(failed)
        except UnknownTemplate:
            pass
        return ""

    if problem(alert.labels, alert.value):
        return
    words = [each for each in written if isinstance(each, str) and each]
    for name in read.labels:
        if name in alert.domains and name in alert.labels:
            domain = list(alert.domains[name])
            for other in domain or dict.fromkeys((*words, *ODD)):
                if why := problem({**alert.labels, name: other}, alert.value):
                    yield Failure(f"{name} is {other[:40]!r}", bool(domain), why)
                    break
    numbers = [float(each) for each in written if isinstance(each, int | float)]
    near = [number + off for number in numbers if isfinite(number) for off in (-1, 0, 1)]
    for number in filter(alert.possible, (*_SIZES, *near) if read.value else ()):
        if why := problem(alert.labels, number):
            yield Failure(f"its value is {number:g}", True, why)
            break


def _no_query(text: str) -> Sequence[tuple[Mapping[str, str], float]]:
    raise UnknownTemplate(f"query({text[:200]!r})")
