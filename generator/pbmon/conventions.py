"""Names as Prometheus's conventions ask for them.

Metrics: https://prometheus.io/docs/practices/naming/ . Records:
https://prometheus.io/docs/practices/rules/ .
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping

from pbmon import units
from pbmon.errors import DefinitionError
from pbmon.source import Source

_METRIC = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_OBSERVED = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_RECORD = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*(:[a-zA-Z0-9_]+)+|:[a-zA-Z0-9_]+(:[a-zA-Z0-9_]+)*")
_ALERT = re.compile(r"[A-Z][A-Za-z0-9]*")
_FILE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
RESERVED_FILE_NAMES = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")
"""Devices of Windows, where no file has such a name, whatever its ending."""
_MODULE = re.compile(r"(?:[A-Za-z_]\w*/)*[A-Za-z_]\w*\.py", re.ASCII)
_OPEN_ADDRESS = re.compile(
    r"https?://(\[[^\]/?#@]*\]|[^\s/?#@:]+)(:[0-9]+)?([/?#].*)?|/(?!/).*|\$\{.*", re.DOTALL
)
"""An address in which no `@` stands before the end of the host, or one without a host."""
_BEFORE_AT = re.compile(r"(?<=//)[^\s\"']*@")
_GENERATED = ("_bucket", "_count", "_sum", "_created")


def check_metric_name(name: str, kind: str, unit: str, observed: bool, source: Source) -> None:
    """DefinitionError for a name that Prometheus refuses, or that contradicts the metric's type or
    unit.

    Observed metrics are named by others, who may record them, so only what Prometheus refuses
    counts.
    """
    if not (_OBSERVED if observed else _METRIC).fullmatch(name):
        colon = "; a colon belongs to recording rules" if ":" in name else ""
        raise DefinitionError(
            source,
            f"metric name {name!r} cannot be exposed",
            f"letters, digits and _, not beginning with a digit{colon}",
        )
    if name.lower() in {"nan", "inf"}:
        raise DefinitionError(
            source,
            f"metric name {name!r} is a number in PromQL, so no query can read it",
            "name what is measured",
        )
    if observed:
        return
    if name.startswith("__"):
        raise DefinitionError(
            source,
            f"metric name {name!r} is reserved for Prometheus itself",
            "name it without the leading underscores",
        )
    for suffix in _GENERATED:
        if name.endswith(suffix):
            raise DefinitionError(
                source,
                f"{name} ends in {suffix}, which histograms and summaries generate, so the two"
                " cannot be told apart",
                f"name it {name.removesuffix(suffix)}_…",
            )
    if kind == "counter" and not name.endswith("_total"):
        raise DefinitionError(
            source,
            f"counter {name} does not end in _total, so readers take it for a gauge",
            f"name it {name}_total",
        )
    if kind != "counter" and name.endswith("_total"):
        raise DefinitionError(
            source,
            f"{kind} {name} ends in _total, so readers take it for a counter",
            f"name it {name.removesuffix('_total')}",
        )
    announced = units.of_name(name)
    if announced and unit and announced != unit:
        raise DefinitionError(
            source,
            f"{name} announces the unit {announced!r} but is declared as {unit!r}, so every axis is"
            " mislabelled",
            f"drop unit= or name it …_{units.SUFFIX_OF_UNIT.get(unit, unit)}",
        )
    suffix = units.SUFFIX_OF_UNIT.get(unit, "")
    if suffix and not announced:
        raise DefinitionError(
            source,
            f"{name} is measured in {suffix} but its name does not say so",
            "name it"
            f" {name.removesuffix('_total')}_{suffix}{'_total' if kind == 'counter' else ''}",
        )


def check_record_name(name: str, labels: tuple[str, ...], source: Source) -> None:
    """DefinitionError unless the name is `level:metric:operations` and the level names the labels
    that are left.

    `instance` implies `job`. Without labels the level is empty: `:requests:rate5m`.
    """
    if not _RECORD.fullmatch(name):
        raise DefinitionError(
            source,
            f"record name {name!r} hides that it is recorded",
            "name it level:metric:operations, as job:http_requests:rate5m",
        )
    level = name.partition(":")[0]
    if not _is_level(level, frozenset(labels)):
        expected = "_".join(labels)
        raise DefinitionError(
            source,
            f"record {name} says its level is {level!r}, but its series carry"
            f" {', '.join(labels) or 'no labels'}",
            f"name it {expected}:{name.partition(':')[2]}, or aggregate by what the name says",
        )


def _is_level(level: str, labels: frozenset[str]) -> bool:
    if not level:
        return not labels
    if not labels:
        return False
    rests = (
        _is_level(level[len(name) :].removeprefix("_"), labels - {name})
        for name in labels
        if level == name or level.startswith(name + "_")
    )
    return any(rests) or (
        "instance" in labels and "job" in labels and _is_level(level, labels - {"job"})
    )


def check_label_names(labels: Mapping[str, str], what: str, source: Source) -> None:
    """DefinitionError for a label that Prometheus refuses, or drops because of a leading `__`."""
    for name in labels:
        if not _METRIC.fullmatch(name) or name.startswith("__"):
            raise DefinitionError(
                source,
                f"{what} sets label {name!r}, which Prometheus refuses",
                "letters, digits and _, beginning with a letter",
            )


def check_alert_name(name: str, source: Source) -> None:
    """DefinitionError unless the name is CamelCase; it becomes a file name and an `alertname`."""
    if not _ALERT.fullmatch(name):
        raise DefinitionError(
            source,
            f"alert name {name!r} cannot name a runbook file",
            "CamelCase, as HighAPIErrorRate",
        )


def check_module_path(path: str, what: str, source: Source) -> None:
    """DefinitionError unless the path, in the app's repository, is of a module that Python can
    import: names joined by `/`, none a keyword.
    """
    names = path.removesuffix(".py").split("/")
    if not _MODULE.fullmatch(path) or any(map(keyword.iskeyword, names)):
        raise DefinitionError(
            source,
            f"{what} is {path!r}, no Python module of the app, so nothing could import it",
            "as src/shop/metrics/http.py: letters, digits and _, and no word of Python's own",
        )


def check_file_name(name: str, what: str, source: Source) -> None:
    """DefinitionError unless the name is lower case words and hyphens: it becomes a file name."""
    if not _FILE.fullmatch(name) or RESERVED_FILE_NAMES.fullmatch(name):
        raise DefinitionError(
            source,
            f"{what} {name!r} cannot name a file on every system",
            "lower case words and hyphens, as high-error-rate",
        )


def check_no_credentials(address: str, what: str, source: Source) -> None:
    """DefinitionError, which does not repeat them, for a user or password before an address's host.

    A password may hold any character, and the scheme may be missing; so every `@` is one behind
    credentials that does not clearly stand in a path.
    """
    if "@" in address and not _OPEN_ADDRESS.fullmatch(address):
        raise DefinitionError(
            source,
            f"{what} holds a user or password, which everybody could read in generated files",
            "write it without what stands before the last @",
        )


def without_credentials(text: str) -> str:
    """The text with a star for each byte of users and passwords of the URLs in it."""
    return _BEFORE_AT.sub(lambda match: "*" * (len(match[0].encode()) - 1) + "@", text)
