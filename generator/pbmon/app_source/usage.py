"""What an app's source does with the metrics of its generated modules."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pbmon.app_source.files import AppSource
from pbmon.app_source.names import Names, Place
from pbmon.model.metrics import Metric
from pbmon.plan.modules import import_name, symbol_of
from pbmon.plan.plan import Plan
from pbmon.source import Source

_UPDATES = frozenset(
    {
        "count_exceptions",
        "dec",
        "inc",
        "observe",
        "set",
        "set_function",
        "set_to_current_time",
        "time",
        "track_inprogress",
    }
)
"""Methods that change a value (https://prometheus.github.io/client_python/instrumenting/)."""


@dataclass(frozen=True)
class LabelsCall:
    """A call of a metric's labels(). texts: by label, its literal values. fits: whether
    Python accepts the call.
    """

    source: Source
    metric: Metric
    texts: Mapping[str, frozenset[str]]
    fits: bool


class AppUsage:
    """used: paths that the app uses beyond importing them. imported: paths that it imports.

    unread: where and why Python cannot read a file.
    updated: metrics that it changes, or hands on to code that may. calls: every labels() of a
    metric, by place.
    """

    def __init__(self, plan: Plan, app: AppSource) -> None:
        self.unread = app.unread
        modules = {import_name(module.path): module for module in plan.modules}
        rendered = {
            *modules,
            *(
                import_name(path)
                for instrumentation in plan.instrumentation
                for path in instrumentation.paths
            ),
        }
        metrics_classes = {f"{module}.Metrics()": module for module in modules}
        self._names = Names(
            (file for file in app.files if file.module not in rendered), metrics_classes
        )
        self._metrics = {
            f"{name}.{symbol_of(metric)}": metric
            for name, module in modules.items()
            for metric in module.metrics
        }
        self._reached: defaultdict[str, set[Metric]] = defaultdict(set)
        for path, metric in self._metrics.items():
            for handed in (path, f"{path}.labels()", path.rpartition(".")[0]):
                self._reached[handed].add(metric)
        self.imported = frozenset(self._names.imported)
        self.used: set[str] = set()
        self.updated: set[Metric] = set()
        self.calls: list[LabelsCall] = []
        for place in self._names.places:
            self._read(place)

    def texts_given_to(self, paths: frozenset[str]) -> Iterator[tuple[Source, str]]:
        """The first argument of every call of one of these, where it is a literal text."""
        for place in self._names.places:
            if (
                isinstance(place.node, ast.Call)
                and place.node.args
                and self._names.meanings(place.node.func, place.scope) & paths
            ):
                for text in sorted(self._names.texts(place.node.args[0], place.scope)):
                    yield place.source, text

    def celery_tasks(self) -> Iterator[tuple[Source, str]]:
        """The name of every Celery task: the one that its decorator gives, else the function's.

        https://docs.celeryq.dev/en/stable/userguide/tasks.html#names
        """
        for place in self._names.places:
            decorated = place.decorates
            function = place.node.func if isinstance(place.node, ast.Call) else place.node
            if not decorated or not _makes_a_task(function):
                continue
            name_arguments = [
                word.value for word in getattr(place.node, "keywords", ()) if word.arg == "name"
            ]
            names = (
                self._names.texts(name_arguments[0], place.scope) if name_arguments else {decorated}
            )
            for name in sorted(names):
                yield place.source, name

    def _read(self, place: Place) -> None:
        meanings = self._names.meanings(place.node, place.scope)
        self.used |= meanings
        if isinstance(place.node, ast.Call):
            words = [word.arg for word in place.node.keywords]
            self.used |= {
                f"{meaning.removesuffix('()')}({word})" for meaning in meanings for word in words
            }
        if place.handed_on:
            # Code that gets a metric, or a module of metrics, may update it; only running it tells.
            for meaning in meanings & self._reached.keys():
                self.updated |= self._reached[meaning]
        match place.node:
            case ast.Attribute(value=value, attr=method) if method in _UPDATES:
                for meaning in self._names.meanings(value, place.scope):
                    if (metric := self._metrics.get(meaning.removesuffix(".labels()"))) is not None:
                        self.updated.add(metric)
            case ast.Call(func=ast.Attribute(value=value, attr="labels")) as call:
                for meaning in self._names.meanings(value, place.scope):
                    if (metric := self._metrics.get(meaning)) is not None:
                        self.calls.append(self._labels_call(metric, call, place))

    def _labels_call(self, metric: Metric, call: ast.Call, place: Place) -> LabelsCall:
        names = [label.name for label in metric.labels]
        # A label that is a word of Python has an underscore behind it.
        words = {
            word.arg if word.arg in names else word.arg.rstrip("_"): word.value
            for word in call.keywords
            if word.arg
        }
        arguments = {**dict(zip(names, call.args, strict=False)), **words}
        open_ended = len(words) < len(call.keywords) or any(
            isinstance(argument, ast.Starred) for argument in call.args
        )
        fits = open_ended or (
            set(arguments) == set(names) and len(call.args) + len(words) == len(names)
        )
        texts = {
            name: frozenset(self._names.texts(value, place.scope))
            for name, value in arguments.items()
            if fits and not open_ended
        }
        return LabelsCall(place.source, metric, texts, fits)


def _makes_a_task(function: ast.expr) -> bool:
    match function:
        case ast.Attribute(attr="task" | "shared_task") | ast.Name(id="shared_task"):
            return True
        case _:
            return False
