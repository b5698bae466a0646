"""Scales of a chart: where its ticks lie and how their values read in Grafana's units."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, isinf, log10

from pbmon import durations

_TIME_STEPS = (
    10,
    30,
    60,
    120,
    300,
    600,
    900,
    1800,
    3600,
    7200,
    10800,
    21600,
    43200,
    86400,
    172800,
    345600,
    604800,
)
_FACTORS: dict[str, tuple[tuple[float, str], ...]] = {
    "percentunit": ((0.01, " %"),),
    "percent": ((1.0, " %"),),
    "s": (
        (86400.0, " d"),
        (3600.0, " h"),
        (60.0, " min"),
        (1.0, " s"),
        (1e-3, " ms"),
        (1e-6, " µs"),
    ),
    "bytes": (
        (2.0**40, " TiB"),
        (2.0**30, " GiB"),
        (2.0**20, " MiB"),
        (2.0**10, " KiB"),
        (1.0, " B"),
    ),
    "": ((1e12, " T"), (1e9, " G"), (1e6, " M"), (1e4, " k"), (1.0, "")),
}
"""(size from which a value is written in the factor, its sign), largest first; every unit that is
not named counts as plain.
"""
_SIGNS = {
    "reqps": "/s",
    "ops": "/s",
    "cps": "/s",
    "Bps": " B/s",
    "binBps": " B/s",
    "celsius": " °C",
    "volt": " V",
    "hertz": " Hz",
}
_SIZE = {" k": 1e3}
_SMALL, _LARGE = 1e-9, 1e9
"""Between them a number is written with all its digits."""


@dataclass(frozen=True)
class Scale:
    """A span of values, laid over a span of pixels. low, high: finite, in the data's unit; begin,
    end: pixels of low and high. What lies outside, as infinity does, is drawn at the edge.
    """

    low: float
    high: float
    begin: float
    end: float

    def __call__(self, value: float) -> float:
        """The pixel of a value, to a tenth."""
        value = max(self.low, min(self.high, value))
        # halves, since the distance between two numbers may be larger than any number
        share = (value / 2 - self.low / 2) / (self.high / 2 - self.low / 2)
        return round(self.begin + share * (self.end - self.begin), 1)


def value_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """At most `most` round numbers within the span; at least two where the span allows."""
    size = high / most - low / most
    power = 10.0 ** floor(log10(size))
    step = next(
        factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= size * (1 - 1e-9)
    )
    return [
        number * step for number in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)
    ]


def time_ticks(low: float, high: float, most: int = 8) -> list[int]:
    """Round times within the span, in seconds, at most `most` of them."""
    step = next(
        (step for step in _TIME_STEPS if (high - low) / step <= most),
        ceil((high - low) / most / 604800) * 604800,
    )
    return [number * step for number in range(ceil(low / step), floor(high / step) + 1)]


def time_text(seconds: float) -> str:
    """`-2m30s`, `0`, `1h`."""
    return f"{'-' if seconds < 0 else ''}{durations.text(abs(seconds))}" if seconds else "0"


def value_text(value: float, unit: str, step: float) -> str:
    """A value with its unit, in as many digits as tell it from one that is `step` away: 0.25 s
    reads `250 ms`. What would take too many is written as a power of ten.
    """
    if isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    factor, sign = _factor(abs(value), unit)
    digits = max(0, min(9, -floor(log10(step / factor) + 1e-9)))
    text = f"{value / factor:.{digits}f}"
    if abs(value) / factor >= _LARGE or 0 < abs(value) < _SMALL:
        factor, sign = _factor(1.0, unit)
        digits = max(2, min(9, ceil(log10(abs(value)) - log10(step))))
        text = f"{value / factor:.{digits + 1}g}"
    elif "." in text:
        text = text.rstrip("0").rstrip(".")
    text = "0" if text == "-0" else text
    prefix, _, custom = unit.partition(":")
    return f"{text}{sign} {custom}" if prefix == "suffix" else f"{text}{sign}{_SIGNS.get(unit, '')}"


def _factor(size: float, unit: str) -> tuple[float, str]:
    factors = _FACTORS.get(unit, _FACTORS[""])
    factor_and_sign = next(
        ((factor, sign) for factor, sign in factors if size >= factor * (1 - 1e-9)), None
    )
    if factor_and_sign is None:
        factor_and_sign = (
            factors[-1] if size else next((pair for pair in factors if pair[0] == 1.0), factors[-1])
        )
    return _SIZE.get(factor_and_sign[1], factor_and_sign[0]), factor_and_sign[1]
