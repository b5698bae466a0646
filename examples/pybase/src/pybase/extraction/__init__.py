"""Readers of CAD and PDF files. Each takes the bytes of a file and gives a dict that fits a JSON
column.

They read the structure of the format itself and nothing exotic; ExtractionError says what a file
lacks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pybase.extraction.dxf import read_dxf
from pybase.extraction.errors import ExtractionError
from pybase.extraction.part21 import read_ifc, read_step
from pybase.extraction.pdf import read_pdf
from pybase.extraction.werk24 import read_drawing


def kind_of(content: bytes) -> str:
    """Name of the task that reads this content. Raises ExtractionError where no reader knows it."""
    if content.startswith(b"%PDF-"):
        return "extract_pdf"
    head = content[:2000].lstrip()
    if head.startswith(b"ISO-10303-21"):
        return "extract_ifc" if b"FILE_SCHEMA(('IFC" in head.replace(b" ", b"") else "extract_step"
    if head.startswith(b"0") and b"SECTION" in head:
        return "extract_dxf"
    raise ExtractionError("the file is neither PDF, DXF, IFC nor STEP")


def read_any(content: bytes) -> dict[str, Any]:
    """Finds out what the file is and reads it."""
    kind = kind_of(content)
    return {"kind": kind, **READERS[kind](content)}


READERS: dict[str, Callable[[bytes], dict[str, Any]]] = {
    "extract_pdf": read_pdf,
    "extract_dxf": read_dxf,
    "extract_ifc": read_ifc,
    "extract_step": read_step,
    "extract_werk24": read_drawing,
    "extract_file_auto": read_any,
}
"""Reader by name of its Celery task."""

__all__ = ["READERS", "ExtractionError", "kind_of", "read_any"]
