"""Every check has a page that says what it says in the code."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "generator/pbmon"
FOLDER = ROOT / "docs/checks"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "write_check_pages", ROOT / "scripts/write_check_pages.py"
    )
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    __import__("sys").modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def ids_in_the_code() -> set[str]:
    """Literal ids of findings in the checks and the command line; most are the first argument of a
    Finding.
    """
    found = set()
    for path in [
        *(PACKAGE / "checks").rglob("*.py"),
        *(PACKAGE / "audit").rglob("*.py"),
        *(PACKAGE / "cli").glob("*.py"),
        PACKAGE / "acceptance.py",
    ]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"Finding", "Lack", "_findings", "misfits", "unexplained"}
            ):
                match node.args[0]:
                    case ast.Constant(str(id)):
                        found.add(id)
                    case ast.Call(ast.Name("id_of"), [ast.Name(check)]):
                        found.add(check.replace("_", "-"))
    return found


def test_the_pages_are_what_the_docstrings_say(script: ModuleType) -> None:
    """Otherwise: python scripts/write_check_pages.py"""
    assert script.differences() == []


def test_every_id_in_the_code_has_a_page() -> None:
    ids = ids_in_the_code()
    assert {
        "alert-has-panel",
        "promtool-rules",
        "amtool-config",
        "output-is-current",
        "thresholds-ascend",
    } <= ids
    assert ids - {path.stem for path in FOLDER.glob("*.md")} == set()


def test_every_page_belongs_to_an_id_in_the_code() -> None:
    assert {path.stem for path in FOLDER.glob("*.md")} - ids_in_the_code() == {
        "README",
        "environment",
    }


def test_the_first_paragraph_of_a_page_is_one_sentence(script: ModuleType) -> None:
    for _, group in script.GROUPS:
        for page in group:
            first = page.text.split("\n\n")[0]
            assert first.endswith(".") and first[0].isupper(), page.id


def test_every_page_says_why(script: ModuleType) -> None:
    for _, group in script.GROUPS:
        for page in group:
            assert len(page.text.split("\n\n")) > 1, page.id


def test_every_link_between_the_pages_leads_to_one() -> None:
    for path in FOLDER.glob("*.md"):
        for token in MarkdownIt("commonmark").enable("table").parse(path.read_text("utf-8")):
            for child in token.children or []:
                target = str(child.attrs.get("href", "")) if child.type == "link_open" else ""
                assert not target or target.startswith("https://") or (FOLDER / target).exists(), (
                    path.name,
                    target,
                )


def test_what_differs_is_named(
    script: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(script, "FOLDER", tmp_path)
    assert script.main([]) == 0 and script.main(["--check"]) == 0
    (tmp_path / "alert-has-panel.md").write_text("edited", "utf-8")
    (tmp_path / "gone.md").write_text("of a check that is gone", "utf-8")
    assert script.main(["--check"]) == 1
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "docs/checks/alert-has-panel.md",
        "docs/checks/gone.md",
    ]
    assert (
        script.main([]) == 0 and not (tmp_path / "gone.md").exists() and script.differences() == []
    )
