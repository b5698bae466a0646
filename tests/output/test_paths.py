"""Which paths an artifact may have."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pbmon.artifact import Artifact
from pbmon.errors import UsageError
from pbmon.output.paths import contents
from pbmon.output.write import write

from .trees import artifacts, snapshot


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/etc/passwd", "leads out of the output folder"),
        ("../a", "leads out of the output folder"),
        ("a/../../b", "leads out of the output folder"),
        ("", "has a part without a name"),
        ("a//b", "has a part without a name"),
        ("a/", "has a part without a name"),
        ("./a", "has a part without a name"),
        ("C:/a", "has a part named 'C:', which Windows refuses"),
        ("a\\b", "which Windows refuses"),
        ("a\nb", "which Windows refuses"),
        ("a\0", "which Windows refuses"),
        ("x/aux.json", "has a part named 'aux.json', which Windows refuses"),
        ("a./b", "has a part named 'a.', which Windows refuses"),
        (".PBMON.json", "is where pbmon keeps what it wrote"),
        ("\ud800", "holds '\\ud800', which UTF-8 cannot express"),
    ],
)
def test_a_path_that_some_system_cannot_hold_is_refused(path: str, problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        contents([Artifact(path, "x\n")])
    assert repr(path) in caught.value.problem
    assert problem in caught.value.problem


@pytest.mark.parametrize(
    "path", ["a", "a/b.yml", ".hidden", "..a", "con-fig.yml", "console.json", "µ/ü", "a b", "com10"]
)
def test_ordinary_paths_are_accepted(path: str) -> None:
    assert contents([Artifact(path, "x\n")]) == {path: b"x\n"}


@pytest.mark.parametrize(
    ("paths", "problem"),
    [
        (["a", "A"], "differ only in case"),
        (["a/x", "A/y"], "'a' and 'A' differ only in case"),
        (["caf\u00e9", "cafe\u0301"], "differ only in case"),
        (["a", "a/b"], "'a/b' needs a folder where 'a' is a file"),
        (["a", "a/b/c"], "'a/b/c' needs a folder where 'a' is a file"),
    ],
)
def test_paths_that_cannot_lie_side_by_side_are_refused(paths: list[str], problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        contents(artifacts(dict.fromkeys(paths, "x\n")))
    assert problem in caught.value.problem


def test_a_path_rendered_twice_is_refused_even_with_the_same_text() -> None:
    with pytest.raises(UsageError, match="'a' is rendered twice"):
        contents([Artifact("a", "x\n"), Artifact("a", "x\n")])


def test_all_unusable_paths_are_named_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        contents(artifacts({"../a": "", "b/": "", "c": "\udc00"}))
    assert caught.value.problem == (
        "these files cannot be written, so nothing is:\n"
        "  '../a' leads out of the output folder\n"
        "  'b/' has a part without a name\n"
        "  'c' holds '\\udc00', which UTF-8 cannot express"
    )


@given(path=st.text(st.sampled_from("ab./\\:~ \0µ\ud800"), max_size=8) | st.text(max_size=300))
def test_whatever_its_path_a_file_is_written_below_the_folder_or_refused(path: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            write([Artifact(path, "x\n")], Path(folder, "build"))
        except UsageError:
            assert snapshot(Path(folder)) == {}
        else:
            files = {
                name for name, content in snapshot(Path(folder)).items() if content != "folder"
            }
            assert files == {f"build/{path}", "build/.pbmon.json"}
