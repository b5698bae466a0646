"""What the app's generated metrics modules expose, found by running them."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Collection, Iterable
from types import ModuleType
from typing import Any, get_args, get_type_hints

import prometheus_client
from prometheus_client.metrics import MetricWrapperBase

from pbmon.artifact import Artifact


def exposition(artifacts: Iterable[Artifact], paths: Collection[str]) -> str:
    """The text format of the modules at `paths`, in the order of the artifacts, as the app answers
    to a first scrape.

    Each metric has a series: where labels are open it is an example. The modules run in memory,
    each with a registry of its own; only prometheus_client's switch for `_created` series is left
    as they set it. Raises what they raise.
    """
    return "".join(_exposed(artifact) for artifact in artifacts if artifact.path in paths)


def _exposed(artifact: Artifact) -> str:
    registry = prometheus_client.CollectorRegistry()
    namespace: dict[str, Any] = {
        "__name__": artifact.path,
        "__builtins__": {**vars(builtins), "__import__": _imports(registry)},
    }
    exec(compile(artifact.text, artifact.path, "exec"), namespace)  # noqa: S102 - pbmon rendered it a moment ago
    for metric in vars(namespace["_default"]).values():
        # with labels: one of the generated classes
        if MetricWrapperBase not in type(metric).__mro__:
            metric.labels(**_example(metric.labels))
    return prometheus_client.generate_latest(registry).decode()


def _imports(registry: prometheus_client.CollectorRegistry) -> Callable[..., Any]:
    """An `import` under which prometheus_client's default registry is this one, so that this
    process keeps its own.

    Celery, whose signals a worker's module connects to, need not be installed.
    """
    stand_in = ModuleType(prometheus_client.__name__)
    vars(stand_in).update(vars(prometheus_client), REGISTRY=registry)

    def imported(name: str, *how: Any) -> Any:
        if name == "celery":
            return _Unused()
        return stand_in if name == prometheus_client.__name__ else __import__(name, *how)

    return imported


class _Unused:
    """Has every attribute and takes every call."""

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
