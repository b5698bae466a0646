"""On a terminal a message shows the author's line and points at the call that it is about."""

from __future__ import annotations

from pathlib import Path

import pytest
from pbmon.catalog.catalog import load
from pbmon.cli.excerpt import excerpt
from pbmon.errors import DefinitionErrors
from pbmon.source import Source


def shown(folder: Path, line: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is shown of the mistake in a module that holds the line."""
    (folder / "definitions").mkdir()
    (folder / "definitions/shop.py").write_text(
        f"from pbmon import Gauge, Label\n{line}\n", "utf-8"
    )
    monkeypatch.chdir(folder)
    with pytest.raises(DefinitionErrors) as raised:
        load(Path("definitions"))
    source = raised.value.errors[0].source
    assert source is not None
    return excerpt(source)


@pytest.mark.parametrize(
    ("line", "under"),
    [
        ('g = Gauge("9", "Nine.")', 'Gauge("9", "Nine.")'),
        ('a = 1; g = [1, Gauge("9", "Nine.")]', 'Gauge("9", "Nine.")'),
        ('größe = "統計"; g = Gauge("9", "Nine.")', 'Gauge("9", "Nine.")'),
        ('g = Gauge(\n    "9",\n    "Nine.",\n)', "Gauge("),
        ('if True:\n\tg = Gauge("9", "Nine.")', 'Gauge("9", "Nine.")'),
    ],
)
def test_the_signs_stand_under_the_call_that_is_wrong(
    line: str, under: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rich.cells import cell_len

    text, signs = shown(tmp_path, line, monkeypatch)
    begin = signs.index("^")
    left = next(i for i in range(len(text)) if cell_len(text[:i]) == begin)
    assert text[left:].startswith(under) and signs.count("^") == len(under)


@pytest.mark.parametrize(
    "source",
    [Source("nowhere.py", 3), Source("pyproject.toml", 0), Source("pyproject.toml", 99_999)],
)
def test_a_line_that_cannot_be_read_is_not_shown(source: Source) -> None:
    assert excerpt(source) == []


def test_a_line_of_any_length_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(tmp_path, "x = 1; " * 5_000 + 'g = Gauge("9", "Nine.")', monkeypatch)
    assert len(text) == 1 and len(text[0]) < 200
