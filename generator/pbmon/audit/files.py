"""Finds the files to audit, and reads them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pbmon.audit.configuration import Alertmanager, Prometheus, alertmanager_of, prometheus_of
from pbmon.audit.dashboards import Dashboard, dashboard_of
from pbmon.audit.documents import read, templated
from pbmon.audit.recognition import Part, parts
from pbmon.audit.rules import Rule, rules_of
from pbmon.audit.yaml_reading import Unreadable
from pbmon.errors import DefinitionError, UsageError
from pbmon.source import Source

ENDINGS = frozenset({".yml", ".yaml", ".rules", ".json"})
"""Of names of files that are looked at in folders; a file that is named is always read."""

_OF_OTHERS = frozenset({"node_modules", "__pycache__"})
_MONITORING = re.compile(
    rb'^\s*(?:-\s+)?(?:alert|record|expr|groups|scrape_configs|rule_files|receivers)\s*:|"panels"\s*:',
    re.MULTILINE,
)


@dataclass
class Contents:
    """What all files hold. unreadable: what of a file cannot be read. others: files of which
    nothing is known.
    """

    rules: list[Rule] = field(default_factory=list)
    dashboards: list[Dashboard] = field(default_factory=list)
    prometheus: list[Prometheus] = field(default_factory=list)
    alertmanagers: list[Alertmanager] = field(default_factory=list)
    unreadable: list[DefinitionError] = field(default_factory=list)
    refused: list[DefinitionError] = field(default_factory=list)
    files: dict[str, list[str]] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)


def contents(paths: Sequence[Path], report: Callable[[int, int], None] | None = None) -> Contents:
    """What the files hold, and those below the folders. UsageError for a path that is not there."""
    files = list(dict.fromkeys(_files(paths)))
    result = Contents()
    for number, (path, is_named) in enumerate(files):
        _read(path, is_named, result)
        if report:
            report(number + 1, len(files))
    return result


def _files(paths: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    """Each file, and whether it was named itself."""
    for path in paths:
        if path.is_dir():
            for folder, folders, names in os.walk(path):
                folders[:] = sorted(
                    name for name in folders if name[0] != "." and name not in _OF_OTHERS
                )
                for name in sorted(names):
                    file = Path(folder, name)
                    if file.suffix in ENDINGS and file.is_file():
                        yield file, False
        elif path.exists():
            yield path, True
        else:
            raise UsageError(f"{path} does not exist", "name files or folders")


def _read(path: Path, is_named: bool, result: Contents) -> None:
    name = path.as_posix()
    kinds: dict[str, None] = {}
    try:
        for document in read(path, name):
            for part in parts(document):
                kinds[part.kind] = None
                _add(part, result)
    except Unreadable as error:
        if is_named or kinds or _is_of_monitoring(path):
            kinds["unreadable"] = None
            help = _help(path)
            result.unreadable.append(DefinitionError(Source(name, error.line), error.problem, help))
    if kinds:
        result.files[name] = list(kinds)
    else:
        result.others.append(name)


def _add(part: Part, result: Contents) -> None:
    match part.kind:
        case "rules":
            for rule in rules_of(part):
                if isinstance(rule, Rule):
                    result.rules.append(rule)
                else:
                    result.refused.append(rule)
        case "dashboard":
            result.dashboards.append(dashboard_of(part))
        case "prometheus.yml":
            result.prometheus.append(prometheus_of(part))
        case "alertmanager.yml":
            result.alertmanagers.append(alertmanager_of(part))


def _is_of_monitoring(path: Path) -> bool:
    """Whether a file that cannot be read looks like rules, a dashboard or configuration."""
    return _MONITORING.search(_beginning(path)) is not None


def _help(path: Path) -> str:
    if templated(_beginning(path).decode("utf-8", "replace")):
        return "it holds Helm's templating: audit what `helm template` prints"
    return ""


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(2**20)
    except OSError:
        return b""
