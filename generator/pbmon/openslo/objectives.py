"""The objectives of an OpenSLO file, each with what a `Slo` needs besides its events."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any

from pbmon import durations
from pbmon.errors import DefinitionError, DefinitionErrors
from pbmon.model.distributions import Histogram
from pbmon.model.service import Exporter
from pbmon.model.slo import Slo
from pbmon.openslo.documents import Document
from pbmon.openslo.indicators import Events, events
from pbmon.source import Source

_DAY = 86_400
_WINDOW = re.compile("[1-9][0-9]*[dw]")
_METADATA = ("name", "displayName", "labels", "annotations")
_TARGET = "target: 0.999, or targetPercent: 99.9"
_ANY_EVENTS = Histogram(
    "events", "Any.", observed=Exporter("any", version="any"), buckets=[1]
).at_most(1)


@dataclass(frozen=True)
class Objective:
    """One objective.

    percent: as in a `Slo`, 99.9. minimum_traffic: None where the file has none.
    """

    name: str
    help: str
    events: Events
    percent: Decimal
    window: str
    owner: str
    alerts: bool
    minimum_traffic: Decimal | None


def objectives(documents: Iterable[Document]) -> list[Objective]:
    """Every objective of the documents, in order.

    Raises DefinitionErrors for each that a `Slo` cannot express.
    """
    documents = list(documents)
    indicators = {document.name: document for document in documents if document.kind == "SLI"}
    results, errors = [], list(_twice(documents))
    for document in documents:
        if document.kind == "SLO":
            try:
                results.append(_objective(document, indicators))
            except DefinitionError as error:
                errors.append(error)
    if errors:
        raise DefinitionErrors(errors)
    return results


def _twice(documents: Iterable[Document]) -> Iterable[DefinitionError]:
    """An error for each name that two documents share."""
    first: dict[tuple[str, str], Source] = {}
    for document in documents:
        name = _name(document.name) if document.kind == "SLO" else document.name
        source = document.source("metadata", "name")
        before = first.setdefault((document.kind, name), source)
        if before is not source:
            problem = (
                f"{document.kind} {name} is at {before} already, and only one of them would count"
            )
            yield DefinitionError(source, problem, "give it another name")


def _objective(slo: Document, indicators: Mapping[str, Document]) -> Objective:
    _check(slo, ("metadata", "name"), "letters and digits, as checkout-speed")
    if slo.get("spec", "alertPolicies"):
        slo.refuse(
            ("spec", "alertPolicies"),
            "alert policies are not read",
            "pbmon makes burn alerts from the objective itself",
        )
    if (method := slo.text("spec", "budgetingMethod")) != "Occurrences":
        problem = f"budgetingMethod {method or 'nothing'} counts time slices, which pbmon does not"
        slo.refuse(
            ("spec", "budgetingMethod"), problem, "budgetingMethod: Occurrences counts events"
        )
    annotations = ("metadata", "annotations")
    objective = Objective(
        name=_name(slo.name),
        help=slo.text("spec", "description"),
        percent=_percent(slo),
        window=_window(slo),
        events=events(slo, indicators),
        owner=slo.text("metadata", "labels", "owner"),
        alerts=slo.flag(*annotations, "pbmon.burn-alerts", default=True),
        minimum_traffic=_traffic(slo, (*annotations, "pbmon.minimum-traffic")),
    )
    slo.only((), "apiVersion", "kind", "metadata", "spec")
    slo.only(("metadata",), *_METADATA)
    keys = (
        "description",
        "service",
        "indicator",
        "indicatorRef",
        "timeWindow",
        "budgetingMethod",
        "objectives",
    )
    slo.only(("spec",), *keys)
    return objective


def _check(slo: Document, path: tuple[str | int, ...], help: str, **fact: str) -> None:
    """Raises, at the path, what a `Slo` of the document's name with this fact is refused for."""
    facts: dict[str, Any] = {"name": _name(slo.name), "good": _ANY_EVENTS, "objective": "99"} | fact
    try:
        Slo(**facts)
    except DefinitionError as error:
        slo.refuse(path, error.problem, help)


def _name(name: str) -> str:
    """The name in lower case words and hyphens; OpenSLO allows more. Unchanged if it has neither
    letters nor digits.
    """
    words = "-".join(re.findall("[a-z0-9]+", name.lower()))
    return words if words[:1].isalpha() else f"slo-{words}" if words else name


def _traffic(slo: Document, path: tuple[str, ...]) -> Decimal | None:
    if not (text := slo.text(*path)):
        return None
    _check(slo, path, "events per second, as 0.5", minimum_traffic=text)
    return Decimal(text)


def _percent(slo: Document) -> Decimal:
    path = ("spec", "objectives")
    targets = slo.get(*path)
    if not isinstance(targets, list) or len(targets) != 1:
        count = len(targets) if isinstance(targets, list) else "no list of"
        slo.refuse(
            path,
            f"{slo.name} has {count} objectives, and a Slo has one",
            "one document an objective",
        )
    for key in ("op", "value", "timeSliceTarget", "timeSliceWindow"):
        if slo.get(*path, 0, key) is not None:
            slo.refuse(
                (*path, 0, key),
                f"{key} is of thresholds and time slices, which are not read",
                "target, or targetPercent",
            )
    slo.only((*path, 0), "displayName", "target", "targetPercent")
    texts = {key: text for key in ("target", "targetPercent") if (text := slo.text(*path, 0, key))}
    if len(texts) != 1:
        slo.refuse((*path, 0), "the objective has not one number as its target", _TARGET)
    ((key, text),) = texts.items()
    try:
        # the default 28 digits make 100 of a target with more nines
        exact = Context(prec=len(text) + 3)
        percent = exact.multiply(Decimal(text), Decimal(100 if key == "target" else 1))
    except ArithmeticError:
        slo.refuse((*path, 0, key), f"{key} {text!r} is no decimal number", _TARGET)
    _check(slo, (*path, 0, key), _TARGET, objective=str(percent))
    return percent


def _window(slo: Document) -> str:
    path = ("spec", "timeWindow")
    duration = slo.text(*path, 0, "duration")
    if slo.get(*path, 1) is not None or not duration:
        slo.refuse(
            path,
            f"{slo.name} has not one time window",
            "timeWindow: [{duration: 30d, isRolling: true}]",
        )
    if slo.get(*path, 0, "calendar") is not None or not slo.flag(*path, 0, "isRolling"):
        problem = "the window is aligned to the calendar, which recording rules cannot follow"
        slo.refuse((*path, 0), problem, "isRolling: true")
    slo.only((*path, 0), "duration", "isRolling")
    try:
        days, rest = divmod(durations.seconds(duration), _DAY)
    except ValueError:
        days, rest = 0, 1
    help = "as 30d or 4w"
    if rest or not days:
        slo.refuse((*path, 0, "duration"), f"window {duration!r} is no number of days", help)
    window = duration if _WINDOW.fullmatch(duration) else f"{days:.0f}d"
    _check(slo, (*path, 0, "duration"), help, window=window)
    return window
