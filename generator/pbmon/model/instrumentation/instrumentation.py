"""What every instrumentation of an app says of itself, and how it is held against its metrics."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from pbmon.arguments import checked
from pbmon.conventions import check_module_path
from pbmon.errors import DefinitionError
from pbmon.model.acceptance import Accepted
from pbmon.model.distributions import Histogram
from pbmon.model.metrics import Metric
from pbmon.source import Source, here


@checked
@dataclass(frozen=True, eq=False, kw_only=True)
class Instrumentation:
    """Generated code of the app, on top of the metrics module of the service in the same file."""

    accept: Sequence[Accepted] = ()
    source: Source = field(default_factory=here, init=False)

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that are generated from it; the app imports the first.

        None where the metrics module itself holds the code.
        """
        return ()

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics that the code counts in."""
        return ()

    @property
    def entries(self) -> dict[str, tuple[Metric, ...]]:
        """What the app must use of the file, each with the metrics that are counted from then on.

        `Name(argument)` is a call of Name with that keyword; "" is the file itself, whose import is
        enough.
        """
        return {}

    @property
    def symbols(self) -> frozenset[str]:
        """Names in Python that it adds to the metrics module, so that no metric can have them."""
        return frozenset()


@checked
@dataclass(frozen=True, eq=False, kw_only=True)
class InstrumentationFile(Instrumentation):
    """A generated file of the app.

    path: of that file in the app's repository, ending in .py (`src/shop/middleware.py`).
    """

    path: str

    def __post_init__(self) -> None:
        check_module_path(self.path, "path", self.source)

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path,)


def check_labels(
    where: Instrumentation, metric: Metric, needed: set[str], allowed: Collection[str] = ()
) -> None:
    """Raises DefinitionError for a metric that does not have just the labels that the code sets.

    needed, allowed: names of labels that it sets always, and where the metric has them.
    """
    has = {label.name for label in metric.labels}
    if not needed <= has <= needed | set(allowed):
        kind = type(where).__name__
        raise DefinitionError(
            where.source,
            f"{kind} sets {_listed(needed)} of {metric.name}, which has {_listed(has)}, so nothing"
            " could be counted",
            f"{metric.name} is defined at {metric.source}",
        )
    if metric.observed is not None:
        raise DefinitionError(
            where.source,
            f"{metric.name} is observed at {metric.observed.name}, so the app does not count in it",
            "use a metric of the app",
        )


def check_values(
    where: Instrumentation,
    metric: Metric,
    name: str,
    emitted: Collection[str],
    complete: bool = False,
) -> None:
    """Raises DefinitionError for values of the label that the code never sets.

    emitted: the values that the code sets. complete: also where one of them is missing.
    """
    label = next(label for label in metric.labels if label.name == name)
    values = set(label.domain) - {label.other}
    wrong = values - set(emitted) or (set(emitted) - values if complete else set())
    if wrong or not values:
        raise DefinitionError(
            where.source,
            f"label {name!r} of {metric.name} has {_listed(values)}, while the generated code sets"
            f" {_listed(emitted)}",
            f"{'missing' if wrong <= set(emitted) else 'unknown'}: {_listed(wrong or emitted)}; it"
            f" is defined at {label.source}",
        )


def check_seconds(where: Instrumentation, metric: Histogram) -> None:
    """Raises DefinitionError for a histogram of anything but seconds."""
    if metric.unit != "s":
        raise DefinitionError(
            where.source,
            f"{metric.name} is not in seconds, in which the generated code measures",
            "name it ..._seconds",
        )


def check_port(where: Instrumentation, port: int) -> None:
    """Raises DefinitionError for a port that no server can listen on."""
    if not 0 < port < 65536:
        raise DefinitionError(where.source, f"port {port} does not exist", "1 to 65535")


def _listed(names: Collection[str]) -> str:
    if not names:
        return "no labels"
    return ", ".join(sorted(names) if isinstance(names, set) else names)
