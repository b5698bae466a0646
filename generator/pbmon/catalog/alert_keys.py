"""What tells alerts apart: their name, and their severity where several have one name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from pbmon.model.rules import Alert


class AlertKey(NamedTuple):
    """The name of an alert. severity: empty where no other alert has the name."""

    name: str
    severity: str = ""

    def __str__(self) -> str:
        return "/".join(filter(None, self))

    @property
    def file_name(self) -> str:
        """Without an ending; names of alerts have no hyphen."""
        return "-".join(filter(None, self))


def keys(alerts: Iterable[Alert]) -> dict[Alert, AlertKey]:
    """The key of each alert. It is unique, for one name has each severity once."""
    of = tuple(alerts)
    shared = Counter(alert.name for alert in of)
    return {
        alert: AlertKey(alert.name, alert.severity if shared[alert.name] > 1 else "")
        for alert in of
    }
