"""What is committed below build/."""

from __future__ import annotations

import json
from pathlib import Path

BUILD = Path(__file__).parent.parent.parent / "build"


def test_build_holds_the_files_of_the_last_build_and_no_older_ones() -> None:
    """`pbmon build --check` leaves others alone, as they may be written by hand."""
    listed = json.loads((BUILD / ".pbmon.json").read_text("utf-8"))["files"]
    there = {path.relative_to(BUILD).as_posix() for path in BUILD.rglob("*") if path.is_file()}
    assert {path for path in there if "__pycache__" not in path} == {*listed, ".pbmon.json"}
