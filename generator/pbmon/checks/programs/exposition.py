"""What the app's generated metrics modules expose, found by running them."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Collection, Iterable, Mapping
from types import ModuleType
from typing import Any, get_args, get_type_hints

import prometheus_client
import prometheus_client.multiprocess  # so that the stand-in has it, as the package does not
from prometheus_client.metrics import MetricWrapperBase

from pbmon.artifact import Artifact
from pbmon.model.instrumentation.celery import RUNTIME as CELERY
from pbmon.plan.modules import import_name


def exposition(artifacts: Iterable[Artifact], paths: Collection[str]) -> str:
    """The text format of the modules at `paths`, in the order of the artifacts, as the app answers
    to a first scrape.

    artifacts: those modules, and what they import of the app. Each metric has a series: where
    labels are open it is an example. The modules run in memory, each with a separate registry;
    only prometheus_client's switch for `_created` series is left as they set it. Raises what they
    raise.
    """
    modules = {import_name(artifact.path): artifact for artifact in artifacts}
    wanted_modules = [artifact for artifact in modules.values() if artifact.path in paths]
    return "".join(_exposed(artifact, modules) for artifact in wanted_modules)


def _exposed(artifact: Artifact, modules: Mapping[str, Artifact]) -> str:
    registry = prometheus_client.CollectorRegistry()
    namespace = _Imports(registry, modules).run(artifact)
    for name, metric in vars(namespace["_default"]).items():
        # with labels: one of the generated classes
        if not name.startswith("_") and MetricWrapperBase not in type(metric).__mro__:
            metric.labels(**_example(metric.labels))
    return prometheus_client.generate_latest(registry).decode()


class _Imports:
    """An `import` that finds the app's modules in memory, and under which prometheus_client's
    default registry is this one, so that this process keeps its own.

    What connects a worker's module to Celery is left out, so Celery need not be installed.
    """

    def __init__(
        self, registry: prometheus_client.CollectorRegistry, modules: Mapping[str, Artifact]
    ) -> None:
        self._stand_in = ModuleType(prometheus_client.__name__)
        vars(self._stand_in).update(vars(prometheus_client), REGISTRY=registry)
        self._modules = modules
        self._imported: dict[str, ModuleType] = {}

    def run(self, artifact: Artifact) -> dict[str, Any]:
        """The module's names after it ran."""
        name = import_name(artifact.path)
        namespace = vars(self._imported.setdefault(name, ModuleType(name)))
        namespace["__package__"] = name.rpartition(".")[0]
        namespace["__builtins__"] = {**vars(builtins), "__import__": self._import}
        exec(compile(artifact.text, artifact.path, "exec"), namespace)  # noqa: S102 - pbmon rendered it a moment ago
        return namespace

    def _import(self, name: str, *how: Any) -> Any:
        """As Python's own `__import__`, whose arguments these are."""
        if how[3:] == (1,):  # relative: `from .name import ...`
            name, how = f"{how[0]['__package__']}.{name}", how[:3]
        if name.rpartition(".")[2] == CELERY:
            return _Unused()
        if name == prometheus_client.__name__:
            real = __import__(name, *how)  # submodules that are named become attributes
            attributes = vars(self._stand_in)
            attributes.update(
                {each: value for each, value in vars(real).items() if each not in attributes}
            )
            return self._stand_in
        if name in self._modules:  # always `from name import ...`, which wants the module itself
            if name not in self._imported:
                self.run(self._modules[name])
            return self._imported[name]
        return __import__(name, *how)


class _Unused:
    """Has every attribute, takes every call, and as a base of a class is none."""

    def __mro_entries__(self, _: tuple[object, ...]) -> tuple[type, ...]:
        return ()

    def __getattr__(self, name: str) -> _Unused:
        return self

    def __call__(self, *_: Any, **__: Any) -> _Unused:
        return self


def _example(labels: Callable[..., Any]) -> dict[str, str]:
    """Arguments that a generated `labels()` takes: the first value of each closed set,
    else a word.
    """
    hints = get_type_hints(labels)
    return {
        name: (*get_args(hint), "example")[0] for name, hint in hints.items() if name != "return"
    }
