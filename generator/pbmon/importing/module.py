"""An exposition as a module of definitions, in the form that `ruff format` leaves as it is."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from keyword import iskeyword
from math import prod

from pbmon.expr.text import number
from pbmon.importing.labels import ObservedLabel, observed_labels
from pbmon.importing.metrics import ObservedMetric, observed_metrics
from pbmon.live.seen import Exposure
from pbmon.model.builtin import BUILTIN
from pbmon.model.project import Project
from pbmon.render.python_text import docstring, imports, python, wrapped

_OF_TARGETS = frozenset({"job", "instance"})
_WORD = re.compile(r"[a-z][a-z0-9]*")
_VERSION = re.compile(r"(?:\w+_)?build_info")


def module(exposure: Exposure, origin: str) -> tuple[str, list[str]]:
    """The text of a module that defines what is exposed, and what could not be carried over.

    origin: the file or address, for its reader.
    """
    defined = {metric.name for metric in BUILTIN}
    every, lost = observed_metrics(exposure)
    metrics = [metric for metric in every if metric.name not in defined]
    service = _service(metrics)
    labels = observed_labels({metric.name: metric.series for metric in metrics})
    names = _Names()
    variables = {metric.name: names.free(_short(metric.name, service)) for metric in metrics}
    of_metric: dict[str, dict[str, str]] = {}
    written: list[str] = []
    for label in labels:
        wanted = (
            label.name
            if label.name not in names.used
            else f"{label.name}_of_{_short(label.metrics[0], service)}"
        )
        variable = names.free(wanted)
        for metric in label.metrics:
            of_metric.setdefault(metric, {})[label.name] = variable
        written.append(_label(variable, label))
    kinds = {metric.kind for metric in metrics}
    parts = [
        _docstring(f"What {service} exposes, as seen in {origin}."),
        "from __future__ import annotations",
        imports(
            {
                "pbmon": [
                    "Accepted",
                    "Exporter",
                    "Job",
                    "Service",
                    *(["Label"] if labels else []),
                    *kinds,
                ]
            }
        ),
        "\n".join(_head(service, exposure, any(_exceeds(metric, labels) for metric in metrics))),
    ]
    parts += ["\n".join(written)] if written else []
    parts.append(
        "\n".join(
            _metric(variables[metric.name], metric, of_metric.get(metric.name, {}), labels)
            for metric in metrics
        )
    )
    parts += (
        ["\n".join(f"# left out: {' '.join(each.split())[:90]}" for each in lost)] if lost else []
    )
    return "\n\n".join(parts) + "\n", lost


def _docstring(text: str) -> str:
    filled = docstring(text)
    return f'"""{filled}\n"""' if "\n" in filled else f'"""{filled}"""'


def _head(service: str, exposure: Exposure, are_dependent: bool) -> Iterable[str]:
    yield wrapped(
        "exporter = Exporter(",
        [python(service), f"version={python(_version(exposure))}"],
        ")",
    )
    yield "# name the address that Prometheus scrapes"
    yield wrapped(
        "service = Service(",
        [
            python(service),
            python(f"What {service} exposes."),
            f'jobs=[Job({python(service)}, ["localhost:9100"])]',
            "exporter=exporter",
        ],
        ")",
    )
    yield 'unread = [Accepted("metric-is-used", "Imported, and read by nothing yet.")]'
    if are_dependent:
        yield wrapped(
            "dependent = [",
            [
                "*unread",
                'Accepted("metric-fits-the-budget", "Its labels follow from each other.")',
            ],
            "]",
        )


def _version(exposure: Exposure) -> str:
    """What the exposition says of its program."""
    for name, series in exposure.series.items():
        if _VERSION.fullmatch(name):
            for labels in series:
                if labels.get("version"):
                    return labels["version"]
    return "unknown"


def _service(metrics: Sequence[ObservedMetric]) -> str:
    """The word that most names begin with."""
    words = [word[0] for metric in metrics if (word := _WORD.match(metric.name.lower()))]
    return max(dict.fromkeys(words), key=words.count, default="exporter")


def _short(name: str, service: str) -> str:
    """A Python name: the metric's without what all have."""
    rest = re.sub(r"[^a-z0-9_]", "_", name.lower()).removeprefix(f"{service}_")
    rest = rest.removesuffix("_total") or name.lower()
    return rest if not rest[0].isdigit() else f"_{rest}"


class _Names:
    """Python names that a module gives once."""

    def __init__(self) -> None:
        self.used = {"annotations", "dependent", "exporter", "service", "unread", *dir(builtins)}

    def free(self, wanted: str) -> str:
        while wanted in self.used or iskeyword(wanted):
            wanted += "_"
        self.used.add(wanted)
        return wanted


def _label(variable: str, label: ObservedLabel) -> str:
    name = f"exported_{label.name}" if label.name in _OF_TARGETS else label.name
    some = f"Of {label.metrics[0]}" + (" and others." if len(label.metrics) > 1 else ".")
    arguments = [python(name, 4), python(some, 4)]
    if label.closed:
        remark = "# looks closed: all values that were seen"
        values = [python(value, 8) for value in label.values]
        arguments.append(wrapped("values=[", values, "]", 4, after=1))
    else:
        count = len(label.values)
        remark = f"# {count} value{'s were' if count != 1 else ' was'} seen"
        arguments.append(f"max_values={label.max_values}")
    if name != label.name:
        remark += f"; Prometheus renames {label.name!r}, which targets have"
    return f"{remark}\n{wrapped(f'{variable} = Label(', arguments, ')')}"


def _metric(
    variable: str,
    metric: ObservedMetric,
    labels: Mapping[str, str],
    every: Iterable[ObservedLabel],
) -> str:
    arguments = [python(metric.name, 4), python(metric.help, 4)]
    if labels:
        own = [labels[name] for name in sorted(labels)]
        arguments.append(wrapped("labels=[", own, "]", 4, after=1))
    if metric.unit:
        arguments.append(f"unit={python(metric.unit)}")
    if metric.bounds:
        bounds = [number(Decimal(repr(bound))) for bound in metric.bounds]
        arguments.append(wrapped("buckets=[", bounds, "]", 4, after=1))
    if metric.quantiles:
        quantiles = [python(quantile) for quantile in metric.quantiles]
        arguments.append(wrapped("quantiles=[", quantiles, "]", 4, after=1))
    if metric.name.endswith("_info") and len(metric.series) == 1:
        arguments.append("key=[]")
    accept = "dependent" if _exceeds(metric, every) else "unread"
    arguments += ["observed=exporter", f"accept={accept}"]
    remark = f"# {metric.remark}\n" if metric.remark else ""
    return remark + wrapped(f"{variable} = {metric.kind}(", arguments, ")")


def _exceeds(metric: ObservedMetric, every: Iterable[ObservedLabel]) -> bool:
    """Whether it could have more series than a project allows, if its labels were independent."""
    sizes = [_size(label) for label in every if metric.name in label.metrics]
    each = {"Histogram": len(metric.bounds) + 3, "Summary": len(metric.quantiles) + 2}
    return prod(sizes) * each.get(metric.kind, 1) > Project.metric_cardinality_limit


def _size(label: ObservedLabel) -> int:
    return len(label.values) if label.closed else label.max_values
