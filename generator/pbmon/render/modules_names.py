"""Names in a generated metrics module: classes, types of label values, arguments of `labels`."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterable

from pbmon.labels import Label
from pbmon.model.metrics import Metric
from pbmon.plan.modules import AppModule, is_closed, symbol_of

ClosedSet = tuple[str, tuple[str, ...], str | None]
"""Name of a label, its values, and its `other`."""


class Names:
    """Hands out each name once; one that is taken gets an underscore behind it."""

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._used = set(reserved)

    def free(self, name: str) -> str:
        """The wanted name, or the nearest that is free. Python's keywords never are."""
        while name in self._used or keyword.iskeyword(name):
            name += "_"
        self._used.add(name)
        return name


def module_names(module: AppModule) -> Names:
    """The names of a module in which its metrics' symbols and what every module needs are taken."""
    return Names([*module.reserved_names, *dir(builtins), *map(symbol_of, module.metrics)])


def camel(name: str) -> str:
    """`api_request_counter` as a class is called: `ApiRequestCounter`."""
    words = "".join(word[0].upper() + word[1:] for word in name.split("_") if word)
    return words if words.isidentifier() else f"Label{words}"


def closed_set(label: Label) -> ClosedSet:
    """What makes two labels' closed sets the same type."""
    return label.name, label.domain, label.other


def alias_names(module: AppModule) -> dict[ClosedSet, str]:
    """The closed sets of a module's labels and their names in snake case, in the order of first
    use.

    Called as the label is, unless labels of that name have several sets: then the first metric to
    use it comes first.
    """
    users: dict[ClosedSet, Metric] = {}
    for metric in module.metrics:
        for label in filter(is_closed, metric.labels):
            users.setdefault(closed_set(label), metric)
    sets = [name for name, _, _ in users]
    return {
        closed: closed[0] if sets.count(closed[0]) == 1 else f"{symbol_of(metric)}_{closed[0]}"
        for closed, metric in users.items()
    }


def argument_names(labels: Iterable[Label]) -> tuple[str, ...]:
    """What `labels()` calls its arguments: as the label, with an underscore behind it where Python
    has that word.
    """
    names = Names(["self"])
    return tuple(names.free(label.name) for label in labels)


def unusual(symbols: Iterable[str], arguments: Iterable[str]) -> list[str]:
    """Codes of pep8-naming and pycodestyle that names given by labels and metrics break, for a
    noqa.

    https://docs.astral.sh/ruff/rules/#pep8-naming-n
    """
    symbols, arguments = list(symbols), list(arguments)
    broken = {
        "E741": any(name in {"l", "I", "O"} for name in (*symbols, *arguments)),
        "N803": any(name.lower() != name for name in arguments),
        "N816": any(name[0].islower() and name.lower() != name for name in symbols),
    }
    return [code for code, applies in broken.items() if applies]
