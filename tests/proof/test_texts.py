"""Texts of alerts expand as Prometheus expands them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

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
from pbmon.proof.texts.expand import expanded
from pbmon.proof.texts.values import FailedTemplate, UnknownTemplate

FAILED = "<error expanding template"


def ours(text: Text) -> str | None:
    """What pbmon expands a text to: None where that is not known."""
    try:
        return expanded(text.template, text.value, LABELS, query=query)
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
