"""The app's metrics modules: what each will hold. No Python name in it is used twice."""

from __future__ import annotations

import builtins
import keyword
from dataclasses import dataclass

from pbmon.errors import DefinitionError
from pbmon.labels import Label
from pbmon.model.distributions import Histogram
from pbmon.model.metrics import Counter, Gauge, Metric

TAKEN = frozenset(
    {"annotations", "cast", "get_args", "CollectorRegistry", "Final", "Literal", "REGISTRY"}
    | {"CounterSeries", "GaugeSeries", "HistogramSeries", "Label", "Metrics", "MetricSet"}
    | {"LabelledCounter", "LabelledGauge", "LabelledHistogram"}
)
"""Names that a generated module needs for itself, besides Python's own."""

INITIAL_SERIES_LIMIT = 1000
"""Series a metric may begin with; each costs memory in every process of the app, whether it is
counted or not.
"""

_NEUTRAL_AT_ZERO = {"sum", "livesum"}


@dataclass(frozen=True)
class AppModule:
    """A metrics module of the app. path: of its file, ending in .py. docstring: prose; blank lines
    part paragraphs.

    metrics: the app's own counters, gauges and histograms, in the order they are written down.
    also_taken: names in Python that instrumentation in the same file needs.
    Raises DefinitionError where two of them, or one and Python, want the same name.
    """

    path: str
    docstring: str
    metrics: tuple[Metric, ...]
    also_taken: frozenset[str] = frozenset()

    @property
    def reserved_names(self) -> frozenset[str]:
        """Names that the module needs for itself, besides Python's own."""
        return TAKEN | self.also_taken

    @property
    def runtime(self) -> str:
        """Folder of the modules that are copied beside it: `src/shop/_metrics_runtime`."""
        above, _, name = self.path.rpartition("/")
        name = name.removesuffix(".py")
        folder = "_runtime" if name == "__init__" else f"_{name}_runtime"
        return f"{above}/{folder}" if above else folder

    def __post_init__(self) -> None:
        symbols: dict[str, Metric] = {}
        claims: dict[str, Metric] = {}
        for metric in self.metrics:
            symbol = symbol_of(metric)
            if (
                symbol in self.reserved_names
                or symbol.startswith("_")
                or keyword.iskeyword(symbol)
                or hasattr(builtins, symbol)
            ):
                raise DefinitionError(
                    metric.source,
                    f"{metric.name} is called {symbol!r} in {self.path}, a name that module cannot"
                    " give to a metric",
                    "symbol='...' names it otherwise, as api_request_counter",
                )
            claim = metric.name.removesuffix("_total") if metric.kind == "counter" else metric.name
            for first, what in (
                (symbols.get(symbol), f"symbol {symbol!r}"),
                (claims.get(claim), f"family {claim!r}"),
            ):
                if first is not None:
                    raise DefinitionError(
                        metric.source,
                        f"{metric.name} and {first.name} ({first.source}) are both {what}, so"
                        f" {self.path} cannot hold the two",
                        "prometheus_client drops _total from counters; rename one, or give it"
                        " another symbol='...'",
                    )
            symbols[symbol] = claims[claim] = metric


def import_name(path: str) -> str:
    """How the app imports the file: `src/shop/metrics/__init__.py` is `shop.metrics`.

    A leading `src` is the folder of the src layout
    (https://packaging.python.org/en/latest/discussions/src-layout-vs-flat-layout/), no package.
    """
    return path.removesuffix(".py").removesuffix("/__init__").removeprefix("src/").replace("/", ".")


def symbol_of(metric: Metric) -> str:
    """The metric's name in Python."""
    return metric.symbol or metric.name


def is_closed(label: Label) -> bool:
    """Whether every value is known before the app runs, so that a type checker sees a wrong one."""
    return bool(label.values) and label.max_values is None


def fallback(label: Label) -> str | None:
    """The value that replaces those beyond the label's limit; None where a closed set has none."""
    return label.other if label.values or label.other is not None else "other"


def starts_at_zero(metric: Metric) -> bool:
    """Whether every series exists from the start. So a ratio has a value before the first failure.

    Only where all values are known and few, and where 0 is true before anything happened: a gauge
    that is no sum over processes is unknown until it is set, and a 0 of each process would win
    every `min`.
    """
    if (
        not metric.labels
        or not all(map(is_closed, metric.labels))
        or metric.cardinality > INITIAL_SERIES_LIMIT
    ):
        return False
    if isinstance(metric, Gauge):
        return metric.multiprocess_mode in _NEUTRAL_AT_ZERO
    return isinstance(metric, Counter | Histogram)
