"""Every mistake in definitions gets its file, its line, what is wrong, and what exists.

A case is a module in tests/errors/ and the message it gets, in a .txt of the same name. `pytest
--rewrite` writes the messages anew; read the difference before committing it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pbmon.catalog.catalog import load
from pbmon.errors import DefinitionErrors
from pbmon.plan.plan import resolve

CASES = Path(__file__).parent / "errors"
PROJECT = (
    'from pbmon import Project\n\nproject = Project(name="shop", title="Shop",'
    ' runbook_url="https://example.com/runbooks")\n'
)


def folder_of(tmp_path: Path, **modules: str) -> Path:
    """A definitions folder with a project and these modules, text by name."""
    folder = tmp_path / "definitions"
    folder.mkdir()
    for name, text in {"project": PROJECT, **modules}.items():
        (folder / f"{name}.py").write_text(text, "utf-8")
    return folder


def mistakes(folder: Path) -> str:
    """What a user reads."""
    with pytest.raises(DefinitionErrors) as raised:
        resolve(load(folder))
    return str(raised.value) + "\n"


@pytest.mark.parametrize("case", sorted(path.stem for path in CASES.glob("*.py")))
def test_a_mistake_is_named_where_it_was_written(
    case: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = folder_of(tmp_path)
    shutil.copy(CASES / f"{case}.py", folder / "shop.py")
    message = mistakes(folder)
    expected = CASES / f"{case}.txt"
    if request.config.getoption("--rewrite"):
        expected.write_text(message, "utf-8")
    assert message == expected.read_text("utf-8")


def test_every_message_names_the_file_and_the_line() -> None:
    for path in CASES.glob("*.txt"):
        first = path.read_text("utf-8").splitlines()[0]
        assert first.startswith("definitions/") and first.split(":")[1].isdigit(), path.name


def test_one_broken_module_does_not_hide_the_mistakes_of_another(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path,
        one='from pbmon import Gauge\nx = Gauge("a-b", "X.")\n',
        two="x = 1 +\n",
        three="import one_that_is_missing\n",
    )
    message = mistakes(folder)
    assert "definitions/one.py:2: metric name 'a-b' cannot be exposed" in message
    assert "definitions/two.py:1: Python cannot read this" in message
    assert "definitions/three.py:1: ModuleNotFoundError" in message


def test_a_mistake_in_a_module_that_others_import_is_told_once(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path,
        shared='from pbmon import Label\nx = Label("u", "U.")\n',
        a="from .shared import x\n",
        b="from definitions.shared import x\n",
    )
    message = mistakes(folder)
    assert message.count("has no bound") == 1 and "definitions/shared.py:2" in message


def test_an_empty_folder_says_how_to_begin(tmp_path: Path) -> None:
    (tmp_path / "definitions").mkdir()
    assert "pbmon init" in mistakes(tmp_path / "definitions")


def test_a_mistake_inside_a_function_of_the_definitions_names_the_line_that_made_the_object(
    tmp_path: Path,
) -> None:
    folder = folder_of(
        tmp_path,
        shop=(
            'from pbmon import Gauge\n\n\ndef make(name):\n    return Gauge(name, "X.")\n\n\nx ='
            ' make("a-b")\n'
        ),
    )
    assert mistakes(folder).startswith("definitions/shop.py:5: ")
