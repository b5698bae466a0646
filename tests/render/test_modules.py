"""The text of generated metrics modules: golden files, tools, hostile content."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pbmon import Counter, Gauge, Histogram, Label
from pbmon.errors import DefinitionError
from pbmon.model.metrics import Metric
from pbmon.plan.modules import AppModule
from pbmon.render.python_text import WIDTH, docstring, python, width
from render.app_modules import API, METHOD, PLAIN, module_of, text_of, write

GOLDEN = Path(__file__).parent.parent / "golden" / "modules"
QUOTES = ['"', "'", "\\", "{{ x }}", "{% raw %}", "%", "#}", '"""']
HOSTILE = [*QUOTES, "\n\r\t", "\0\x1b", "é≤→", "統計", "😀", "\u202e", "ا", "e\u0301"]


@pytest.mark.parametrize("module", [API, PLAIN], ids=lambda module: str(module.path))
def test_a_module_comes_out_as_in_its_golden_file(
    module: AppModule, request: pytest.FixtureRequest
) -> None:
    golden = GOLDEN / module.path
    if request.config.getoption("--rewrite"):
        golden.write_text(text_of(module), "utf-8")
    assert text_of(module) == golden.read_text("utf-8")


def test_rendering_twice_gives_the_same_bytes() -> None:
    assert text_of(API) == text_of(API)


@example(" \x1f\x1f0000000000000000\x1f\x1f\x1f" + "\U00010000" * 5, 0)
@given(
    st.text(st.sampled_from("".join(HOSTILE) + "ab ") | st.characters(), max_size=300),
    st.integers(0, 24),
)
def test_python_reads_any_text_back_and_no_line_is_too_long(text: str, column: int) -> None:
    source = python(text, column)
    assert ast.literal_eval(f"({source})") == text
    first, *rest = source.split("\n")
    assert all(width(line) + 1 <= WIDTH for line in (" " * column + first, *rest))


@given(st.text(st.sampled_from('"\\ab \n'), max_size=60) | st.text(max_size=200))
def test_no_prose_ends_its_docstring(text: str) -> None:
    tree = ast.parse(f'"""{docstring(text)}"""')
    assert ast.get_docstring(tree, clean=False) is not None
    assert "".join((ast.get_docstring(tree) or "").split()) == "".join(text.split())


def label(name: str, *values: str, **bound: object) -> Label:
    return Label(name, "A label.", values=values, **bound)  # type: ignore[arg-type]


def shapes() -> list[AppModule]:
    """Modules in which lines are just short enough, just too long, or odd, in every place that
    holds a name or a text.
    """
    modules = [API, PLAIN]
    for size in (*range(3, 50), 54, 58):
        name = ("word_" * 12)[: size - 1] + "x"
        closed, other = label("kind", "a", "b" * size), label("kind", "a", "c", other="d" * size)
        long = label(name, "a" * (size // 2), "b" * 40, other="x")
        unbound = label("open", max_values=1, other="o" * size)
        modules.append(
            module_of(
                Counter(
                    "a_total", "x" * (size + 20), labels=[closed], symbol=name[: size // 2] + "x"
                ),
                Histogram(
                    "b_seconds",
                    "word " * size,
                    labels=[other, METHOD],
                    buckets=[x / 8 for x in range(1, size)],
                ),
                Gauge(
                    "c", "ab " * 9 + "c" * size, labels=[label("one", "v" * (size + 12)), unbound]
                ),
                Counter(
                    "d_total",
                    "é" * size,
                    labels=[label("l", "统" * size, "q" * 9, other="'")],
                    symbol="o" + name,
                ),
                Gauge("e", "E.", labels=[long] if size < 36 else []),
                Gauge(name, "Plain."),
                docstring=("word " * size + "x" * (size * 2) + "\n\n") * 2,
            )
        )
    for number, odd in enumerate(HOSTILE):
        values = [odd, odd * 30, f"x{odd}y"]
        modules.append(
            module_of(
                Counter(
                    "a_total",
                    f"a{odd * 200}",
                    labels=[label("class", *values, other=odd), label("self", "x", other="y")],
                ),
                Gauge(
                    "b",
                    f"{odd} word " * 90,
                    labels=[label("Upper", max_values=2, other=odd * 60), label("__"[:1], *values)],
                ),
                Gauge(
                    "mixedCase",
                    f"x{odd}",
                    labels=[
                        label("key", *values, max_values=2, other=odd),
                        label("key_", "a", "b"),
                    ],
                ),
                docstring=f"{odd} and {odd * 100} {number}{odd}",
            )
        )
    modules.append(module_of(*(Gauge(f"g{number}", "Plain.") for number in range(60))))
    modules.append(
        module_of(Histogram("plain_seconds", "Plain.", buckets=[1e-9, 0.1, 1, 2.5, 1e16]))
    )
    one, two, same = label("kind", "a", "b"), label("kind", "b", "c"), label("kind", "a", "b")
    modules.append(
        module_of(
            Counter("a_total", "A.", labels=[one]),
            Counter("b_total", "B.", labels=[two]),
            Gauge("c", "C.", labels=[same]),
        )
    )
    return modules


@pytest.mark.slow  # runs mypy
def test_ruff_and_mypy_find_nothing_in_modules_of_any_shape(tmp_path: Path) -> None:
    for number, module in enumerate(shapes()):
        write(replace(module, path=f"shape_{number}.py"), tmp_path)
    lint = [
        "check",
        "--isolated",
        "--target-version=py311",
        "--select=E,F,I,UP,B,N,RUF100",
        "--output-format=concise",
    ]
    for tool in (
        ["ruff", *lint],
        ["ruff", "format", "--isolated", "--diff"],
        [
            "mypy",
            "--strict",
            "--python-version=3.11",
            f"--cache-dir={tmp_path}/cache",
            "--config-file=",
        ],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *tool, "."],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_labels_of_one_name_share_a_type_only_where_their_values_are_the_same() -> None:
    text = text_of(shapes()[-1])
    assert 'ATotalKind = Literal["a", "b"]' in text
    assert 'BTotalKind = Literal["b", "c"]' in text
    assert text.count("= Literal[") == 2


@pytest.mark.parametrize(
    ("metrics", "said"),
    [
        ((Gauge("a", "A."), Gauge("b", "B.", symbol="a")), "b and a (.*) are both symbol 'a'"),
        ((Gauge("a", "A."), Counter("a_total", "B.")), "a_total and a (.*) are both family 'a'"),
        ((Gauge("a", "A.", symbol="class"),), "a is called 'class' in app.py"),
        ((Gauge("a", "A.", symbol="len"),), "a is called 'len' in app.py"),
        ((Gauge("a", "A.", symbol="Metrics"),), "a is called 'Metrics' in app.py"),
        ((Gauge("_a", "A."),), "_a is called '_a' in app.py"),
    ],
)
def test_names_that_a_module_cannot_hold_are_mistakes_of_the_definition(
    metrics: tuple[Metric, ...], said: str
) -> None:
    with pytest.raises(DefinitionError, match=said):
        module_of(*metrics)
