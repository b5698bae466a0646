"""The authoring API is the same for Python, for a type checker and for whoever reads it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pbmon
import pytest

TREE = ast.parse(Path(pbmon.__file__).read_text("utf-8"))


def imported_for_types() -> dict[str, str]:
    """Module by name, of what is imported under TYPE_CHECKING."""
    (block,) = (node for node in TREE.body if isinstance(node, ast.If))
    return {
        alias.asname or alias.name: node.module or ""
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_the_lazy_table_all_and_the_imports_for_types_name_the_same() -> None:
    assert imported_for_types() == pbmon._MODULE_OF
    assert sorted(pbmon._MODULE_OF) == sorted(pbmon.__all__)


def test_all_is_written_down_so_that_a_type_checker_reads_it() -> None:
    (value,) = (
        node.value
        for node in TREE.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )
    assert ast.literal_eval(value) == sorted(set(pbmon.__all__))


@pytest.mark.parametrize("name", pbmon.__all__)
def test_every_name_is_there(name: str) -> None:
    assert getattr(pbmon, name) is not None


def test_pbmon_loads_nothing_before_a_name_is_used() -> None:
    code = "import pbmon, sys; print([name for name in sys.modules if name.startswith('pbmon.')])"
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert loaded.stdout.strip() == "[]"
