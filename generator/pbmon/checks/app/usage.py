"""That the app does what the generated modules are for: every metric is updated, with the labels it
has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pbmon.app_source.usage import AppUsage
from pbmon.checks.case import Case
from pbmon.finding import Finding
from pbmon.labels import Label
from pbmon.model.celery import CeleryInstrumentation
from pbmon.model.metrics import Metric
from pbmon.plan.modules import import_name, symbol_of
from pbmon.plan.plan import Plan
from pbmon.source import Source


def app_is_readable(case: Case) -> Iterator[Finding]:
    """Python can read every file of the app.

    What a file does with metrics is not known otherwise, and the other checks of the app would
    blame the definitions for it.
    """
    for source, reason in case.usage.unread:
        problem = (
            f"Python cannot read the file ({reason}), so what it does with metrics is not known"
        )
        yield Finding(
            "app-is-readable", source, problem, f"see `python -m py_compile {source.file}`"
        )


def app_has_current_modules(case: Case) -> Iterator[Finding]:
    """An app that holds generated modules holds all of them, as they are rendered.

    An older copy counts under names and labels that rules and panels no longer ask for. The line
    that says where a module comes from, and line endings, make no difference. An app that holds
    none gets them when it is installed, from the output folder.
    """
    copies = case.app.copies if case.app else ()
    if all(copy.text is None for copy in copies):
        return
    for copy in copies:
        if copy.text is None:
            problem = "the app has other generated modules and not this one"
        elif _unstamped(copy.text) != _unstamped(case.texts[copy.path]):
            problem = "the app's module is not what the definitions render to"
        else:
            continue
        yield Finding(
            "app-has-current-modules",
            Source(copy.shown, 0),
            f"{problem}, so what it counts is not what rules and panels ask for",
            "run `pbmon build` and copy the output over the app, or build into the app with --out",
        )


def app_updates_metric(case: Case) -> Iterator[Finding]:
    """Every metric of the app is updated somewhere: by generated code that the app uses, or by the
    app itself.

    What nothing updates stays at 0 or never exists, and so do its panels and alerts, which looks
    like health. A metric counts as updated where the app calls `inc`, `observe`, `set` or their
    like on it, in whatever file and under whatever name, and where it hands the metric on to code
    that might. An import alone updates nothing; tests do not count.

    What generated code updates needs the app to use that code: the middleware added, the engine
    observed, the cache wrapped, the workers' module imported where the Celery app is made.
    """
    plan, usage = case.plan, case.usage
    for module in plan.modules:
        for metric in module.metrics:
            ways = dict(_generated(plan, usage, metric))
            if metric in usage.updated or any(ways.values()):
                continue
            yield Finding(
                "app-updates-metric",
                metric.source,
                f"nothing in the app updates {metric.name}, so what reads it shows nothing, or 0"
                " for ever",
                " or ".join(ways)
                or f"import {symbol_of(metric)} from {import_name(module.path)} and count in it, or"
                " drop it",
            )


def app_serves_metrics(case: Case) -> Iterator[Finding]:
    """The app serves every generated metrics page.

    Prometheus finds nothing to scrape otherwise, whatever is counted.
    """
    plan, usage = case.plan, case.usage
    for own in plan.instrumentation:
        module = import_name(own.definition.path)
        entries = own.definition.entries
        if not own.definition.metrics and not any(
            f"{module}.{name}" in usage.used for name in entries
        ):
            yield Finding(
                "app-serves-metrics",
                own.definition.source,
                f"nothing in the app serves the page of {own.definition.path}, so Prometheus gets"
                " none of the app's metrics",
                f"from {module} import {next(iter(entries))}, and give it a route",
            )


def app_gives_declared_labels(case: Case) -> Iterator[Finding]:
    """Every `labels()` in the app names its metric's labels, with values that they have.

    A value outside of a closed set counts as the label's `other`, or not at all where it has none
    (in strict mode it raises ValueError); so what rules and panels wait for never comes. Read are
    texts that are written down, where they are given or behind a name, a condition, a loop or an
    enumeration; not those that are put together when the app runs.
    """
    for call in case.usage.calls:
        labels = ", ".join(label.name for label in call.metric.labels) or "none"
        if not call.fits:
            problem = (
                f"labels() of {call.metric.name} is called with other labels than it has, so the"
                " call raises TypeError"
            )
            yield Finding("app-gives-declared-labels", call.source, problem, f"it has {labels}")
        for label in call.metric.labels:
            for problem, help in _strange(call.metric, label, call.texts.get(label.name, ())):
                yield Finding("app-gives-declared-labels", call.source, problem, help)


def app_names_declared_tasks(case: Case) -> Iterator[Finding]:
    """Every Celery task of the app is a value of the label `task_type`.

    Another one counts as the label's `other`, together with every task that nobody thought of.
    Compared are the name that a task is given, or that of its function, and what `TaskMetrics` and
    `track_retry` are told.
    """
    plan, usage = case.plan, case.usage
    for celery, path in _celery(plan):
        module = import_name(path)
        label = next(label for label in celery.tasks.labels if label.name == "task_type")
        by_hand = usage.texts_given_to(
            frozenset({f"{module}.TaskMetrics", f"{module}.track_retry"})
        )
        for source, name in dict.fromkeys([*usage.celery_tasks(), *by_hand]):
            if name in label.domain:
                continue
            # As the generated module reads it: workers.search.index_table is index_table.
            for problem, help in _strange(celery.tasks, label, [name.rpartition(".")[2]]):
                yield Finding("app-names-declared-tasks", source, problem, help)


def app_makes_no_metric(case: Case) -> Iterator[Finding]:
    """The app makes no metric of its own beside the generated modules.

    No rule, panel or bound knows it, and one that has the name of a defined metric ends the import
    with an error.
    """
    plan, usage = case.plan, case.usage
    kinds = ("Counter", "Enum", "Gauge", "Histogram", "Info", "Summary")
    defined = {metric.name: metric for module in plan.modules for metric in module.metrics}
    for source, name in usage.texts_given_to(
        frozenset(f"prometheus_client.{kind}" for kind in kinds)
    ):
        known = defined.get(name, defined.get(f"{name}_total"))
        if known is None:
            problem, help = (
                "so no rule, panel or bound knows it",
                "define it, and import it from the generated module",
            )
        else:
            problem, help = (
                "so it exists twice",
                f"import it from the generated module; it is defined at {known.source}",
            )
        yield Finding(
            "app-makes-no-metric", source, f"the app makes {name} itself, {problem}", help
        )


def _unstamped(text: str) -> str:
    """A module without the line on top that names its definitions, and with `\\n` line ends."""
    return text.replace("\r\n", "\n").partition("\n")[2]


def _generated(plan: Plan, usage: AppUsage, metric: Metric) -> Iterator[tuple[str, bool]]:
    """How generated code would update the metric, each with whether the app lets it."""
    for own in plan.instrumentation:
        module = import_name(own.definition.path)
        for entry, metrics in own.definition.entries.items():
            if metric in metrics:
                yield f"use {entry} of {module}", f"{module}.{entry}" in usage.used
    for celery, path in _celery(plan):
        module = import_name(path)
        if metric in celery.metrics:
            yield (
                f"import {module} where the Celery app is made",
                module in usage.imported or repr(module) in usage.used,
            )


def _celery(plan: Plan) -> Iterator[tuple[CeleryInstrumentation, str]]:
    """What Celery workers count in, each with the path of its metrics module."""
    for module in plan.modules:
        if module.celery is not None:
            yield module.celery, module.path


def _strange(metric: Metric, label: Label, texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Problem and help for each text that the label does not have."""
    for text in sorted(texts):
        if label.values and text not in label.domain:
            happens = (
                "so it is not counted"
                if label.other is None
                else f"so it counts as {label.other!r}"
            )
            problem = f"label {label.name!r} of {metric.name} has no value {text!r}, {happens}"
            yield problem, f"it has {', '.join(map(repr, label.domain))}"
