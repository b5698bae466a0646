"""Numbers that docs/slo.md states, so that a test measures what people read."""

from __future__ import annotations

from pathlib import Path

_LINES = (Path(__file__).parents[2] / "docs/slo.md").read_text("utf-8").splitlines()


def row(first: str) -> list[str]:
    """The cells beside this one, in the only table row that begins with it."""
    (line,) = (line for line in _LINES if line.startswith(f"| {first} |"))
    return [cell.strip() for cell in line.strip("|").split("|")[1:]]
