"""Parts of a point in time, in UTC."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from math import isnan

from pbmon.proof.promql.vectors import UnknownSemantics

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def _of_date(part: Callable[[datetime], int]) -> Callable[[float], float]:
    """Of seconds since 1970. UnknownSemantics for what lies outside of the years 1 to 9999."""

    def compute(seconds: float) -> float:
        try:
            if isnan(seconds):
                raise OverflowError
            return float(part(_BEGINNING + timedelta(seconds=int(seconds))))
        except OverflowError:
            raise UnknownSemantics(f"the date of {seconds:g} is not computed") from None

    return compute


DATES: Mapping[str, Callable[[float], float]] = {
    "day_of_month": _of_date(lambda date: date.day),
    "day_of_week": _of_date(lambda date: date.isoweekday() % 7),
    "day_of_year": _of_date(lambda date: date.timetuple().tm_yday),
    "days_in_month": _of_date(lambda date: monthrange(date.year, date.month)[1]),
    "hour": _of_date(lambda date: date.hour),
    "minute": _of_date(lambda date: date.minute),
    "month": _of_date(lambda date: date.month),
    "year": _of_date(lambda date: date.year),
}
