"""Objectives as Python definitions, in the form that `ruff format` leaves as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from pbmon.errors import DefinitionError, DefinitionErrors
from pbmon.expr.text import number
from pbmon.model.distributions import Histogram
from pbmon.openslo.known import Known
from pbmon.openslo.objectives import Objective
from pbmon.openslo.objects import (
    HELP,
    MAX_VALUES,
    METHOD,
    TARGET,
    declared,
    queries,
    slo,
    variables,
)
from pbmon.openslo.queries import Query
from pbmon.render.python_text import WIDTH, python, wrapped

_WORDS = {
    "Counter",
    "Exporter",
    "Gauge",
    "Histogram",
    "Label",
    "Slo",
    "annotations",
    "imported",
    *TARGET,
}
"""Names that the module itself may need."""


def source(objectives: Iterable[Objective], known: Mapping[str, Known], file: str) -> str:
    """A module of definitions, which pbmon reads as it is. file: name of the file they come from.

    It imports metrics that are already defined, and declares the others as observed, as far as the
    file describes them.
    Raises DefinitionErrors at the events of each objective that pbmon would refuse: a label, bucket
    or type that a defined metric does not have, or a share that is always all or nothing.
    """
    objectives = list(objectives)
    existing = {
        query.metric: known[query.metric]
        for _, query in queries(objectives)
        if query.metric in known
    }
    names_in_use = _WORDS | {metric.reference.partition(".")[0] for metric in existing.values()}
    new = declared(objectives, known, names_in_use)
    metrics = existing | new
    new = {name: metric for name, metric in new.items() if not metric.observations}
    _check(objectives, metrics)
    for metric in new.values():
        names_in_use |= {metric.name, *metric.labels.values()}
    names = variables(objectives, names_in_use)
    slos = [
        _slo(name, objective, metrics) for name, objective in zip(names, objectives, strict=True)
    ]
    parts = [
        f'"""{python(f"Objectives of {file}.")[1:-1]}"""',
        "from __future__ import annotations",
    ]
    parts += _imports(objectives, existing, new)
    declarations = _declarations(new, file)
    return (
        "\n\n".join([*parts, *(["\n".join(declarations)] if declarations else []), "\n".join(slos)])
        + "\n"
    )


def _check(objectives: Iterable[Objective], metrics: Mapping[str, Known]) -> None:
    errors = []
    for objective in objectives:
        try:
            slo(objective, metrics)
        except DefinitionError as error:
            errors.append(error)
    if errors:
        raise DefinitionErrors(errors)


def _imports(
    objectives: Iterable[Objective], existing: Mapping[str, Known], new: Mapping[str, Known]
) -> list[str]:
    names = {"Slo", *(metric.name for metric in existing.values() if not metric.module)}
    names |= {type(metric.metric).__name__ for metric in new.values()} | (
        {"Exporter"} if new else set()
    )
    names |= {"Label"} if any(metric.metric.labels for metric in new.values()) else set()
    names |= {
        label
        for _, query in queries(objectives)
        for label, _, _ in query.matchers
        if label in TARGET
    }
    names |= {
        label
        for objective in objectives
        if _by(objective)
        for label in objective.events.by
        if label in TARGET
    }
    by_package: dict[str, list[str]] = {}
    for module in sorted({metric.module for metric in existing.values() if metric.module}):
        package, _, last = module.rpartition(".")
        by_package.setdefault(package, []).append(last)
    return [
        _import("pbmon", sorted(names, key=_as_isort)),
        *(_import(package, names) for package, names in by_package.items()),
    ]


def _import(package: str, names: list[str]) -> str:
    line = f"from {package} import {', '.join(names)}"
    return line if len(line) <= WIDTH else wrapped(f"from {package} import (", names, ")")


def _as_isort(name: str) -> tuple[int, str]:
    """Classes before functions and constants, as ruff sorts imports."""
    return (0 if name[0].isupper() else 1, name)


def _declarations(metrics: Mapping[str, Known], file: str) -> list[str]:
    if not metrics:
        return []
    lines = [
        wrapped("imported = Exporter(", [python(f"imported from {file}"), 'version="unknown"'], ")")
    ]
    labels = {
        label.name: metric.labels[label.name]
        for metric in metrics.values()
        for label in metric.metric.labels
    }
    for name, variable in sorted(labels.items()):
        arguments = [python(name), python(HELP), f"max_values={MAX_VALUES}", 'other="other"']
        lines.append(wrapped(f"{variable} = Label(", arguments, ")"))
    for name, metric in sorted(metrics.items()):
        arguments = [python(name), python(HELP)]
        variables = [metric.labels[label.name] for label in metric.metric.labels]
        arguments += [f"labels=[{', '.join(variables)}]"] if variables else []
        buckets = metric.metric.buckets if isinstance(metric.metric, Histogram) else ()
        arguments += [f"buckets=[{', '.join(map(_float, buckets))}]"] if buckets else []
        lines.append(
            wrapped(
                f"{metric.name} = {type(metric.metric).__name__}(",
                [*arguments, "observed=imported"],
                ")",
            )
        )
    return lines


def _slo(variable: str, objective: Objective, metrics: Mapping[str, Known]) -> str:
    events = objective.events
    facts = [python(objective.name, 4)]
    facts += [python(objective.help, 4)] if objective.help else []
    roles = ("bad=" if events.counted == "bad" else "good=", "total=")
    for role, query in zip(roles, events.queries, strict=False):
        facts.append(_selection(role, query, events.bound, metrics[query.metric]))
    facts.append(f'objective="{number(objective.percent)}"')
    facts.append(f'window="{objective.window}"')
    if _by(objective):
        labels = metrics[events.queries[0].metric].labels
        facts.append(f"by=[{', '.join(labels[name] for name in events.by)}]")
    facts += [f"owner={python(objective.owner)}"] if objective.owner else []
    facts += [] if objective.alerts else ["alerts=False"]
    facts += (
        []
        if objective.minimum_traffic is None
        else [f'minimum_traffic="{number(objective.minimum_traffic)}"']
    )
    inner = "".join(f"    {fact},\n" for fact in facts)
    return f"{variable} = Slo(\n{inner})"


def _by(objective: Objective) -> bool:
    """Whether the `Slo` needs a `by`: whether the budget is for anything but each job."""
    return objective.events.by != ("job",)


def _selection(role: str, query: Query, bound: float | None, metric: Known) -> str:
    """`bad=requests.where(...)`, over several lines where one is too long."""
    matchers = [
        f"{metric.labels[label]}.{METHOD[op]}({python(value)})"
        for label, op, value in query.matchers
    ]
    end = "" if bound is None else f".at_most({_float(bound)})"
    if not matchers:
        return role + metric.reference + end
    return wrapped(f"{role}{metric.reference}.where(", matchers, f"){end}", 4, after=1)


def _float(value: float) -> str:
    return number(Decimal(repr(value)))
