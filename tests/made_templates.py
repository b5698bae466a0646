"""Random texts of alerts in Go's template language, and what promtool makes of them."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from math import copysign, isinf, isnan
from pathlib import Path
from typing import NamedTuple

from hypothesis import strategies as st
from pbmon.proof.texts.values import UnknownTemplate

LABELS = {"instance": "shop-1.example.com:8000", "job": "shop", "room": 'big <hall> & "attic"'}
SERIES: dict[str, list[tuple[dict[str, str], float]]] = {
    "lamps": [
        ({"__name__": "lamps", "job": "shop", "room": "attic"}, 4.5),
        ({"__name__": "lamps", "job": "shop", "room": "kitchen"}, 3.0),
    ],
    "one": [({"__name__": "one", "room": "hall"}, 7.0)],
    "none": [],
}


class Text(NamedTuple):
    """A template, and the value of the alert that it belongs to."""

    template: str
    value: float = 1.5


def query(text: str) -> Sequence[tuple[Mapping[str, str], float]]:
    """What the series of the tests answer."""
    if text not in SERIES:
        raise UnknownTemplate(text)
    return SERIES[text]


def _expression(value: float) -> str:
    zero = f"sum by ({', '.join(LABELS)}) (v)"
    if value == 0:
        return f"{zero} * {copysign(1, value):.0f}"
    if isnan(value) or isinf(value):
        return f"{zero} + {'NaN' if isnan(value) else 'Inf' if value > 0 else '-Inf'}"
    return f"{zero} + {value!r}"


def _rules(texts: Sequence[Text]) -> str:
    rules = [
        {
            "alert": f"A{number}",
            "expr": _expression(text.value),
            "annotations": {"t": text.template},
        }
        for number, text in enumerate(texts)
    ]
    return json.dumps({"groups": [{"name": "all", "rules": rules}]})


def said_by(promtool: Path, folder: Path, texts: Sequence[Text]) -> list[str]:
    """What promtool expands each text to, all in one run."""
    pairs = ",".join(f"{name}={json.dumps(value)}" for name, value in LABELS.items())
    given = [{"series": f"v{{{pairs}}}", "values": "0"}]
    for name, samples in SERIES.items():
        for labels, value in samples:
            inside = ",".join(f'{n}="{v}"' for n, v in labels.items() if n != "__name__")
            given.append({"series": f"{name}{{{inside}}}", "values": str(value)})
    asked = [
        {"alertname": f"A{number}", "eval_time": "0s", "exp_alerts": []}
        for number in range(len(texts))
    ]
    tests = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": "1m",
        "tests": [{"interval": "1m", "input_series": given, "alert_rule_test": asked}],
    }
    (folder / "rules.yml").write_text(_rules(texts))
    (folder / "test.yml").write_text(json.dumps(tests))
    ran = subprocess.run(
        [promtool, "test", "rules", folder / "test.yml"], check=False, capture_output=True
    )
    output = (ran.stdout + ran.stderr).decode()
    found = {
        int(number): ast.literal_eval(f'"{text}"')
        for number, text in re.findall(
            r'alertname: A(\d+),[^{]*?Labels:\{[^\n]*\}\s+Annotations:\{t="((?:[^"\\]|\\.)*)"\}',
            output,
        )
    }
    assert len(found) == len(texts), output[:3000]
    return [found[number] for number in range(len(texts))]


def refused_by(promtool: Path, folder: Path, texts: Sequence[str]) -> set[int]:
    """Numbers of the texts that promtool does not parse."""
    (folder / "rules.yml").write_text(_rules([Text(text) for text in texts]))
    ran = subprocess.run(
        [promtool, "check", "rules", folder / "rules.yml"], check=False, capture_output=True
    )
    output = (ran.stdout + ran.stderr).decode()
    return {int(number) for number in re.findall(r'"A(\d+)": annotation "t"', output)}


_WORDS = (
    "",
    "a",
    "Big hall",
    "x-1",
    "1.5",
    "0x1p4",
    "-3",
    "nan",
    "1e3",
    "h:1",
    "10.0.0.1:80",
    "é<&>'",
    "5m",
    "1h30m",
    "two words",
    "%",
    "[::1]:80",
    "a.b.c:90",
    "inf",
    "tab\t",
)
_NUMBERS = ("0", "1", "-7", "42", "1.0", "1.5", "1e9", "0x1F", "'a'", "1000000", ".5", "-0.0")
_FLAGS = st.sampled_from(("", "+", "-", "#", " ", "0", "+0", "-8", "#+", "08", "8", "12", "-12"))
_PRECISIONS = st.sampled_from(("", ".0", ".1", ".2", ".3", ".8", ".", ".12"))
_VERBS = st.sampled_from(tuple("vvffggdsqxXeEGtTcUobFz%"))
_FORMAT = st.lists(
    st.one_of(
        st.tuples(_FLAGS, _PRECISIONS, _VERBS).map(lambda parts: "%" + "".join(parts)),
        st.sampled_from(
            (" ", "is ", "%", "%%", "%*d", "%-*s", "%.*f", "%[1]v", "%[2]d", "%[9]d", "%!")
        ),
    ),
    min_size=1,
    max_size=3,
).map("".join)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


_STRINGS = st.one_of(
    st.sampled_from(_WORDS).map(_quoted),
    st.sampled_from(
        (
            "$labels.job",
            ".Labels.instance",
            "$labels.room",
            "$.Labels.missing",
            "`raw`",
            "$externalURL",
            '(index $labels "job")',
        )
    ),
)
_FLOATS = st.sampled_from(("$value", ".Value", "$.Value"))
_SIMPLE = st.one_of(
    _STRINGS,
    _FLOATS,
    _FLOATS,
    st.sampled_from(_NUMBERS),
    st.sampled_from(
        (
            "true",
            "false",
            "nil",
            ".",
            "$labels",
            '(query "one")',
            '(query "one" | first)',
            '(query "none")',
            "(toTime 1.5e9)",
            '(args 1 "x")',
            "$externalLabels",
            '(safeHtml "<b>")',
        )
    ),
)
_ONE = (
    "humanize",
    "humanize1024",
    "humanizeDuration",
    "humanizePercentage",
    "humanizeTimestamp",
    "toTime",
    "title",
    "toUpper",
    "toLower",
    "stripPort",
    "stripDomain",
    "parseDuration",
    "len",
    "not",
    "html",
    "js",
    "urlquery",
    "print",
    "println",
    "graphLink",
    "tableLink",
    "safeHtml",
    "value",
    "first",
    "strvalue",
    "printf",
)
_TWO = (
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "and",
    "or",
    "index",
    "match",
    "label",
    "print",
    "args",
    "sortByLabel",
    "slice",
)
_PATTERNS = ("a", "[a-z]+", "(.)(.)", "", "x*", "^", "(?P<n>h)", "shop-([0-9]+)", "[")
_REPLACEMENTS = ("", "X", "$1", "<${1}>", "$2$1", "${n}!", "$1x", "$$")


def _calls(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(st.sampled_from(_ONE), inner).map(lambda p: f"({p[0]} {p[1]})"),
        st.tuples(st.sampled_from(_ONE), inner).map(lambda p: f"({p[1]} | {p[0]})"),
        st.tuples(st.sampled_from(_TWO), inner, inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
        st.tuples(st.sampled_from(_TWO), inner, inner).map(lambda p: f"({p[1]} | {p[0]} {p[2]})"),
        st.tuples(_FORMAT.map(_quoted), st.lists(inner, max_size=3)).map(
            lambda p: f"(printf {p[0]} {' '.join(p[1])})"
        ),
        st.tuples(inner, _FORMAT.map(_quoted)).map(lambda p: f"({p[0]} | printf {p[1]})"),
        st.tuples(
            st.sampled_from(_PATTERNS).map(_quoted),
            st.sampled_from(_REPLACEMENTS).map(_quoted),
            _STRINGS,
        ).map(lambda p: f"(reReplaceAll {p[0]} {p[1]} {p[2]})"),
        st.tuples(
            st.sampled_from(
                ("Value", "Labels.room", "Year", "Month", 'Format "2 Jan 06 15:04"', "x")
            ),
            inner.filter(lambda text: text.startswith("(")),
        ).map(lambda p: f"({p[1]}.{p[0]})"),
    )


_SCALARS = st.one_of(
    _FLOATS, _FLOATS, _STRINGS, st.sampled_from(_NUMBERS), st.sampled_from(("true", "nil"))
)
PRINTED = st.one_of(
    st.tuples(_FORMAT.map(_quoted), st.lists(_SCALARS, min_size=1, max_size=3)).map(
        lambda p: f"printf {p[0]} {' '.join(p[1])}"
    ),
    st.tuples(st.sampled_from(_ONE[:10] + _ONE[14:20]), _FLOATS).map(lambda p: f"{p[1]} | {p[0]}"),
    st.tuples(st.sampled_from(_ONE[6:20]), _STRINGS).map(lambda p: f"{p[1]} | {p[0]}"),
    st.tuples(st.sampled_from(_TWO[:8]), _FLOATS, st.sampled_from(("1.0", "1.5", "1e9"))).map(
        lambda p: f"{p[0]} {p[1]} {p[2]}"
    ),
    st.tuples(_FORMAT.map(_quoted), _FLOATS).map(lambda p: f"{p[1]} | printf {p[0]}"),
    st.tuples(
        st.sampled_from(_PATTERNS).map(_quoted),
        st.sampled_from(_REPLACEMENTS).map(_quoted),
        _STRINGS,
    ).map(lambda p: f"reReplaceAll {p[0]} {p[1]} {p[2]}"),
)
"""Pipelines that Prometheus can expand, most of them."""
PIPELINES = st.recursive(_SIMPLE, _calls, max_leaves=4)
_LITERALS = st.sampled_from(("a", " ", "x\n", "", " end ", "}"))


def _nodes(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    opened = st.sampled_from(("{{ ", "{{- ", "{{"))
    closed = st.sampled_from((" }}", " -}}", "}}"))
    many = st.lists(st.one_of(inner, _LITERALS), min_size=1, max_size=2).map("".join)
    return st.one_of(
        st.tuples(st.sampled_from(("if", "with")), PIPELINES, many, many, closed).map(
            lambda p: f"{{{{ {p[0]} {p[1]} }}}}{p[2]}{{{{ else{p[4]}{p[3]}{{{{ end }}}}"
        ),
        st.tuples(PIPELINES, PIPELINES, many, many, opened).map(
            lambda p: f"{{{{ if {p[0]} }}}}{p[2]}{p[4]}else if {p[1]} }}}}{p[3]}{{{{ end }}}}"
        ),
        st.tuples(
            st.sampled_from(
                (
                    'query "one"',
                    'query "none"',
                    "$labels",
                    'query "lamps" | sortByLabel "room"',
                    ".Labels",
                    "args 1 $value",
                    "nil",
                )
            ),
            st.sampled_from(("", "$x := ", "$k, $v := ")),
            many,
            many,
            st.sampled_from(
                ("", "{{ break }}", "{{ continue }}", "{{ if true }}{{ break }}{{ end }}")
            ),
        ).map(
            lambda p: (
                f"{{{{ range {p[1]}{p[0]} }}}}{p[2]}{_variables(p[1])}{p[4]}x"
                f"{{{{ else }}}}{p[3]}{{{{ end }}}}"
            )
        ),
        st.tuples(PIPELINES, many, PIPELINES).map(
            lambda p: f"{{{{ $x := {p[0]} }}}}{p[1]}{{{{ $x }}}}{{{{ $x = {p[2]} }}}}{{{{ $x }}}}"
        ),
        st.tuples(PIPELINES, PIPELINES)
        .map(
            lambda p: (
                f'{{{{ define "t" }}}}<{{{{ . }}}}>{{{{ end }}}}{{{{ template "t" {p[0]} }}}}'
                f'{{{{ template "t" }}}}{{{{ block "u" {p[1]} }}}}{{{{ . }}}}{{{{ end }}}}'
            )
        )
        .filter(lambda text: "$x" not in text),
        st.tuples(opened, PIPELINES, closed).map("".join),
    )


def _variables(declared: str) -> str:
    return "".join(f"{{{{ {name} }}}}" for name in re.findall(r"\$\w", declared))


TEMPLATES = st.recursive(
    st.one_of(
        st.tuples(
            _LITERALS,
            st.sampled_from(("{{ ", "{{- ")),
            PIPELINES,
            st.sampled_from((" }}", " -}}")),
            _LITERALS,
        ).map("".join),
        st.sampled_from(("{{/* c */}}", "a {{- /* c */ -}} b")),
    ),
    _nodes,
    max_leaves=3,
)
VALUES = st.one_of(
    st.sampled_from(
        (
            0.0,
            -0.0,
            1.0,
            -1.0,
            0.5,
            999.95,
            999.9499999,
            1000.0,
            1023.9,
            1024.0,
            1048576.0,
            59.99,
            60.0,
            3599.6,
            86400.0,
            90061.5,
            1e-4,
            9.99e-5,
            999999.0,
            1e6,
            1234567.0,
            1e15,
            1e20,
            1e21,
            1e27,
            1e-12,
            1e-26,
            0.1 + 0.2,
            1 / 3,
            2 / 3,
            -0.05,
            -1536.0,
            -90061.5,
            1.5e9,
            float("nan"),
            float("inf"),
            float("-inf"),
        )
    ),
    st.floats(-1e9, 1e9),
    st.floats(1e-20, 1e25),
    st.floats(0, 1),
    st.integers(-(10**7), 10**7).map(float),
)
_PIECES = st.sampled_from(
    (
        " ",
        "{{",
        "}}",
        "(",
        ")",
        "|",
        ".",
        "$",
        "$x",
        ":=",
        "=",
        ",",
        "-",
        "- ",
        '"',
        "`",
        "end",
        "else",
        "else if ",
        "if ",
        "range ",
        "nil",
        "true",
        "1",
        "0x",
        "1.2.3",
        "'a",
        "\\",
        "/*",
        "*/",
        "_",
        "é",
        "foo",
        "break",
        "define ",
        "template ",
        "block",
        "\n",
        "with",
        "now",
        "1_000",
        "0b1",
        "07",
        "1e",
        "#",
        "a.b",
    )
)


def _edited(text: str, piece: str, at: int, cut: int) -> str:
    at %= len(text) + 1
    return text[:at] + piece + text[at + cut :]


EDITED = st.builds(_edited, TEMPLATES, _PIECES, st.integers(0, 200), st.integers(0, 3))
"""Templates with a typing mistake, most of them."""
