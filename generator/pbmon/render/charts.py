"""One small chart an alert, as SVG: the smallest situation that fires it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from math import isfinite, isnan
from sys import float_info

from pbmon import durations
from pbmon.artifact import Artifact
from pbmon.plan.paths import chart
from pbmon.proof.cases.proofs import Course, History
from pbmon.render.axes import Scale, time_text, time_ticks, value_text, value_ticks
from pbmon.render.environment import rendered
from pbmon.render.texts import Texts

WIDTH, LEFT, RIGHT, PLOT, ROW = 640, 76, 16, 128, 17
"""Pixels: the whole width, margins beside the plot, the plot's height, a row of the legend."""

TEXT_LIMIT = 84
"""Characters of an expression that fit beside its sign in the legend."""


MARK_TEXT = 145
"""Pixels that the text above a moment takes at most."""

_THINNEST, _FARTHEST = 1e-300, float_info.max
"""Numbers that a float can hold: so much space is around a line at least, and there its axis ends.
"""


@dataclass(frozen=True)
class Mark:
    """A moment: where it lies, and what is written above it, with its right end."""

    x: float
    text: str
    text_end: float


def render(stories: Iterable[History], texts: Texts | None = None) -> Iterator[Artifact]:
    """One chart for each history."""
    for story in stories:
        text = (texts or Texts()).get("chart", (story, story.unit), partial(_text, story))
        yield Artifact(chart(story.alert.key.file_name), text, {(): story.alert.source})


def _text(story: History) -> str:
    return rendered("chart.svg.j2", **_chart(story))


def sentence(story: History) -> str:
    """What the chart shows, in words."""
    firing = durations.text(story.firing)
    fires = f"{story.alert.title} fires {firing} after the change that sets it off"
    if story.firing == story.pending:
        waits = "as soon as its condition holds"
    else:
        waits = f"after its condition has held for {story.alert.for_}"
    over = (
        f", and resolves at {durations.text(story.resolved)}" if story.resolved is not None else ""
    )
    return f"{fires}, {waits}{over}."


def _chart(story: History) -> dict[str, object]:
    top = 20 + ROW * (len(story.courses) + 2)
    bottom = top + PLOT
    x = Scale(story.times[0], story.times[-1], LEFT, WIDTH - RIGHT)
    low, high, ticks = _span(story)
    y = Scale(low, high, bottom, top)
    step = ticks[1] - ticks[0] if len(ticks) > 1 else high - low
    limit = next((value for value in story.limit.values if value is not None), 0.0)
    finest = min(step, abs(limit) / 100 or step)
    shown_limit = (
        value_text(limit, story.unit, finest)
        if story.limit.text.lstrip("-")[:1].isdigit()
        else _short(story.limit.text)
    )
    return {
        "name": story.alert.title,
        "sentence": sentence(story),
        "expressions": [course.text for course in story.courses],
        "width": WIDTH,
        "height": bottom + 40,
        "plot": {
            "left": LEFT,
            "right": WIDTH - RIGHT,
            "top": top,
            "bottom": bottom,
            "middle": (LEFT + WIDTH - RIGHT) / 2,
        },
        "legend": [
            (20 + ROW * number, _short(course.text)) for number, course in enumerate(story.courses)
        ],
        "signs_y": 20 + ROW * len(story.courses),
        "limit_text": f"{story.operator} {shown_limit}" if story.operator else "",
        "wait": story.alert.for_ if story.pending < story.firing else "",
        "lines": [
            _path(story.times, course, x, y, steps=not story.operator) for course in story.courses
        ],
        "limit": _path(story.times, story.limit, x, y, steps=False) if story.operator else "",
        "pending": (x(story.pending), x(story.firing)),
        "firing": (
            x(story.firing),
            x(story.times[-1] if story.resolved is None else story.resolved),
        ),
        "marks": _marks(story, x),
        "values": [(y(tick), _tick(tick, story, step)) for tick in ticks],
        "times": [
            (x(tick), time_text(tick)) for tick in time_ticks(story.times[0], story.times[-1])
        ],
    }


def _span(story: History) -> tuple[float, float, list[float]]:
    """Lowest and highest value of the plot, and its ticks; infinite values lie at its edge. A
    condition without a number is 0 or 1.
    """
    if not story.operator:
        return -0.2, 1.2, [0.0, 1.0]
    values = [
        value
        for course in (*story.courses, story.limit)
        for value in course.values
        if value is not None and isfinite(value)
    ] or [0.0]
    least, most = min(values), max(values)
    space = max(0.15 * most - 0.15 * least or abs(most) * 0.1 or 1.0, _THINNEST)
    low, high = max(least - space, -_FARTHEST), min(most + space, _FARTHEST)
    ticks = value_ticks(low, high)
    if all(value.is_integer() for value in values) and most - least >= 1:
        ticks = [tick for tick in ticks if tick.is_integer()]
    return low, high, ticks


def _tick(value: float, story: History, step: float) -> str:
    return (
        ("true" if value else "false")
        if not story.operator
        else value_text(value, story.unit, step)
    )


def _path(times: Iterable[int], course: Course, x: Scale, y: Scale, *, steps: bool) -> str:
    """An SVG path through the course's points, interrupted where it has no value. steps: level
    until the next point.
    """
    parts: list[str] = []
    drawn = (None if value is None or isnan(value) else value for value in course.values)
    values = [None, *drawn, None]
    for time, (before, value), (_, after) in zip(
        times, pairwise(values), pairwise(values[1:]), strict=False
    ):
        if value is None or before == value == after:
            continue
        if before is None:
            parts.append(f"M{x(time):g} {y(value):g}")
        elif steps or before == value:
            parts.append(f"H{x(time):g}V{y(value):g}" if before != value else f"H{x(time):g}")
        else:
            parts.append(f"L{x(time):g} {y(value):g}")
    return "".join(parts)


def _marks(story: History, x: Scale) -> list[Mark]:
    """The marks for firing and resolving. Each text ends at its line if there is room for both."""
    fires = x(story.firing)
    first = Mark(fires, f"fires at {time_text(story.firing)}", max(fires, MARK_TEXT))
    if story.resolved is None:
        return [first]
    over = x(story.resolved)
    second = Mark(
        over,
        f"resolves at {time_text(story.resolved)}",
        min(max(over, first.text_end + MARK_TEXT), WIDTH - RIGHT),
    )
    return [replace(first, text_end=min(first.text_end, second.text_end - MARK_TEXT)), second]


def _short(text: str) -> str:
    return text if len(text) <= TEXT_LIMIT else f"{text[: TEXT_LIMIT - 1]}…"
