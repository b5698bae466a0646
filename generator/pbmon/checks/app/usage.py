"""Checks that the app uses the generated modules and updates every metric with its labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pbmon.app_source.usage import AppUsage
from pbmon.checks.case import Case
from pbmon.finding import Finding
from pbmon.labels import Label
from pbmon.model.instrumentation.celery import CeleryInstrumentation
from pbmon.model.metrics import Metric
from pbmon.plan.modules import import_name, symbol_of
from pbmon.plan.plan import Plan
from pbmon.source import Source


def app_is_readable(case: Case) -> Iterator[Finding]:
    """Python can read every file of the app.

    pbmon cannot see what an unreadable file does with metrics, and the other checks of the app
    would blame the definitions for it.
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

    An older copy counts under names and labels that rules and panels no longer ask for. The check
    ignores line endings and the line that says where a module comes from. It says nothing about an
    app without generated modules: that app gets them from the output folder when it is installed.
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
            Source(copy.display_path, 0),
            f"{problem}, so what it counts is not what rules and panels ask for",
            "run `pbmon build` and copy the output over the app, or build into the app with --out",
        )


def app_updates_metric(case: Case) -> Iterator[Finding]:
    """Every metric of the app is updated somewhere: by generated code that the app uses, or by the
    app itself.

    A metric that nothing updates stays at 0 or never exists. Its panels are empty and its alerts
    silent, which looks like health.

    A metric counts as updated where the app calls `inc`, `observe`, `set` or a similar method on
    it, in any file and under any name, and where the app hands the metric on to code that might. An
    import alone updates nothing, and tests do not count.

    Generated code updates a metric only when the app uses that code: it adds the middleware,
    observes the engine, wraps the cache, or imports the workers' module where it makes the Celery
    app.
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

    Otherwise Prometheus finds nothing to scrape, whatever the app counts.
    """
    plan, usage = case.plan, case.usage
    for instrumentation in plan.instrumentation:
        definition = instrumentation.definition
        module = import_name(instrumentation.paths[0])
        is_served = any(f"{module}.{name}" in usage.used for name in definition.entries)
        if not definition.metrics and not is_served:
            yield Finding(
                "app-serves-metrics",
                definition.source,
                f"nothing in the app serves the page of {instrumentation.paths[0]}, so"
                " Prometheus gets none of the app's metrics",
                f"from {module} import {next(iter(definition.entries))}, and give it a route",
            )


def app_gives_declared_labels(case: Case) -> Iterator[Finding]:
    """Every `labels()` in the app names its metric's labels, with values that they have.

    A value outside of a closed set counts as the label's `other`. Where the label has no `other`,
    it is not counted at all, and in strict mode it raises ValueError. Rules and panels then never
    see the value that they wait for.

    The check sees a literal text in the call itself, and one that reaches the call through a name,
    a condition, a loop or an enumeration. It does not see texts that the app builds while it runs.
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
            for problem, help in _unknown_values(
                call.metric, label, call.texts.get(label.name, ())
            ):
                yield Finding("app-gives-declared-labels", call.source, problem, help)


def app_names_declared_tasks(case: Case) -> Iterator[Finding]:
    """Every Celery task of the app is a value of the label `task_type`.

    A task with another name counts as the label's `other`, together with every other unlisted task.

    The check compares the name that the decorator gives to a task, or else the name of its
    function, and the names that the app passes to `TaskMetrics` and `track_retry`.
    """
    plan, usage = case.plan, case.usage
    for planned in plan.instrumentation:
        if not isinstance(planned.definition, CeleryInstrumentation):
            continue
        celery, module = planned.definition, import_name(planned.paths[0])
        label = next(label for label in celery.tasks.labels if label.name == "task_type")
        by_hand = usage.texts_given_to(
            frozenset({f"{module}.TaskMetrics", f"{module}.track_retry"})
        )
        for source, name in dict.fromkeys([*usage.celery_tasks(), *by_hand]):
            if name in label.domain:
                continue
            # As the generated module reads it: workers.search.index_table is index_table.
            for problem, help in _unknown_values(celery.tasks, label, [name.rpartition(".")[2]]):
                yield Finding("app-names-declared-tasks", source, problem, help)


def app_makes_no_metric(case: Case) -> Iterator[Finding]:
    """The app creates no metric besides those of the generated modules.

    No rule, panel or limit knows such a metric. If it has the name of a defined metric, importing
    both modules fails.
    """
    plan, usage = case.plan, case.usage
    kinds = ("Counter", "Enum", "Gauge", "Histogram", "Info", "Summary")
    defined = {metric.name: metric for module in plan.modules for metric in module.metrics}
    for source, name in usage.texts_given_to(
        frozenset(f"prometheus_client.{kind}" for kind in kinds)
    ):
        metric = defined.get(name, defined.get(f"{name}_total"))
        if metric is None:
            problem, help = (
                "so no rule, panel or bound knows it",
                "define it, and import it from the generated module",
            )
        else:
            problem, help = (
                "so it exists twice",
                f"import it from the generated module; it is defined at {metric.source}",
            )
        yield Finding(
            "app-makes-no-metric", source, f"the app makes {name} itself, {problem}", help
        )


def _unstamped(text: str) -> str:
    """A module without the line on top that names its definitions, and with `\\n` line ends."""
    return text.replace("\r\n", "\n").partition("\n")[2]


def _generated(plan: Plan, usage: AppUsage, metric: Metric) -> Iterator[tuple[str, bool]]:
    """How generated code would update the metric, each with whether the app lets it."""
    for instrumentation in plan.instrumentation:
        module = import_name(instrumentation.paths[0])
        for entry, metrics in instrumentation.definition.entries.items():
            if metric not in metrics:
                continue
            if entry:
                yield f"use {entry} of {module}", f"{module}.{entry}" in usage.used
            else:
                is_imported = module in usage.imported or repr(module) in usage.used
                yield f"import {module} where the app is made", is_imported


def _unknown_values(
    metric: Metric, label: Label, texts: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Problem and help for each text that the label does not have."""
    for text in sorted(texts):
        if label.values and text not in label.domain:
            consequence = (
                "so it is not counted"
                if label.other is None
                else f"so it counts as {label.other!r}"
            )
            problem = f"label {label.name!r} of {metric.name} has no value {text!r}, {consequence}"
            yield problem, f"it has {', '.join(map(repr, label.domain))}"
