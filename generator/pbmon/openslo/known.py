"""Which names the definitions of a project give to metrics and labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pbmon.catalog.loader import read_modules
from pbmon.errors import DefinitionErrors
from pbmon.labels import TARGET_LABELS, Label
from pbmon.model import builtin
from pbmon.model.distributions import Histogram, Summary
from pbmon.model.metrics import Metric


@dataclass(frozen=True)
class Known:
    """A metric and the code that refers to it.

    module: to import from (`definitions.api`); empty for a metric built into pbmon. labels: code
    for each label, by its name, without those that no module binds to a name. observations: whether
    this is only the number of values that a histogram or summary observed.
    """

    metric: Metric
    module: str
    name: str
    labels: Mapping[str, str]
    observations: bool = False

    @property
    def reference(self) -> str:
        """`api.requests`, or `up`."""
        return f"{self.module.rpartition('.')[2]}.{self.name}" if self.module else self.name

    @property
    def count(self) -> Known:
        """How many values the histogram or summary observed, which counts events."""
        return replace(self, name=f"{self.name}.observations", observations=True)


def known(folder: Path) -> dict[str, Known]:
    """Every metric that a module binds to a name, by the metric's name, and its `_count`.

    Only those built into pbmon where there is no such folder.
    """
    target_labels = {label.name: label.name for label in TARGET_LABELS}
    metrics = {
        value.name: Known(value, "", name, target_labels)
        for name, value in vars(builtin).items()
        if isinstance(value, Metric)
    }
    modules, errors = read_modules(folder) if folder.is_dir() else ([], [])
    if errors:
        raise DefinitionErrors(errors)
    for namespace in (module.namespace for module in modules):
        for name, value in namespace.items():
            if isinstance(value, Metric) and value.name not in metrics and not name.startswith("_"):
                metrics[value.name] = Known(
                    value, namespace["__name__"], name, target_labels | _labels(value, namespace)
                )
                if isinstance(value, Histogram | Summary):
                    metrics[f"{value.name}_count"] = metrics[value.name].count
    return metrics


def _labels(metric: Metric, namespace: dict[str, Any]) -> dict[str, str]:
    """The code for each of the metric's labels: a name of its module, perhaps an imported one."""
    return {
        label.name: reference
        for label in metric.labels
        if (reference := _reference(label, namespace))
    }


def _reference(label: Label, namespace: dict[str, Any]) -> str:
    module = namespace["__name__"].rpartition(".")[2]
    return next((f"{module}.{name}" for name, value in namespace.items() if value is label), "")
