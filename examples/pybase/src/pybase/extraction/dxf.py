"""DXF: pairs of lines, a group code and its value (https://help.autodesk.com/view/OARX/
2024/ENU/?guid=GUID-235B22E0-A567-4CF6-92D3-38A2306D73F3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from pybase.extraction.errors import ExtractionError

_X, _Y = (10, 11), (20, 21)  # group codes of a point's coordinates


def read_dxf(content: bytes) -> dict[str, Any]:
    """Entities by type, layers, and the box around all points."""
    entities: Counter[str] = Counter()
    layers: set[str] = set()
    xs: list[float] = []
    ys: list[float] = []
    section, found = "", False
    for code, value in _named_sections(_pairs(content)):
        if code == 2 and value.startswith("SECTION "):
            section, found = value.removeprefix("SECTION "), True
        elif (code, value) == (0, "ENDSEC"):
            section = ""
        elif section == "ENTITIES":
            if code == 0:
                entities[value] += 1
            elif code == 8:
                layers.add(value)
            elif code in _X or code in _Y:
                (xs if code in _X else ys).append(float(value))
    if not found:
        raise ExtractionError("the DXF file has no section")
    box = [min(xs), min(ys), max(xs), max(ys)] if xs and ys else None
    return {"entities": dict(sorted(entities.items())), "layers": sorted(layers), "box": box}


def _named_sections(pairs: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The pairs, with `SECTION NAME` in place of a section's two."""
    for code, value in pairs:
        if (code, value) == (0, "SECTION"):
            _, name = next(pairs, (2, ""))
            yield 2, f"SECTION {name}"
        else:
            yield code, value


def _pairs(content: bytes) -> Iterator[tuple[int, str]]:
    lines = content.decode("utf-8", "replace").splitlines()
    for number in range(0, len(lines) - 1, 2):
        code, value = lines[number].strip(), lines[number + 1].strip()
        if not code.isdecimal():
            raise ExtractionError(
                f"line {number + 1} of the DXF file is no group code: {code[:20]!r}"
            )
        yield int(code), value
        if (code, value) == ("0", "EOF"):
            return
    raise ExtractionError("the DXF file ends before its EOF")
