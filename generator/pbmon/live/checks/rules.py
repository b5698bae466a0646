"""Whether Prometheus has the rules that were rendered, and evaluates them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from pbmon import durations
from pbmon.expr.parsing import parsed
from pbmon.finding import Finding
from pbmon.live.checks.case import Case
from pbmon.live.seen import LoadedGroup, LoadedRule, SeenPrometheus
from pbmon.plan.rules import PlannedAlert, PlannedGroup, PlannedRecord, text

_HELP = "install what `pbmon build` renders and reload Prometheus"


def rule_is_loaded(case: Case) -> Iterator[Finding]:
    """Prometheus has every rendered group with exactly its rules, in their order.

    A group is identified by its name, and by the name of its file where two groups have the same
    name. Groups that were not rendered are ignored.
    """
    for group in (*case.plan.recording, *case.plan.alerting):
        loaded = _loaded(group, case.prometheus)
        if loaded is None:
            problem = (
                f"Prometheus has no rule group {group.name}, so none of its {len(group.rules)}"
                " rules is evaluated"
            )
            yield Finding(
                "rule-is-loaded",
                group.source,
                problem,
                f"{_HELP}; rule_files must reach {group.file}",
            )
            continue
        planned = [rule.title for rule in group.rules]
        running = [_title(rule, group) for rule in loaded.rules]
        for rule in group.rules:
            if rule.title not in running:
                yield Finding(
                    "rule-is-loaded",
                    rule.source,
                    f"Prometheus has no {rule.title} in group {group.name}",
                    _HELP,
                )
        for name in running:
            if name not in planned:
                problem = (
                    f"group {group.name} also holds {name} in Prometheus, which no definition names"
                )
                yield Finding(
                    "rule-is-loaded",
                    group.source,
                    problem,
                    "define it, or give it a group of its own",
                )
        if planned != running and sorted(planned) == sorted(running):
            problem = (
                f"Prometheus evaluates group {group.name} in another order: {', '.join(running)}"
            )
            yield Finding("rule-is-loaded", group.source, problem, _HELP)


def rule_is_as_rendered(case: Case) -> Iterator[Finding]:
    """Every rule in Prometheus has the expression, `for`, labels and annotations of its definition,
    and its group the interval.

    Expressions are compared as PromQL, not as text.
    """
    for group in (*case.plan.recording, *case.plan.alerting):
        loaded = _loaded(group, case.prometheus)
        if loaded is None:
            continue
        if group.interval and durations.seconds(group.interval) != loaded.interval:
            problem = (
                f"group {group.name} is evaluated every {durations.text(loaded.interval)}, not"
                f" every {group.interval}"
            )
            yield Finding("rule-is-as-rendered", group.source, problem, _HELP)
        running = {_title(rule, group): rule for rule in loaded.rules}
        for rule in group.rules:
            if rule.title in running:
                for difference in _differences(rule, running[rule.title]):
                    yield Finding(
                        "rule-is-as-rendered",
                        rule.source,
                        f"{rule.title} runs with {difference}",
                        _HELP,
                    )


def rule_is_evaluated(case: Case) -> Iterator[Finding]:
    """Every rule is healthy, was evaluated within the last two intervals, and its group takes less
    than one.

    A group that takes longer skips evaluations, which leaves gaps in its records and disturbs the
    `for` of its alerts.
    """
    for group in (*case.plan.recording, *case.plan.alerting):
        loaded = _loaded(group, case.prometheus)
        if loaded is None:
            continue
        # one second for the answers to arrive
        if loaded.age is None or loaded.age > 2 * loaded.interval + 1:
            when = (
                "has not been evaluated yet"
                if loaded.age is None
                else f"was last evaluated {loaded.age:.0f} s ago"
            )
            problem = (
                f"group {group.name} {when}, though its interval is"
                f" {durations.text(loaded.interval)}"
            )
            yield Finding(
                "rule-is-evaluated",
                group.source,
                problem,
                "a --wait longer than that; else see Prometheus's log and load",
            )
        if loaded.took > loaded.interval:
            problem = (
                f"group {group.name} takes {loaded.took:.1f} s, longer than its interval of"
                f" {durations.text(loaded.interval)}"
            )
            yield Finding(
                "rule-is-evaluated", group.source, problem, "a longer interval, or cheaper rules"
            )
        sources = {rule.title: rule.source for rule in group.rules}
        for rule in loaded.rules:
            healthy = rule.health == "ok" or loaded.age is None
            title = _title(rule, group)
            if not healthy and title in sources:
                why = rule.error or f"its health is {rule.health}"
                problem = f"{title} cannot be evaluated: {why}"
                yield Finding(
                    "rule-is-evaluated",
                    sources[title],
                    problem,
                    "the series it joins may not fit",
                )


def _loaded(group: PlannedGroup, seen: SeenPrometheus) -> LoadedGroup | None:
    candidates = [loaded for loaded in seen.groups if loaded.name == group.name]
    file = PurePosixPath(group.file).name
    return next(
        (loaded for loaded in candidates if PurePosixPath(loaded.file).name == file),
        candidates[0] if candidates else None,
    )


def _title(rule: LoadedRule, group: PlannedGroup) -> str:
    """The title that the rule has in the plan; its name where no other rule there has it."""
    shared = any(
        isinstance(other, PlannedAlert) and other.shares_name and other.name == rule.name
        for other in group.rules
    )
    return f"{rule.name}/{rule.labels.get('severity', '')}" if shared else rule.name


def _differences(rule: PlannedRecord | PlannedAlert, running: LoadedRule) -> Iterator[str]:
    if not _same_promql(text(rule), running.expr):
        yield f"the expression {running.expr}, not {text(rule)}"
    if isinstance(rule, PlannedRecord):
        yield from _pairs("label", {}, running.labels)
        return
    for what, planned, seconds in (
        ("for", rule.for_, running.for_seconds),
        ("keep_firing_for", rule.keep_firing_for, running.keep_seconds),
    ):
        if (durations.seconds(planned) if planned else 0) != seconds:
            yield f"{what}: {durations.text(seconds)}, not {planned or '0s'}"
    yield from _pairs("label", dict(rule.labels), running.labels)
    yield from _pairs("annotation", dict(rule.annotations), running.annotations)


def _pairs(what: str, planned: Mapping[str, str], running: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(planned.keys() | running.keys()):
        if planned.get(name) != running.get(name):
            has = f"{what} {name} {running[name]!r}" if name in running else f"no {what} {name}"
            yield (
                f"{has}, not {planned[name]!r}"
                if name in planned
                else f"{has}, which no definition names"
            )


def _same_promql(planned: str, running: str) -> bool:
    try:
        return bool(parsed(planned).prettify() == parsed(running).prettify())
    except ValueError:  # syntax newer than the parser, or an expression too long for it
        return planned.split() == running.split()
