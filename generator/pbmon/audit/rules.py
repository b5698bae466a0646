"""Takes rule files apart: rules as they were written, and what in them is none.

Unknown keys are left alone: Mimir and Thanos have some of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pbmon import durations
from pbmon.audit.documents import Document
from pbmon.audit.recognition import Part
from pbmon.errors import DefinitionError
from pbmon.go_template.functions import NEWER
from pbmon.go_template.nodes import TemplateMistake
from pbmon.go_template.parser import parsed
from pbmon.inference.rule_files import RuleText, field_text, rule_text
from pbmon.source import Source

_HELP_OF_KIND = "alert: Name, or record: level:metric:operations"


@dataclass(frozen=True, eq=False)
class Rule:
    """A rule and where its parts stand. place: the way to it. group: the line of its group."""

    text: RuleText
    document: Document = field(repr=False)
    place: tuple[str | int, ...]
    group: Source

    def at(self, *keys: str) -> Source:
        """The line of a field; of the rule where it has none."""
        return self.document.source(*self.place, *keys)

    @property
    def source(self) -> Source:
        """The line where it begins."""
        return self.text.source

    @property
    def is_alert(self) -> bool:
        """Whether it is an alert; else it is a record."""
        return self.text.kind == "alert"

    @property
    def position(self) -> int:
        """In its group."""
        return int(self.place[-1])


def rules_of(part: Part) -> Iterator[Rule | DefinitionError]:
    """Every rule in groups, and what Prometheus would refuse there, in their order."""
    document, named = part.document, dict[str, int]()
    for number, group in enumerate(part.data):
        place = (*part.place, number)
        source = document.source(*place)
        if not isinstance(group, dict):
            yield DefinitionError(source, "a group is a mapping with a name and rules")
            continue
        name = field_text(group, "name")
        if name and name in named:
            yield DefinitionError(
                document.source(*place, "name"),
                f"group {name!r} stands here a second time, after line {named[name]}: Prometheus"
                " does not load the file",
                "another name, or one group",
            )
        named.setdefault(name, source.line)
        rules = group.get("rules")
        for index, data in enumerate(rules if isinstance(rules, list) else []):
            rule = _rule(document, (*place, "rules", index), data, group, source)
            yield rule
            if isinstance(rule, Rule) and rule.is_alert:
                yield from _mistaken_texts(rule)


def _rule(
    document: Document,
    place: tuple[str | int, ...],
    rule: Any,
    group: Mapping[str, Any],
    of_group: Source,
) -> Rule | DefinitionError:
    source = document.source(*place)
    if not isinstance(rule, dict):
        return DefinitionError(source, "a rule is a mapping", _HELP_OF_KIND)
    kinds: list[Literal["alert", "record"]] = [
        kind for kind in ("alert", "record") if field_text(rule, kind)
    ]
    if len(kinds) != 1:
        which = "both an alert and a record" if kinds else "neither an alert nor a record"
        return DefinitionError(
            source, f"the rule is {which}: Prometheus does not load the file", _HELP_OF_KIND
        )
    kind = kinds[0]
    name = field_text(rule, kind)
    if not field_text(rule, "expr").strip():
        return DefinitionError(
            source, f"{name} has no expression: Prometheus does not load the file", "expr: up == 0"
        )
    for key in ("for", "keep_firing_for"):
        if (written := field_text(rule, key)) and not _is_duration(written):
            return DefinitionError(
                document.source(*place, key),
                f"{key} of {name} is {written!r}, which is no duration: Prometheus does not load"
                " the file",
                "as 30s, 5m, 1h30m",
            )
    text = rule_text(kind, rule, group, source)
    return Rule(text, document, place, of_group)


def _mistaken_texts(rule: Rule) -> Iterator[DefinitionError]:
    for kind, texts in (("annotations", rule.text.annotations), ("labels", rule.text.labels)):
        for name, text in texts.items():
            try:
                parsed(text)
            except TemplateMistake as mistake:
                if any(f"{function}()" in mistake.problem for function in NEWER):
                    continue
                yield DefinitionError(
                    rule.at(kind, name),
                    f"{name} of {rule.text.name} is no template: {mistake.problem}; Prometheus does"
                    " not load the file",
                    mistake.help,
                )


def _is_duration(text: str) -> bool:
    try:
        durations.milliseconds(text)
    except ValueError:
        return text == "0"
    return True
