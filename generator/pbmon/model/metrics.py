"""Metrics: what an app or an exporter counts, described once.

Types: https://prometheus.io/docs/concepts/metric_types/
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from math import prod
from typing import Literal

from pbmon import units
from pbmon.arguments import checked
from pbmon.conventions import check_metric_name
from pbmon.errors import DefinitionError
from pbmon.expr.nodes import Selector, Series, SeriesType
from pbmon.expr.selection import AnyCounter, AnyGauge, Stored
from pbmon.expr.shapes import label_set
from pbmon.labels import TARGET_LABELS, Label, listed, names, pid
from pbmon.model.acceptance import Accepted
from pbmon.model.service import Exporter, labels_of_targets
from pbmon.source import Source, here

MultiprocessMode = Literal[
    "all",
    "liveall",
    "min",
    "livemin",
    "max",
    "livemax",
    "sum",
    "livesum",
    "mostrecent",
    "livemostrecent",
]


_HANDS = {
    "job": "Prometheus sets on every series",
    "instance": "Prometheus sets on every series",
    "pid": "the client sets on a gauge of each process",
}
"""Who else sets a label."""


@checked
@dataclass(frozen=True, eq=False)
class Metric(Stored):
    """What every metric has. Use Counter, Gauge, Histogram or Summary.

    labels: those the code sets; `job` and `instance` come from Prometheus. key: those of them that
    tell the series of one target apart, where the others follow from them (`key=[]` for an info
    metric of one series); all, when not given. unit: Grafana's id (`s`,
    `bytes`), read from the name when it is announced there. symbol: Python name in the generated
    module. observed: the exporter that exposes it.
    scoped: whether selectors get the service's jobs as matcher; without it the series of every job
    are meant, and `labels` may list `job` and `instance` with a help of their own.
    target_labels: those that the jobs of the service above it declare.

    Raises DefinitionError as conventions.py says.
    """

    name: str
    help: str
    labels: Sequence[Label] = field(default=(), kw_only=True)
    key: Sequence[Label] | None = field(default=None, kw_only=True)
    unit: str = field(default="", kw_only=True)
    symbol: str = field(default="", kw_only=True)
    observed: Exporter | None = field(default=None, kw_only=True)
    scoped: bool = field(default=True, kw_only=True)
    accept: Sequence[Accepted] = field(default=(), kw_only=True)
    source: Source = field(default_factory=here, init=False)
    target_labels: Sequence[Label] = field(
        default_factory=partial(labels_of_targets, beside=True), init=False, repr=False
    )

    @property
    def kind(self) -> Literal["counter", "gauge", "histogram", "summary"]:
        """The type as Prometheus calls it."""
        raise NotImplementedError

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", self.unit or units.of_name(self.name))
        if self.unit:
            units.checked(self.unit, self.name, self.source)
        check_metric_name(self.name, self.kind, self.unit, self.observed is not None, self.source)
        if not self.help.strip():
            raise DefinitionError(
                self.source,
                f"{self.name} has no help, so nobody knows what it counts",
                "one sentence",
            )
        if self.symbol and not self.symbol.isidentifier():
            raise DefinitionError(
                self.source,
                f"symbol {self.symbol!r} of {self.name} is no Python name",
                "as api_request_counter",
            )
        self._check_labels()

    def _check_labels(self) -> None:
        seen: set[str] = set()
        reserved = {"le", "quantile", *names(self.generated_labels)}
        if self.scoped:
            reserved |= {"job", "instance"}
        for label in self.labels:
            if label.name in reserved:
                raise DefinitionError(
                    self.source,
                    f"{self.name} sets label {label.name!r} itself, which "
                    + _HANDS.get(label.name, "histograms and summaries generate"),
                    f"drop it, or name it {self.name.split('_')[0]}_{label.name}",
                )
            if label.name in seen:
                raise DefinitionError(
                    self.source,
                    f"{self.name} has label {label.name!r} twice",
                    "list each label once",
                )
            if self.observed is None and self.scoped and not label.values and label.other is None:
                raise DefinitionError(
                    self.source,
                    f"label {label.name!r} of {self.name} has no value for what exceeds its"
                    f" {label.max_values}, so clients can add series",
                    f"give it other='...' at {label.source}",
                )
            seen.add(label.name)
        for label in self.key or ():
            if label not in self.labels:
                raise DefinitionError(
                    self.source,
                    f"{self.name} has {label.name!r} in its key, which is none of its labels",
                    f"its labels are {listed(self.labels)}",
                )

    @property
    def generated_labels(self) -> Sequence[Label]:
        """Labels that the client library adds to those of the code."""
        return ()

    @property
    def combinations(self) -> int:
        """Label value combinations to expect at once on one target; labels that follow from others
        add none.
        """
        return prod(label.size for label in (self.labels if self.key is None else self.key))

    @property
    def cardinality(self) -> int:
        """Series to expect on one target."""
        return self.combinations

    def _series(
        self,
        suffix: str,
        kind: SeriesType,
        extra: Sequence[Label] = (),
        bounds: tuple[float, ...] = (),
    ) -> Series:
        # what no job adds, as behind a gateway, the metric lists itself
        target = [label for label in TARGET_LABELS if label.name not in names(self.labels)]
        from_jobs = self.target_labels if self.scoped else ()
        added = (*self.generated_labels, *target, *extra)
        labels = label_set([*self.labels, *from_jobs, *added])
        # what the jobs add follows from the target
        key = names([*(self.labels if self.key is None else self.key), *added])
        return Series(self.name + suffix, self.name, kind, labels, self.unit, bounds, key)


@checked
@dataclass(frozen=True, eq=False)
class Counter(Metric, AnyCounter):
    """Counts events. It has no `>`: compare its `.rate(window)`."""

    @property
    def kind(self) -> Literal["counter"]:
        return "counter"

    @property
    def selector(self) -> Selector:
        return Selector(self._series("", "counter"))


@checked
@dataclass(frozen=True, eq=False)
class Gauge(Metric, AnyGauge):
    """A value that goes up and down. It has no `.rate()`: use it as it is, or `.delta(window)`.

    multiprocess_mode: how the processes of one app add up in prometheus_client's multiprocess mode
    (https://prometheus.github.io/client_python/multiprocess/#metrics-tuning-gauge). In `all` and
    `liveall` they do not: each process has its series, with its number in the label `pid`.
    """

    multiprocess_mode: MultiprocessMode = field(default="livesum", kw_only=True)

    @property
    def kind(self) -> Literal["gauge"]:
        return "gauge"

    @property
    def generated_labels(self) -> Sequence[Label]:
        own = self.observed is None and self.multiprocess_mode in {"all", "liveall"}
        return (pid,) if own else ()

    @property
    def selector(self) -> Selector:
        return Selector(self._series("", "gauge"))
