"""Whole projects and all they render to, byte for byte.

A golden tree is a folder in tests/golden/: `definitions/` and what comes of it, `build/`. The
project of `pbmon init` has its definitions in the package. `pytest --rewrite` writes the trees
anew; read the difference before committing it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pbmon.catalog.catalog import load
from pbmon.output.scaffold import scaffold
from pbmon.plan.plan import resolve
from pbmon.render.artifacts import render

GOLDEN = Path(__file__).parent / "golden"


def test_the_project_of_init_renders_as_in_its_golden_tree(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    scaffold(tmp_path, "shop")
    compare_trees(rendered(tmp_path / "definitions"), GOLDEN / "shop", request)


def test_a_project_of_hostile_texts_renders_as_in_its_golden_tree(
    request: pytest.FixtureRequest,
) -> None:
    compare_trees(
        rendered(GOLDEN / "hostile" / "definitions"), GOLDEN / "hostile" / "build", request
    )


def rendered(definitions: Path) -> dict[str, bytes]:
    return {
        artifact.path: artifact.text.encode() for artifact in render(resolve(load(definitions)))
    }


def compare_trees(found: dict[str, bytes], golden: Path, request: pytest.FixtureRequest) -> None:
    """The files found are those of the golden tree, and no others; with --rewrite they
    become it.
    """
    if request.config.getoption("--rewrite"):
        shutil.rmtree(golden, ignore_errors=True)
        for path, content in found.items():
            (golden / path).parent.mkdir(parents=True, exist_ok=True)
            (golden / path).write_bytes(content)
    expected = {
        path.relative_to(golden).as_posix(): path.read_bytes()
        for path in golden.rglob("*")
        if path.is_file()
    }
    assert found.keys() == expected.keys()
    for path, content in found.items():
        assert content.decode() == expected[path].decode(), path
