"""Whether a server saw of a trial what has to be seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from oracle.server import Server
from oracle.traces import Labels
from oracle.trials import Always, Expectation, Fires, Silent, Trial

MOST_SHOWN = 6
"""Series of an expression that a complaint lists."""

Fired = Mapping[Labels, list[float]]


def complaints(server: Server, trials: list[Trial], begin: float, end: float) -> list[str]:
    """What a server saw and should not have, or did not see, with what it answers when asked."""
    fired, errors = server.firing(begin, end), server.errors()
    wrong = []
    for trial in trials:
        error = "; ".join(errors[name] for name in errors if name.startswith(trial.space))
        if what := error or problem(trial.expected, fired.get(trial.alert, {})):
            wrong.append(_told(server, trial, what, begin))
    return wrong


def problem(expected: Expectation, fired: Fired) -> str:
    """Why the alert contradicts what was expected of it; empty where it does not."""
    moments = sorted({moment for each in fired.values() for moment in each})
    match expected:
        case Silent():
            return f"it can never fire, and fired at {_times(moments)}" if moments else ""
        case Always(begin, end):
            silent = set(range(round(begin), round(end))) - set(map(round, moments))
            return f"it always fires, and was silent at {_times(sorted(silent))}" if silent else ""
        case Fires():
            return _not_as_proven(expected, fired, moments)
        case _:
            assert_never(expected)


def _not_as_proven(expected: Fires, fired: Fired, moments: list[float]) -> str:
    early = [moment for moment in moments if expected.change - 2 < moment < expected.earliest - 1]
    during = [moment for moment in moments if expected.earliest - 1 <= moment <= expected.end]
    if early:
        return f"it fired at {_times(early)}, before {expected.earliest:.0f}s"
    if not during:
        return f"it was never firing, and should from {expected.latest:.0f}s at the latest"
    if during[0] > expected.latest:
        return f"it fired from {during[0]:.0f}s only, and should from {expected.latest:.0f}s"
    if during[-1] > expected.end - 1:
        return f"it still fired at {during[-1]:.0f}s, and should be resolved"
    labels = {labels for labels, at in fired.items() if any(moment in during for moment in at)}
    if labels != expected.labels:
        return f"it fired with {sorted(labels)}, and should with {sorted(expected.labels)}"
    return ""


def _told(server: Server, trial: Trial, problem: str, begin: float) -> str:
    lines = [f"Prometheus {server.version}: {trial.alert}: {trial.defined}", f"  {problem}"]
    lines += [f"  expected {trial.expected}", f"  evaluated {trial.text}"]
    try:
        course = server.course(trial.text, begin, begin + trial.expected.end)
        lines += [f"  {labels} {values}" for labels, values in course[:MOST_SHOWN]]
    except OSError as error:
        lines.append(f"  {error}")
    names = sorted({series.name for series in trial.series})
    lines.append(f"  series {', '.join(names)}")
    return "\n".join(lines)


def _times(moments: list[float] | list[int]) -> str:
    shown = " ".join(f"{moment:.0f}s" for moment in moments[:12])
    return shown + (f" and {len(moments) - 12} more" if len(moments) > 12 else "")
