"""Checks that alerts can do what they say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pbmon.audit.case import Case
from pbmon.audit.rules import Rule
from pbmon.audit.verdicts import Kind
from pbmon.errors import DefinitionError
from pbmon.expr.walk import selectors
from pbmon.finding import Finding
from pbmon.go_template.nodes import Branch, Node, Print, Template, TemplateMistake
from pbmon.go_template.parser import parsed
from pbmon.go_template.reading import reading
from pbmon.inference.labels import labels_below


def alert_can_fire(case: Case) -> Iterator[Finding]:
    """Every alert can fire.

    An alert that can never be true looks like health. Whatever is scraped, its condition does not
    hold: its limit lies beyond what the expression can reach, its parts exclude each other, or no
    series of one side meets one of the other. Types of series are taken from how rules use them.

    To fix it: the message says which value the expression cannot have.
    """
    for rule, reason in _verdicts(case, "never fires"):
        yield Finding(
            "alert-can-fire",
            rule.at("alert"),
            f"alert {rule.text.name} can never fire: {_without_beginning(reason)}",
        )


def alert_can_be_silent(case: Case) -> Iterator[Finding]:
    """Every alert that reads series is silent for some of their values.

    One that fires whatever they say teaches everybody to ignore it. An alert that reads no series,
    such as `vector(1)`, is meant to fire always: it shows that alerts arrive.

    To fix it: the message says which value the expression always has.
    """
    for rule, reason in _verdicts(case, "always fires"):
        node = case.rule_set.expression(rule.text)
        if any(selectors(node)):
            yield Finding(
                "alert-can-be-silent",
                rule.at("alert"),
                f"alert {rule.text.name} fires whatever its series say:"
                f" {reason.removeprefix('it always fires: ')}",
            )


def text_can_be_expanded(case: Case) -> Iterator[Finding]:
    """Every text of an alert can be expanded.

    Otherwise Prometheus sends an error in place of the text, or of the label's value, and only when
    the alert fires.

    To fix it: mend the template; its fields are `$labels`, `$value`, `$externalLabels`.
    """
    for rule, reason in _verdicts(case, "wrong text"):
        yield Finding("text-can-be-expanded", rule.source, f"alert {rule.text.name}: {reason}")


def text_prints_kept_labels(case: Case) -> Iterator[Finding]:
    """Every label that a text of an alert prints is one that its expression keeps.

    `sum by (job)` drops `instance`, so `{{ $labels.instance }}` prints nothing: the person on call
    reads "on instance ", and several alerts look alike. Labels that the alert sets are not among
    `$labels` either. A label that the text asks for first (`{{ if $labels.instance }}`) is left
    alone.

    To fix it: keep the label in `by (...)`, or take it out of the text.
    """
    for rule in (rule for rule in case.rules if rule.is_alert):
        try:
            node = case.rule_set.expression(rule.text)
            records = case.rule_set.below(node)
            printed = {name: None for _, name in _printed(rule)}
            kept = labels_below(node, tuple(printed), records).carried(node) if printed else ()
        except (DefinitionError, RecursionError):
            continue
        for key, name in _printed(rule):
            if name not in kept and name in printed:
                del printed[name]
                where = "label" if key in rule.text.labels else "annotation"
                own = (
                    "; the alert's own label is not among them" if name in rule.text.labels else ""
                )
                yield Finding(
                    "text-prints-kept-labels",
                    rule.at("labels" if where == "label" else "annotations", key),
                    f"{where} {key} of alert {rule.text.name} prints $labels.{name}, which its"
                    f" expression does not keep, so it is empty{own}",
                    f"it keeps {', '.join(sorted(kept)) or 'no label'}" if len(kept) < 20 else "",
                )


def _printed(rule: Rule) -> Iterator[tuple[str, str]]:
    """(text, label) of each label that a text prints without asking whether it is there."""
    for texts in (rule.text.annotations, rule.text.labels):
        for key, text in texts.items():
            try:
                template = parsed(text)
            except TemplateMistake:
                continue
            asked = set(_asked_for(template.nodes))
            for name in reading(template).labels:
                if name not in asked and name != "__name__":  # comparisons keep it
                    yield key, name


def _asked_for(nodes: Sequence[Node]) -> Iterator[str]:
    """Labels that `if`, `with` and `range` ask for."""
    for node in nodes:
        if isinstance(node, Branch):
            yield from reading(Template((Print(node.pipeline),), {})).labels
            yield from _asked_for(node.body)
            yield from _asked_for(node.otherwise or ())


def _verdicts(case: Case, kind: Kind) -> Iterator[tuple[Rule, str]]:
    for rule, verdict in case.verdicts.items():
        if verdict.kind == kind:
            yield rule, verdict.reason


def _without_beginning(reason: str) -> str:
    return reason.removeprefix("it can never fire: ")
