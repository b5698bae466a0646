"""What somebody looks at: a dashboard in a situation, a time and choices of variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs

_VARIABLE = "var-"


@dataclass(frozen=True)
class View:
    """scenario: the alert that fires, empty when all is well. last: seconds up to now; begin, end:
    seconds since 1970, in place of that; where all are None, what the dashboard shows when it is
    opened. chosen: values by name of the variable.
    """

    uid: str
    scenario: str = ""
    last: int | None = None
    begin: int | None = None
    end: int | None = None
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)


def view_of(query: str) -> View:
    """The view that a query of an address names: `uid=…&while=…&last=…&var-job=…`.
    ValueError where a time is no whole number.
    """
    asked = parse_qs(query, keep_blank_values=True, max_num_fields=1000)

    def one(name: str) -> str:
        return asked.get(name, [""])[-1]

    last, begin, end = (int(one(name)) if one(name) else None for name in ("last", "begin", "end"))
    chosen = {
        name.removeprefix(_VARIABLE): values
        for name, values in asked.items()
        if name.startswith(_VARIABLE)
    }
    return View(one("uid"), one("while"), last, begin, end, chosen)
