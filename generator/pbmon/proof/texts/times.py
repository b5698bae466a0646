"""Moments as Go's time.Time prints them, in UTC.

https://pkg.go.dev/time#pkg-constants
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from math import isinf, isnan

from pbmon.proof.texts.values import FailedTemplate, Named, Time

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_STANDARD = re.compile(
    r"January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|2006|_2006|_2|002|0[1-6]|15|PM|pm"
    r"|[-Z]07(?::00:00|0000|:00|00)?|[.,]0+(?![0-9])|[.,]9+(?![0-9])|[1-5]"
)


def of_seconds(value: float) -> Time:
    """The moment of a time stamp in seconds."""
    if isnan(value) or isinf(value):
        raise FailedTemplate("a time of a value that is NaN or Inf")
    nanoseconds = value * 1e9
    if not -(2.0**63) <= nanoseconds <= 2.0**63:
        raise FailedTemplate("a time stamp that is too large")
    whole = int(nanoseconds)
    return Time(whole // 1_000_000 if whole >= 0 else -(-whole // 1_000_000))


def moment(time: Time) -> datetime:
    """As Python has it."""
    return _BEGINNING + timedelta(milliseconds=time.milliseconds)


def text(time: Time) -> str:
    """Go's time.Time.String()."""
    return formatted(time, "2006-01-02 15:04:05.999999999 -0700 MST")


def formatted(time: Time, layout: str) -> str:
    """Go's time.Time.Format(): the layout is how 2 January 2006, 15:04:05 would be written."""
    at = moment(time)
    return _STANDARD.sub(lambda match: _part(at, match[0]), layout)


def _part(at: datetime, mark: str) -> str:
    hour = at.hour % 12 or 12
    if mark[0] in ".," and len(mark) > 1:
        digits = f"{at.microsecond * 1000:09}".ljust(len(mark) - 1, "0")[: len(mark) - 1]
        if mark[1] == "9":
            digits = digits.rstrip("0")
            return mark[0] + digits if digits else ""
        return mark[0] + digits
    if mark[0] == "Z":
        return "Z"
    if mark[0] == "-":
        return "+" + re.sub("[0-9]", "0", mark[1:])
    return {
        "January": at.strftime("%B"), "Jan": at.strftime("%b"), "1": str(at.month),
        "01": f"{at.month:02}", "Monday": at.strftime("%A"), "Mon": at.strftime("%a"),
        "2": str(at.day), "_2": f"{at.day:2}", "02": f"{at.day:02}",
        "002": f"{at.timetuple().tm_yday:03}", "15": f"{at.hour:02}", "3": str(hour),
        "03": f"{hour:02}", "4": str(at.minute), "04": f"{at.minute:02}", "5": str(at.second),
        "05": f"{at.second:02}", "2006": f"{at.year:04}", "_2006": f"_{at.year:04}",
        "06": f"{at.year % 100:02}", "PM": "PM" if at.hour >= 12 else "AM",
        "pm": "pm" if at.hour >= 12 else "am", "MST": "UTC",
    }[mark]  # fmt: skip


def month(time: Time) -> Named:
    """Go's time.Time.Month()."""
    at = moment(time)
    return Named("time.Month", at.month, at.strftime("%B"))


def weekday(time: Time) -> Named:
    """Go's time.Time.Weekday()."""
    at = moment(time)
    return Named("time.Weekday", at.isoweekday() % 7, at.strftime("%A"))
