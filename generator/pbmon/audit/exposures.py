"""Reads what is exposed: files, addresses of metrics, and a Prometheus."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from pbmon.audit.exposed import DAYS, Exposed
from pbmon.audit.expressions import UNKNOWN, expression
from pbmon.audit.files import Contents
from pbmon.errors import UsageError
from pbmon.expr.text import quoted
from pbmon.expr.walk import selectors
from pbmon.live.names import one_of
from pbmon.live.seen import Exposure
from pbmon.live.servers.client import Client
from pbmon.live.servers.exposition import parse, scrape
from pbmon.live.servers.limits import BYTES, EXPOSITION, VALUES, Budget
from pbmon.live.servers.prometheus import Prometheus

_BATCH = 100
"""Names in one question."""
_TYPE = re.compile(r"^# TYPE (\S+) (\w+)\s*$", re.MULTILINE)
_OPENMETRICS = re.compile(r"^# EOF\s*\Z", re.MULTILINE)


def of_file(path: Path) -> tuple[Exposure, list[str]]:
    """The exposition in a file, and notes on metrics of two types, which count as unknown.

    UsageError for what is none, and for more than is read.
    """
    try:
        with path.open("rb") as file:
            content = file.read(BYTES + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        problem = f"exposition {path} cannot be read: {error.strerror}"
        raise UsageError(problem, "what `curl http://host/metrics` prints, in a file") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is no exposition: it is no text in UTF-8", "") from None
    if len(content) > BYTES or sum(content.count(sign) for sign in EXPOSITION) > VALUES:
        raise UsageError(
            f"{path} has more than {BYTES >> 20} MiB or {VALUES:,} values, which is not read",
            "narrow it",
        )
    try:
        is_openmetrics = _OPENMETRICS.search(text) is not None
        exposure = parse(text, "application/openmetrics-text" if is_openmetrics else "text/plain")
    except ValueError as error:
        raise UsageError(
            f"{path} is no exposition: {error}", "what `curl http://host/metrics` prints, in a file"
        ) from None
    if not exposure.series:
        raise UsageError(f"{path} exposes no series", "what `curl http://host/metrics` prints")
    types: dict[str, set[str]] = {}
    for name, type_ in _TYPE.findall(text):
        types.setdefault(name, set()).add(type_)
    several = {name: sorted(each) for name, each in types.items() if len(each) > 1}
    families = {name: exposure.families[name] for name in exposure.families.keys() - several.keys()}
    notes = [
        f"{path} gives {name} two types, {' and '.join(each)}, so that its type counts as unknown"
        for name, each in several.items()
    ]
    return replace(exposure, families=families), notes


def exposed(
    found: Contents, files: Iterable[Path], addresses: Sequence[Client], server: Client | None
) -> Exposed | None:
    """What is exposed of what the files read; None where nothing says so.

    Raises Unreachable or UsageError where a server gives no usable answer.
    """
    budget = Budget()
    exposures: list[Exposure] = []
    notes: list[str] = []
    for path in files:
        exposure, of_types = of_file(path)
        exposures.append(exposure)
        notes += of_types
    exposures += [scrape(client, budget) for client in addresses]
    if server is not None:
        known = _of_server(Prometheus(server, budget), _names(found), exposures)
        return replace(known, notes=tuple(notes))
    if not exposures:
        return None
    return Exposed(exposures, None, _target_labels(found), tuple(notes))


def _of_server(
    prometheus: Prometheus, wanted: frozenset[str], beside: Sequence[Exposure]
) -> Exposed:
    now = prometheus.now()
    begin = now - DAYS * 86_400
    every = frozenset(prometheus.label_values("__name__", '{__name__=~".+"}', begin, now))
    names, series = sorted(wanted & every), {}
    for begin in range(0, len(names), _BATCH):
        pattern = one_of(names[begin : begin + _BATCH])
        series.update(prometheus.series(f"{{__name__=~{quoted(pattern)}}}"))
    of_jobs = [
        Exposure(f"job {job}", families, {}) for job, families in prometheus.families().items()
    ]
    everything = every.union(*(exposure.series for exposure in beside))
    return Exposed([Exposure("Prometheus", {}, series), *of_jobs, *beside], everything)


def _names(found: Contents) -> frozenset[str]:
    """Names of all series that the files read, and of the buckets beside them."""
    texts = [rule.text.expr for rule in found.rules]
    nodes = [expression(text).node for text in texts]
    nodes += [query.expression.node for board in found.dashboards for query in board.queries]
    names = {
        selector.series.name for node in nodes if node is not None for selector in selectors(node)
    }
    return frozenset(names) - {UNKNOWN}


def _target_labels(found: Contents) -> frozenset[str] | None:
    """Names that targets may be given; None where any."""
    names: set[str] = set()
    for each in found.prometheus:
        for job in each.jobs or ():
            if job.labels is None:
                return None
            names |= job.labels
        if each.jobs is None:
            return None
    return frozenset(names) if found.prometheus else None
