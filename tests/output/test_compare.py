"""What a build would change, told without changing it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pbmon.output.compare import compare, unified_diff
from pbmon.output.write import write

from .trees import NEW, OLD, artifacts, place, snapshot


def test_each_kind_of_difference_is_named_and_shown_as_a_diff(tmp_path: Path) -> None:
    out = tmp_path / "build"
    write(
        artifacts(
            {
                "changed": "1\n",
                "edited": "1\n",
                "gone-edited": "1\n",
                "removed": "1\n",
                "same": "1\n",
            }
        ),
        out,
    )
    place(
        out,
        {"edited": "mine\n", "gone-edited": "mine\n", "foreign": "mine\n", "elsewhere": "mine\n"},
    )
    before = snapshot(tmp_path)
    found = compare(
        artifacts(
            {"changed": "2\n", "edited": "2\n", "foreign": "2\n", "new": "2\n", "same": "1\n"}
        ),
        out,
    )
    assert [(one.path, one.kind) for one in found] == [
        ("changed", "changed"),
        ("edited", "edited"),
        ("foreign", "foreign"),
        ("gone-edited", "edited"),
        ("new", "new"),
        ("removed", "removed"),
    ]
    assert found[0].diff == "--- a/changed\n+++ b/changed\n@@ -1 +1 @@\n-1\n+2\n"
    assert found[4].diff == "--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+2\n"
    assert found[5].diff == "--- a/removed\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n"
    assert snapshot(tmp_path) == before


def test_a_folder_that_does_not_exist_is_all_new_and_is_not_made(tmp_path: Path) -> None:
    found = compare(artifacts(NEW), tmp_path / "a" / "build")
    assert [(one.path, one.kind) for one in found] == [(path, "new") for path in sorted(NEW)]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("spoil", "kind"), [("unlink", "new"), ("touch", "changed")])
def test_the_manifest_shows_when_it_alone_is_out_of_date(
    tmp_path: Path, spoil: str, kind: str
) -> None:
    out = tmp_path / "build"
    write(artifacts({**NEW, "gone": "1\n"}), out)
    (out / "gone").unlink()
    if spoil == "unlink":
        (out / ".pbmon.json").unlink()
        assert compare(artifacts(NEW), out)[0].kind == "new"
    found = compare(artifacts(NEW), out)
    assert [(one.path, one.kind) for one in found] == [(".pbmon.json", kind)]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no symbolic links for everyone")
def test_a_link_is_shown_by_where_it_leads_and_not_read(tmp_path: Path) -> None:
    out = tmp_path / "build"
    write(artifacts(OLD), out)
    (out / "alerts" / "api.yml").unlink()
    (out / "alerts" / "api.yml").symlink_to("/etc/hostname")
    (found,) = compare(artifacts(OLD), out)
    assert found.kind == "edited"
    assert "-/etc/hostname\n\\ No newline at end of file\n+old\n" in found.diff


def test_bytes_that_are_no_text_are_shown_escaped(tmp_path: Path) -> None:
    out = tmp_path / "build"
    write(artifacts({"a": "1\n"}), out)
    (out / "a").write_bytes(b"\xff\x00\n")
    (found,) = compare(artifacts({"a": "1\n"}), out)
    assert found.diff == "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-\\xff\x00\n+1\n"


def patched(text: str, diff: str) -> str:
    """The text after a unified diff, read as `patch` reads it."""
    lines = text.split("\n")
    made, taken = [], 0
    for hunk in re.split(r"^@@ ", diff, flags=re.MULTILINE)[1:]:
        head, _, body = hunk.partition("\n")
        start, count = [*re.findall(r"\d+", head.split(" ")[0]), "1"][:2]
        first = int(start) - (count != "0")
        made += lines[taken:first]
        for line in body.removesuffix("\n").split("\n"):
            if line[0] in " +":
                made.append(line[1:])
            taken += line[0] in " -" and (first := first + 1) - taken
    made += lines[taken:]
    return "\n".join(made)


lines = st.lists(st.sampled_from(["a", "b", "- c", "@ d", "\x0b", "x\u2028y", "\r"]), max_size=12)


@given(before=lines, after=lines)
@example(before=["a"], after=[])
@example(before=[], after=["b"])
def test_a_diff_applied_to_the_old_text_gives_the_new_one(
    before: list[str], after: list[str]
) -> None:
    old, new = ("".join(f"{line}\n" for line in side) for side in (before, after))
    assert patched(old, unified_diff("x", old.encode(), new.encode())) == new


def test_a_missing_last_newline_is_marked_as_patch_expects() -> None:
    assert unified_diff("x", b"a\nb", b"a\nb\n") == (
        "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n"
    )
