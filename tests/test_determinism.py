"""The same definitions give the same bytes, whoever builds them, where, and when.

Each build is a process of its own with another hash seed, working folder, locale and time zone.
`scripts/check-pythons.sh` builds with other versions of Python.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pbmon.cli import main
from pbmon.output.scaffold import scaffold

pytestmark = pytest.mark.slow  # builds whole projects in processes of their own

ROOT = Path(__file__).parent.parent
GENERATOR = Path(main.__code__.co_filename).parent.parent.parent
COMMAND = "import sys; sys.argv[0] = 'pbmon'; from pbmon.cli import main; main()"
WHOLE_NUMBERS_ONLY = """
import builtins
add = builtins.sum
def whole(values, start=0):
    values = list(values)
    if any(isinstance(value, float) for value in values):
        raise TypeError("sum() adds floats in another way from Python 3.12 on: use math.fsum")
    return add(values, start)
builtins.sum = whole
"""
HERE = {
    "PYTHONHASHSEED": "1",
    "TZ": "America/New_York",
    "LC_ALL": "tr_TR.UTF-8",
    "LANG": "de_DE.UTF-8",
    "COLUMNS": "40",
    "PYTHONUTF8": "1",
}
THERE = {
    "PYTHONHASHSEED": "2",
    "TZ": "Pacific/Kiritimati",
    "LC_ALL": "C",
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
}
Tree = dict[str, bytes]


def build(
    definitions: Path,
    out: Path,
    cwd: Path,
    environment: dict[str, str],
    before: str = "",
) -> Tree:
    """What a process renders, the manifest included, by path; `before` is Python that it runs
    first.
    """
    cwd.mkdir(parents=True, exist_ok=True)
    everything = {**os.environ, "PYTHONPATH": str(GENERATOR), **environment}
    command = [
        sys.executable,
        "-c",
        before + COMMAND,
        "build",
        "--definitions",
        os.path.relpath(definitions, cwd),
        "--out",
        str(out),
    ]
    subprocess.run(command, cwd=cwd, env=everything, check=True, capture_output=True, timeout=120)
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module", params=["shop", "pybase", "hostile"])
def definitions(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of `pbmon init`, that of this repository, and one with hostile texts."""
    if request.param == "shop":
        folder = tmp_path_factory.mktemp("shop")
        scaffold(folder, "shop")
        return folder / "definitions"
    return (
        ROOT / "definitions"
        if request.param == "pybase"
        else ROOT / "tests/golden/hostile/definitions"
    )


@pytest.fixture(scope="module")
def built(definitions: Path, tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """Without floats that the builtin sum() adds: where one does, no test below can pass."""
    folder = tmp_path_factory.mktemp("first")
    return build(definitions, folder / "build", folder, HERE, WHOLE_NUMBERS_ONLY)


def test_a_build_by_somebody_else_somewhere_else_over_those_files_touches_none(
    definitions: Path, built: Tree, tmp_path: Path
) -> None:
    """Seed, folders, locale and time zone are others: a byte that follows from one of them would be
    written anew.
    """
    copy, out = tmp_path / "deep/er" / definitions.name, tmp_path / "elsewhere/out"
    shutil.copytree(definitions, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for path, content in built.items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_bytes(content)
    times = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    assert build(copy, out, tmp_path / "a b/ü", THERE) == built
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == times


def test_nothing_rendered_names_this_machine_or_this_day(built: Tree, definitions: Path) -> None:
    here = {
        str(ROOT),
        str(definitions.parent),
        str(Path.home()),
        sys.prefix,
        os.uname().nodename if hasattr(os, "uname") else "?",
    }
    here -= {"/", "localhost"}
    today = datetime.now(UTC)
    for path, content in built.items():
        text = content.decode()
        # whole words: a machine may have a name as short as a part of another word
        assert [p for p in here if re.search(rf"(?<!\w){re.escape(p)}(?!\w)", text)] == [], path
        assert not re.search(r"/(tmp|home|Users|root|work|private)/|[A-Z]:\\\\", text), path
        assert f"{today:%Y-%m-%d}" not in text and not re.search(r"\d{2}:\d{2}:\d{2}", text), path
