"""How fast an error budget may burn before an alert fires.

Several windows, several burn rates:
https://sre.google/workbook/alerting-on-slos/#6-multiwindow-multi-burn-rate-alerts
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Context, Decimal

from pbmon import durations
from pbmon.model.project import Severity

_DIGITS = Context(prec=6)
"""28 is no multiple of 3: endless fractions are cut after six digits."""


@dataclass(frozen=True)
class BurnWindows:
    """An alert fires when `share` of the budget is gone within `long`.

    The budget must still burn as fast within `short`.
    """

    share: Decimal
    long: str
    short: str
    severity: Severity


@dataclass(frozen=True)
class Burn:
    """The windows for one objective. factor: times faster than the budget allows; threshold: the
    share of events that fail then.

    replaces: the windows of the table, where the share that would have had to fail is 1 or more.
    """

    windows: BurnWindows
    factor: Decimal
    threshold: Decimal
    replaces: Burn | None = None


def _rows(*shares: str) -> tuple[BurnWindows, ...]:
    windows: tuple[tuple[str, str, Severity], ...] = (
        ("1h", "5m", "critical"),
        ("6h", "30m", "critical"),
        ("1d", "2h", "warning"),
        ("3d", "6h", "warning"),
    )
    return tuple(
        BurnWindows(Decimal(share), *row) for share, row in zip(shares, windows, strict=False)
    )


TABLES: dict[str, tuple[BurnWindows, ...]] = {
    "90d": _rows("0.01", "0.02", "0.05", "0.05"),
    # 30 d: 14.4, 6, 3, 1 times the sustainable rate, as in the workbook
    "28d": _rows("0.02", "0.05", "0.1", "0.1"),
    # three days are nearly half of it: no ticket could still help
    "7d": _rows("0.05", "0.1", "0.2"),
}
"""Budget shares by the shortest objective window that they are for. The factor follows: share ×
window / long.
"""


def burns(window: str, budget: Decimal) -> tuple[Burn, ...]:
    """The alerts for an objective over this window, fastest first, each with a threshold below 1.

    No more than all events can fail: with a factor times budget of 1 or more an alert could never
    fire. Such windows are left out for others of twice the length, until one can; its share of the
    budget stays as it is.
    """
    period = durations.seconds(window)
    table = next(rows for shortest, rows in TABLES.items() if durations.seconds(shortest) <= period)
    return tuple(_reachable(row, Decimal(round(period)), budget) for row in table)


def _reachable(windows: BurnWindows, period: Decimal, budget: Decimal) -> Burn:
    first = burn = _rated(windows, period, budget)
    while burn.threshold >= 1:
        long, short = (
            durations.text(2 * durations.seconds(text)) for text in (windows.long, windows.short)
        )
        windows = replace(windows, long=long, short=short)
        burn = _rated(windows, period, budget)
    return burn if burn is first else replace(burn, replaces=first)


def _rated(windows: BurnWindows, period: Decimal, budget: Decimal) -> Burn:
    factor = windows.share * period / Decimal(round(durations.seconds(windows.long)))
    return Burn(windows, _DIGITS.plus(factor), _DIGITS.plus(factor * budget))
