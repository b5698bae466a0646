"""The app's metrics modules: typed Python on top of prometheus_client, one object a metric."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pbmon.artifact import Artifact, Place
from pbmon.labels import Label
from pbmon.model.distributions import Histogram
from pbmon.model.metrics import Gauge, Metric
from pbmon.plan.modules import (
    AppModule,
    fallback,
    import_name,
    is_closed,
    starts_at_zero,
    symbol_of,
)
from pbmon.render.environment import rendered
from pbmon.render.modules_names import (
    ClosedSet,
    Names,
    alias_names,
    argument_names,
    camel,
    closed_set,
    module_names,
    unusual,
)
from pbmon.render.python_text import beside, docstring, imports, python, wrapped
from pbmon.render.texts import Texts
from pbmon.source import Source


@dataclass(frozen=True)
class Alias:
    """A closed set of label values as a type. values: source of each.

    converter: name of the function from any text to it; empty without `other`.
    """

    name: str
    values: tuple[str, ...]
    converter: str
    other: str


@dataclass(frozen=True)
class Part:
    """A metric as the template needs it. series: class of what counts; class_name: with labels, its
    own class.

    labelled: class of the runtime below it. arguments: names of what `labels()` takes; parameters:
    with their types.
    specs: source of the labels' bounds; options: source of what this kind of metric takes besides.
    """

    name: str
    help: str
    symbol: str
    series: str
    class_name: str
    labelled: str
    arguments: tuple[str, ...]
    parameters: tuple[str, ...]
    specs: tuple[str, ...]
    options: tuple[str, ...]


Aliases = Mapping[ClosedSet, Alias]


def render(modules: Iterable[AppModule], texts: Texts | None = None) -> Iterator[Artifact]:
    """A Python module for each."""
    for module in modules:
        text = (texts or Texts()).get("metrics_module", (module,), partial(_text, module))
        yield Artifact(module.path, text, sources(module))


def _text(module: AppModule) -> str:
    return rendered("metrics_module.py.j2", **view(module))


def sources(module: AppModule) -> dict[Place, Source]:
    """Who wrote each metric of the module, by its name in Prometheus."""
    return {(metric.name,): metric.source for metric in module.metrics}


def view(module: AppModule, also_exported: Iterable[str] = ()) -> dict[str, Any]:
    """What the template of a metrics module needs. also_exported: names in Python that a longer
    module has besides.
    """
    names = module_names(module)
    aliases = _aliases(module, names)
    parts = [_part(metric, aliases, names) for metric in module.metrics]
    labelled = [part for part in parts if part.arguments]
    converters = {alias.converter for alias in aliases.values()} - {""}
    exported = {"Metrics"}.union(converters, (alias.name for alias in aliases.values()))
    exported.update(
        name
        for part in parts
        for name in (part.symbol, part.class_name or part.series, part.series)
    )
    typing = ["Final", *["Literal"] * bool(aliases)]
    typing += [*["cast"] * bool(converters), *["get_args"] * bool(aliases)]
    needed = {"MetricSet", *["Label"] * bool(labelled)}
    needed |= {part.series for part in parts} | {part.labelled for part in labelled}
    return {
        "python": python,
        "beside": beside,
        "wrapped": wrapped,
        "doc": docstring(module.docstring),
        "aliases": list(aliases.values()),
        "parts": parts,
        "labelled": labelled,
        "imports": imports({f"{import_name(module.runtime)}.metrics": needed}),
        "bounded": any(
            not is_closed(label) for metric in module.metrics for label in metric.labels
        ),
        "zeros": any(map(starts_at_zero, module.metrics)),
        "exported": [python(name) for name in sorted(exported.union(also_exported))],
        "typing": typing,
        "unusual": unusual(
            [part.symbol for part in parts], [name for part in parts for name in part.arguments]
        ),
    }


def _aliases(module: AppModule, names: Names) -> dict[ClosedSet, Alias]:
    aliases = {}
    for closed, snake in alias_names(module).items():
        _, values, other = closed
        converter = "" if other is None else names.free(f"as_{snake}")
        aliases[closed] = Alias(
            names.free(camel(snake)),
            tuple(python(value, 4) for value in values),
            converter,
            other or "",
        )
    return aliases


def _part(metric: Metric, aliases: Aliases, names: Names) -> Part:
    symbol = symbol_of(metric)
    arguments = argument_names(metric.labels)
    types = [
        aliases[closed_set(label)].name if is_closed(label) else "str" for label in metric.labels
    ]
    return Part(
        name=metric.name,
        help=metric.help,
        symbol=symbol,
        series=f"{type(metric).__name__}Series",
        labelled=f"Labelled{type(metric).__name__}",
        class_name=names.free(camel(symbol)) if metric.labels else "",
        arguments=arguments,
        parameters=tuple(map("{}: {}".format, arguments, types)),
        specs=tuple(_spec(label, aliases) for label in metric.labels),
        options=tuple(_options(metric)),
    )


def _spec(label: Label, aliases: Aliases) -> str:
    items = [python(label.name, 20)]
    if is_closed(label):
        items.append(f"get_args({aliases[closed_set(label)].name})")
    elif label.values:  # all of them are kept: max_values says how many to expect
        items.append(wrapped("[", [python(value, 24) for value in label.domain], "]", 20, after=1))
    other = fallback(label)
    if label.max_values is not None and not label.values:
        items.append(python(label.max_values, 20, "max_values="))
    if other is not None:
        items.append(python(other, 20, "other="))
    return wrapped("Label(", items, ")", 16, after=1)


def _options(metric: Metric) -> Iterator[str]:
    if isinstance(metric, Gauge):
        yield python(metric.multiprocess_mode, 12, "multiprocess_mode=")
    if isinstance(metric, Histogram):
        yield wrapped("buckets=[", [python(bound) for bound in metric.buckets], "]", 12, after=1)
    if starts_at_zero(metric):
        yield python(True, 12, "zeros=")
