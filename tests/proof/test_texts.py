"""Texts of alerts expand as Prometheus expands them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import perf_counter

import pytest
from drawn import drawn
from hypothesis import strategies as st
from made_templates import (
    EDITED,
    LABELS,
    PIPELINES,
    PRINTED,
    TEMPLATES,
    VALUES,
    Text,
    query,
    refused_by,
    said_by,
)
from pbmon.go_template.nodes import TemplateMistake
from pbmon.go_template.parser import parsed
from pbmon.go_template.reading import reading
from pbmon.proof.texts.expand import expanded
from pbmon.proof.texts.values import FailedTemplate, UnknownTemplate

FAILED = "<error expanding template"


def ours(text: Text) -> str | None:
    """What pbmon expands a text to: None where that is not known."""
    try:
        return expanded(text.template, text.value, LABELS, query=query, misprints=True)
    except FailedTemplate:
        return FAILED
    except UnknownTemplate:
        return None


def reads(text: str) -> bool:
    try:
        parsed(text)
    except TemplateMistake:
        return False
    return True


def differences(promtool: Path, folder: Path, texts: Sequence[Text]) -> list[tuple[Text, str, str]]:
    """Texts of which promtool says something else than pbmon."""
    known = [(text, made) for text in texts if (made := ours(text)) is not None]
    theirs = said_by(promtool, folder, [text for text, _ in known])
    return [
        (text, made, said)
        for (text, made), said in zip(known, theirs, strict=True)
        if made != said and not (made == FAILED and said.startswith(FAILED))
    ]


def test_a_text_reads_as_in_prometheus(promtools: Path, tmp_path: Path) -> None:
    actions = st.one_of(PIPELINES, PRINTED, PRINTED).map(lambda text: f"{{{{ {text} }}}}")
    for strategy in (TEMPLATES, actions):
        texts = [
            text for text in drawn(st.builds(Text, strategy, VALUES), 1000) if reads(text.template)
        ]
        assert differences(promtools, tmp_path, texts) == []
        unknown = [text for text in texts if ours(text) is None]
        assert len(unknown) < len(texts) / 20


def test_a_text_is_refused_where_prometheus_refuses_it(promtool: Path, tmp_path: Path) -> None:
    texts = drawn(EDITED, 1000)
    refused = refused_by(promtool, tmp_path, texts)
    assert len(refused) > len(texts) / 3
    wrong = [text for number, text in enumerate(texts) if reads(text) == (number in refused)]
    assert wrong == []


HOSTILE = {
    "wide": '{{ printf "%999999d" 1 }}' * 40,
    "doubled": '{{ $x := "aaaaaaaaaaaaaaaa" }}' + "{{ $x = print $x $x }}" * 40 + "{{ $x }}",
    "itself": '{{ define "t" }}{{ template "t" }}{{ template "t" }}{{ end }}{{ template "t" }}',
    "loops": "{{ range $labels }}" * 20 + "x" + "{{ end }}" * 20,
    "brackets": "{{ " + "(" * 10_000 + "$value" + ")" * 10_000 + " }}",
    "branches": "{{ if true }}" * 5_000 + "{{ end }}" * 5_000,
    "open": "{{" * 50_000,
    "stages": "{{ $value" + " | print" * 20_000 + " }}",
    "quotes": "{{ print " + '"\\' * 50_000 + " }}",
    "pattern": '{{ reReplaceAll "(a*)*b" "" "' + "a" * 50_000 + '" }}',
    "many": "{{ $value }}" * 16_000,
    "else if": "{{ if false }}" + "{{ else if false }}" * 5_000 + "{{ end }}",
}  # fmt: skip


LONG = {"many", "stages"}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] if name in LONG else []) for name in HOSTILE],
)
def test_no_text_takes_long(name: str) -> None:
    begin = perf_counter()
    with suppress(UnknownTemplate):
        expanded(HOSTILE[name], 1.5, LABELS)
    assert perf_counter() - begin < 5


@pytest.mark.parametrize(
    ("text", "labels", "value"),
    [
        ("{{ $labels.a }}{{ .Labels.b }}{{ $.Labels.c }}", ["a", "b", "c"], False),
        ('{{ printf "%s" $labels.a }}{{ index $labels "b" }}', ["a", "b"], False),
        ("{{ with $labels }}{{ .a }}{{ end }}", ["a"], False),
        ("{{ with .Labels.a }}{{ . }}{{ else }}{{ .Labels.b }}{{ end }}", ["a", "b"], False),
        ("{{ $l := $labels }}{{ $l.a }}", ["a"], False),
        ("{{ if eq $labels.a (index .Labels `b`) }}x{{ end }}", ["a", "b"], False),
        ("{{ ($labels).a }}{{ (index . `Labels`).b }}", ["a", "b"], False),
        ("{{ range $k, $v := $labels }}{{ $k }}{{ $v }}{{ end }}", [], False),
        ('{{ define "t" }}{{ .Labels.a }}{{ end }}{{ template "t" . }}', ["a"], False),
        ('{{ range query "up" }}{{ .Labels.a }}{{ .Value }}{{ end }}', [], True),
        ("{{ $labels }}{{ $externalLabels.x }}{{ .ExternalURL }}", [], False),
        ("{{ .Value }}", [], True),
        ("{{ . }}", [], True),
        ("{{ with .Value }}x{{ end }}", [], True),
        ("{{ $x := $value | humanize }}{{ $x }}", [], True),
    ],
)
def test_what_a_text_reads_of_its_alert_is_known(text: str, labels: list[str], value: bool) -> None:
    read = reading(parsed(text))
    assert (read.labels, read.value) == (labels, value)
