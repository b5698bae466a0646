"""Objectives as Python definitions, in the form that `ruff format` leaves as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from keyword import iskeyword

from pbmon.errors import DefinitionError, DefinitionErrors
from pbmon.expr.text import number
from pbmon.labels import names
from pbmon.model.metrics import Histogram, Metric
from pbmon.openslo.known import Known
from pbmon.openslo.objectives import Objective
from pbmon.openslo.queries import Query
from pbmon.render.python_text import WIDTH, python, wrapped

_METHOD = {"=": "is_", "!=": "is_not", "=~": "matches", "!~": "not_matches"}
_OWN = ("instance", "job")
_KIND = {"good": "Counter", "bad": "Counter", "latency": "Histogram", "gauge": "Gauge"}


class _Module:
    """What the printed module needs besides its objectives. known: metrics that are defined already."""

    def __init__(self, known: Mapping[str, Known], shown: str) -> None:
        self.known = known
        self.shown = shown
        self.imports: set[str] = {"Slo"}
        self.modules: set[str] = set()
        self.labels: dict[str, str] = {}
        self.metrics: dict[str, tuple[str, set[str], set[str]]] = {}

    def label(self, metric: str, name: str) -> str:
        """How the label is written, and imported or declared."""
        found = self.known.get(metric)
        if name in _OWN:
            self.imports.add(name)
            return name
        if found:
            return found.labels[name]
        self.imports.add("Label")
        written = f"label_{name}" if iskeyword(name) or name in self.metrics else name
        return self.labels.setdefault(name, f"{written}_label" if written in {"Slo", "imported"} else written)

    def metric(self, name: str, kind: str, labels: Iterable[str], bound: str = "") -> str:
        """How the metric is written, and imported or declared."""
        if found := self.known.get(name):
            if found.module:
                self.modules.add(found.module)
            else:
                self.imports.add(found.name)
            return found.written
        self.imports |= {kind, "Exporter"}
        _, carried, bounds = self.metrics.setdefault(name, (kind, set(), set()))
        carried.update(label for label in labels if label not in _OWN)
        bounds.update([bound] if bound else [])
        return name


def source(objectives: Iterable[Objective], known: Mapping[str, Known], shown: str) -> str:
    """A module of definitions. shown: name of the file they come from.

    Metrics that are defined already are imported; the others are declared as observed, with what the file tells of them.
    Raises DefinitionErrors at each objective that needs a label, bucket or type which a defined metric does not have.
    """
    module = _Module(known, shown)
    slos, errors = [], []
    for objective in objectives:
        try:
            slos.append(_slo(objective, module))
        except DefinitionError as error:
            errors.append(error)
    if errors:
        raise DefinitionErrors(errors)
    parts = [f'"""{python(f"Objectives of {shown}.")[1:-1]}"""', "from __future__ import annotations"]
    parts.append(_import("pbmon", sorted(module.imports, key=_as_isort)))
    by_package: dict[str, list[str]] = {}
    for name in sorted(module.modules):
        package, _, last = name.rpartition(".")
        by_package.setdefault(package, []).append(last)
    parts += [_import(package, found) for package, found in by_package.items()]
    declared = _declared(module)
    return "\n\n".join([*parts, *(["\n".join(declared)] if declared else []), "\n".join(slos)]) + "\n"


def _import(package: str, imported: list[str]) -> str:
    line = f"from {package} import {', '.join(imported)}"
    return line if len(line) <= WIDTH else wrapped(f"from {package} import (", imported, ")")


def _as_isort(name: str) -> tuple[int, str]:
    """Classes before functions and constants, as ruff sorts imports."""
    return (0 if name[0].isupper() else 1, name)


def _declared(module: _Module) -> list[str]:
    lines = []
    if module.metrics:
        exporter = [python(f"imported from {module.shown}"), 'version="unknown"']
        lines.append(wrapped("imported = Exporter(", exporter, ")"))
    for name, written in sorted(module.labels.items()):
        told = [python(name), '"As the imported file has it."', "max_values=50", 'other="other"']
        lines.append(wrapped(f"{written} = Label(", told, ")"))
    for name, (kind, labels, bounds) in sorted(module.metrics.items()):
        told = [python(name), '"As the imported file has it."']
        told += [f"labels=[{', '.join(module.labels[label] for label in sorted(labels))}]"] if labels else []
        told += [f"buckets=[{', '.join(sorted(bounds, key=float))}]"] if bounds else []
        lines.append(wrapped(f"{name} = {kind}(", [*told, "observed=imported"], ")"))
    return lines


def _slo(objective: Objective, module: _Module) -> str:
    facts = [python(objective.name, 4)]
    facts += [python(objective.help, 4)] if objective.help else []
    if objective.counted in {"good", "bad"}:
        facts.append(_events(f"{objective.counted}=", objective, objective.numerator, module))
        facts.append(_events("total=", objective, objective.total, module))
    else:
        facts.append(_events("good=", objective, objective.numerator, module))
    facts.append(f'objective="{number(objective.percent)}"')
    facts.append(f'window="{objective.window}"')
    if objective.numerator.by != ("job",):
        by = [module.label(_metric(objective, objective.numerator), name) for name in objective.numerator.by]
        _declare_labels(objective, objective.numerator, module)
        facts.append(f"by=[{', '.join(by)}]")
    facts += [f"owner={python(objective.owner)}"] if objective.owner else []
    facts += [] if objective.alerts else ["alerts=False"]
    facts += [f'minimum_traffic="{objective.minimum_traffic}"'] if objective.minimum_traffic else []
    inner = "".join(f"    {fact},\n" for fact in facts)
    taken = (
        {name.rpartition(".")[2] for name in module.modules} | module.imports | module.metrics.keys() | {*module.labels.values()}
    )
    variable = objective.name.replace("-", "_")
    return f"{f'slo_{variable}' if variable in taken or iskeyword(variable) else variable} = Slo(\n{inner})"


def _events(prefix: str, objective: Objective, query: Query, module: _Module) -> str:
    """`bad=requests.where(...)`, over several lines where one is too long."""
    name = _metric(objective, query)
    _check(objective, query, module.known.get(name))
    written = _declare_labels(objective, query, module)
    matchers = [
        f"{module.label(name, label)}.{_METHOD[op]}({python(value)})" for label, op, value in query.matchers if label != "le"
    ]
    end = f".at_most({float(objective.bound):g})" if objective.bound else ""
    if not matchers:
        return prefix + written + end
    return wrapped(f"{prefix}{written}.where(", matchers, f"){end}", 4, after=1)


def _declare_labels(objective: Objective, query: Query, module: _Module) -> str:
    name = _metric(objective, query)
    used = [*(label for label, _, _ in query.matchers if label != "le"), *query.by]
    for label in used:
        if name not in module.known or label in _OWN:
            module.label(name, label)
    return module.metric(name, _KIND[objective.counted], used, f"{float(objective.bound):g}" if objective.bound else "")


def _metric(objective: Objective, query: Query) -> str:
    return query.metric.removesuffix("_bucket") if objective.counted == "latency" else query.metric


def _check(objective: Objective, query: Query, known: Known | None) -> None:
    """Holds the query against the metric as it is defined."""
    name = _metric(objective, query)
    if known is None:
        if ":" in name:
            problem = f"{name} is recorded by a rule, so its samples are no events to count"
            raise DefinitionError(objective.source, problem, "name the counters that it is recorded from")
        return
    metric: Metric = known.metric
    if metric.kind != _KIND[objective.counted].lower():
        help = f"it is defined at {metric.source}"
        raise DefinitionError(objective.source, f"{name} is a {metric.kind}, which the query does not fit", help)
    carried = names(metric.labels) + _OWN
    for label in (*(label for label, _, _ in query.matchers if label != "le"), *query.by):
        if label not in carried:
            raise DefinitionError(objective.source, f"{name} has no label {label!r}", f"it has {', '.join(sorted(carried))}")
        if label not in known.labels:
            problem = f"label {label!r} of {name} has no name of its own in {known.module}, so nothing can be written with it"
            raise DefinitionError(objective.source, problem, f"bind it there: {label} = Label(...)")
    if isinstance(metric, Histogram) and objective.bound and float(objective.bound) not in metric.buckets:
        listed = ", ".join(f"{bound:g}" for bound in metric.buckets)
        raise DefinitionError(objective.source, f"{name} has no bucket that ends at {objective.bound}", f"buckets: {listed}")
