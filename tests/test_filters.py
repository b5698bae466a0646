"""Text that passes a filter is that text in the other language, whatever it holds."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml as pyyaml
from drawn import drawn
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pbmon.errors import DefinitionErrors
from pbmon.render.filters import (
    markdown,
    markdown_cell,
    markdown_code,
    plain_template,
    yaml,
    yaml_block,
)
from projects import FRAGMENTS
from small_projects import catalog_of

MARKUP = (
    "# ", "## x", "---", "***", "===", "- a", "+ a", "1. a", "1) a", "1.", "-", "> a", "    code",
    "~~~", "```", "| a |", "|---|",
    "<b>", "<!--", "-->", "[x](y)", "![x](y)", "[x]", "[x]: y", "<http://x>", "&lt;", "&#42;", "\\",
    "\\\n", "  \n", "*a*", "__a__",
    "`a`", "$a$",
)  # fmt: skip
texts = st.one_of(
    st.text(),
    st.lists(st.sampled_from((*FRAGMENTS, *MARKUP, " ", "\n", "a")), max_size=8).map("".join),
)
one_line = texts.map(lambda text: " ".join(text.replace("\x00", "").split()))
"""What Markdown can show: one line, without the character that CommonMark replaces."""


@given(texts)
@example("y")
@example("Null")
@example("=")
@example("1:30")
@example("a: b")
@example("a #b")
def test_any_text_in_yaml_loads_as_the_same_text(text: str) -> None:
    assert pyyaml.safe_load(f"key: {yaml(text)}\n") == {"key": text}
    assert pyyaml.safe_load(f"[{yaml(text)}]\n") == [text]


@given(st.one_of(st.booleans(), st.integers(), st.floats(allow_nan=False)))
@example(1e16)
@example(float("inf"))
def test_any_number_in_yaml_loads_as_the_same_number(number: float) -> None:
    loaded = pyyaml.safe_load(yaml(number))
    assert loaded == number and type(loaded) is type(number)


@given(texts, st.integers(1, 12))
def test_a_block_in_yaml_loads_as_the_same_text(text: str, indent: int) -> None:
    nested = (
        "".join(f"{' ' * depth}k:\n" for depth in range(indent - 1))
        + f"{' ' * (indent - 1)}k: {yaml_block(text, indent)}\n"
    )
    loaded: Any = pyyaml.safe_load(nested)
    for _ in range(indent):
        loaded = loaded["k"]
    assert loaded == text


@given(texts)
def test_yaml_is_one_line_of_printable_characters(text: str) -> None:
    assert yaml(text).isprintable()


def test_prometheus_reads_the_same_text_as_was_written(promtools: Path, tmp_path: Path) -> None:
    """One run of promtool evaluates an alert a text; what it must get is written as escapes of
    every single character.
    """
    every = drawn(texts, 1500)
    some = sorted({text for text in every if "{{" not in text})
    assert len(some) > len(every) * 2 // 5
    rules = [
        f"- alert: A{i}\n  expr: vector(1)\n  annotations: {{a: {_flow(text)}, b: x}}\n"
        for i, text in enumerate(some)
    ]
    rules += [
        f"- alert: B{i}\n  expr: vector(1)\n  annotations:\n    a: {yaml_block(text, 6)}\n   "
        " b: x\n"
        for i, text in enumerate(some)
    ]
    (tmp_path / "r.yml").write_text(
        "groups:\n- name: g\n  rules:\n"
        + "".join(f"  {line}\n" for rule in rules for line in rule.splitlines())
    )
    wanted = [
        f"{{alertname: {kind}{i}, eval_time: 0,"
        f" exp_alerts: [{{exp_annotations: {{a: {_escaped(text)}, b: x}}}}]}}"
        for kind in "AB"
        for i, text in enumerate(some)
    ]
    (tmp_path / "t.yml").write_text(
        f"rule_files: [r.yml]\ntests:\n- interval: 1m\n  alert_rule_test: [{', '.join(wanted)}]\n"
    )
    ran = subprocess.run(
        [promtools, "test", "rules", "t.yml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, (ran.stdout + ran.stderr)[:3000]


def _flow(text: str) -> str:
    """The filter's scalar; a plain one holds no character that ends it within braces."""
    assert yaml(text).startswith('"') or not set("{}[],").intersection(yaml(text))
    return yaml(text)


def _escaped(text: str) -> str:
    return '"' + "".join(f"\\U{ord(character):08x}" for character in text) + '"'


HALF = '"\\ud83d"'


@pytest.mark.parametrize(
    "body",
    [
        f'doors = Gauge("doors", {HALF})',
        f'a = Alert("A", lamps > 1, severity="info", summary={HALF}, impact="b", action="c")',
        f'a = Alert("A", lamps > 1, labels={{"team": {HALF}}}, **SAID)',
        f'tag = Label("tag", "T.", max_values=3, other="o")\n'
        f'doors = Gauge("doors", "D.", labels=[tag])\n'
        f'r = Record("instance_job_tag:doors:x", doors.where(tag.is_({HALF})))',
        f'd = Dashboard("D", uid="d", file="d", rows=[Row("R", Text("T", {HALF}))])',
        f'd = Dashboard("D", uid="d", file="d", rows=[Row("R",'
        f' Panel("P", lamps, mappings={{1: ({HALF}, "red")}}))])',
    ],
)  # fmt: skip
def test_half_a_character_is_a_mistake_at_the_authors_line_for_no_file_can_hold_it(
    body: str,
) -> None:
    with pytest.raises(
        DefinitionErrors,
        match=r"definitions/shop.py:\d+: '\\ud83d' holds '\\ud83d', half a character",
    ) as raised:
        catalog_of(body)
    assert len(raised.value.errors) == 1


COMMONMARK = MarkdownIt("commonmark").enable("table")


def shown(text: str) -> str:
    """The text of one paragraph, after proof that it is one paragraph of nothing but text."""
    tokens = COMMONMARK.parse(text)
    assert [token.type for token in tokens] == [
        "paragraph_open",
        "inline",
        "paragraph_close",
    ], tokens
    assert {token.type for token in tokens[1].children or []} <= {"text", "text_special"}, tokens[
        1
    ].children
    return _text(tokens[1])


def _text(inline: Token) -> str:
    return "".join(token.content for token in inline.children or [])


@given(one_line.filter(bool))
@example("1. a")
@example("1.")
@example("---")
@example("-")
@example("===")
def test_markdown_shows_the_text_itself_and_nothing_else(text: str) -> None:
    """No heading, list, quote, link, image, emphasis, code, entity or HTML; and no backslash of
    ours is seen.
    """
    assert shown(f"above\n\n{markdown(text)}\n\nbelow".split("\n\n")[1]) == text
    assert [token.type for token in COMMONMARK.parse(f"above\n{markdown(text)}")] == [
        "paragraph_open",
        "inline",
        "paragraph_close",
    ]


@given(one_line)
def test_markdown_in_a_heading_shows_the_text_itself(text: str) -> None:
    tokens = COMMONMARK.parse(f"# {markdown(text)}")
    assert [token.type for token in tokens] == ["heading_open", "inline", "heading_close"]
    assert _text(tokens[1]) == text


@given(one_line.filter(bool))
@example("`")
@example("a``b`c")
@example("` a `")
def test_inline_code_shows_the_text_itself(text: str) -> None:
    inline = COMMONMARK.parse(markdown_code(text))[1]
    assert [(token.type, token.content) for token in inline.children or []] == [
        ("code_inline", text)
    ]


def test_no_text_is_no_code() -> None:
    assert markdown_code("") == markdown_cell(" \n") == ""


def cells(*texts: str) -> list[str]:
    """What the cells of a table's last row show; backticks around code are left out."""
    tokens = COMMONMARK.parse(
        f"|{' a |' * len(texts)}\n|{'---|' * len(texts)}\n| {' | '.join(texts)} |\n"
    )
    rows = [number for number, token in enumerate(tokens) if token.type == "tr_open"]
    assert len(rows) == 2 and tokens[-1].type == "table_close"
    return [_text(token) for token in tokens[rows[1] :] if token.type == "inline"]


@pytest.mark.parametrize("cell", [markdown, markdown_cell])
@given(left=one_line, right=one_line)
@example(left="a|b", right="|")
@example(left='x=~"a\\\\|b"', right="\\")
def test_a_cell_of_a_table_keeps_to_its_column(
    cell: Callable[[str], str], left: str, right: str
) -> None:
    assert cells(cell(left), "between", cell(right)) == [left, "between", right]


@given(one_line)
def test_a_bar_in_a_cell_has_an_odd_number_of_backslashes_before_it(text: str) -> None:
    """GitHub pairs backslashes before it looks for the bar that ends a cell; text in backticks must
    survive both ways to read.
    """
    quoted = json.dumps(text)
    for run in re.findall(r"(\\*)\|", markdown_cell(quoted)):
        assert len(run) % 2


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("{{ $value | humanizePercentage }} of requests", "‹value› of requests"),
        ("on {{ $labels.instance }} and {{$labels.job}}", "on ‹instance› and ‹job›"),
        ('{{ printf "%.2f" $value }} s', "‹value› s"),
        ("no template", "no template"),
    ],
)
def test_a_template_reads_as_what_it_stands_for(text: str, plain: str) -> None:
    assert plain_template(text) == plain
