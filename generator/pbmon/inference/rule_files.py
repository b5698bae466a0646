"""Reads rule files, of Prometheus, Thanos and Mimir, and PrometheusRule objects of its operator.

https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/
https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRule
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

from pbmon.errors import DefinitionError
from pbmon.source import Source

ENDINGS = frozenset({".yml", ".yaml", ".rules"})
"""Of names of rule files."""

_LINE = "\0line"


@dataclass(frozen=True, eq=False)
class RuleText:
    """A rule as somebody wrote it. group: the name of its group. interval: of the group; empty for
    the global one.
    """

    kind: Literal["alert", "record"]
    name: str
    expr: str
    source: Source
    for_: str = "0s"
    keep_firing_for: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    group: str = ""
    interval: str = ""


@dataclass(frozen=True)
class RuleFile:
    """What a file holds. refused: what in it is no rule, with its line."""

    path: str
    rules: tuple[RuleText, ...]
    refused: tuple[DefinitionError, ...] = ()


def files_below(folders: Sequence[Path]) -> list[Path]:
    """Every file below the folders whose name is that of a rule file, sorted; files as given."""
    return sorted(
        file
        for folder in folders
        for file in (folder.rglob("*") if folder.is_dir() else [folder])
        if file.suffix in ENDINGS and file.is_file()
    )


def read(path: Path, name: str) -> RuleFile:
    """The rules of a file, in its order. name: what findings call the file."""
    try:
        text = path.read_text("utf-8")
        documents = list(yaml.load_all(text, Loader=_Loader))
    except (OSError, UnicodeDecodeError) as error:
        return RuleFile(name, (), (DefinitionError(Source(name, 0), f"it is not read: {error}"),))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        source = Source(name, mark.line + 1 if mark else 0)
        problem = f"it is no YAML: {getattr(error, 'problem', None) or error}"
        return RuleFile(name, (), (DefinitionError(source, problem),))
    rules: list[RuleText] = []
    refused: list[DefinitionError] = []
    for group in (group for document in documents for group in _groups(document)):
        for rule in _listed(group.get("rules")):
            try:
                rules.append(_rule(rule, group, name))
            except DefinitionError as error:
                refused.append(error)
    return RuleFile(name, tuple(rules), tuple(refused))


class _Loader(yaml.BaseLoader):
    """Every scalar is text, as Prometheus reads them; a mapping knows its line."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep)
        return {**mapping, _LINE: node.start_mark.line + 1}


def _groups(document: Any) -> Iterator[dict[str, Any]]:
    """Groups of a rule file, of a PrometheusRule, or of a list of these."""
    if not isinstance(document, dict):
        return
    yield from _listed(document.get("groups"))
    spec = document.get("spec")
    if isinstance(spec, dict):
        yield from _listed(spec.get("groups"))
    for item in _listed(document.get("items")):
        yield from _groups(item)


def _listed(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _rule(rule: dict[str, Any], group: dict[str, Any], file: str) -> RuleText:
    source = Source(file, rule[_LINE])
    kinds: list[Literal["alert", "record"]] = [
        kind for kind in ("alert", "record") if rule.get(kind)
    ]
    if len(kinds) != 1:
        raise DefinitionError(source, "a rule is an alert or a record", "alert: Name")
    if not isinstance(rule.get("expr"), str) or not rule["expr"].strip():
        raise DefinitionError(source, f"{rule[kinds[0]]} has no expression", "expr: up == 0")
    return rule_text(kinds[0], rule, group, source)


def rule_text(
    kind: Literal["alert", "record"],
    rule: Mapping[str, Any],
    group: Mapping[str, Any],
    source: Source,
) -> RuleText:
    """A rule of a file that was read, as far as its fields are texts or numbers."""
    return RuleText(
        kind=kind,
        name=field_text(rule, kind),
        expr=field_text(rule, "expr"),
        source=source,
        for_=field_text(rule, "for") or "0s",
        keep_firing_for=field_text(rule, "keep_firing_for"),
        labels=_texts(rule, "labels"),
        annotations=_texts(rule, "annotations"),
        group=field_text(group, "name"),
        interval=field_text(group, "interval"),
    )


def field_text(mapping: Mapping[str, Any], key: str) -> str:
    """The text at a key, empty for none; of JSON also a number, as it is written."""
    value = mapping.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return repr(value)
    return value if isinstance(value, str) else ""


def _texts(rule: Mapping[str, Any], key: str) -> dict[str, str]:
    pairs = rule.get(key)
    if not isinstance(pairs, dict):
        return {}
    return {
        name: field_text(pairs, name)
        for name in pairs
        if name != _LINE and isinstance(name, str) and isinstance(pairs[name], str | int | float)
    }
