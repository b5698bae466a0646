"""Technical drawings: what PyBase asks Werk24 for. The small PyBase reads the callouts in the
drawing's text instead.
"""

from __future__ import annotations

import re
from typing import Any

from pybase.extraction.pdf import read_pdf

_CALLOUTS = {
    "diameters": re.compile(r"[ØD]\s?(\d+(?:\.\d+)?)"),
    "threads": re.compile(r"\b(M\d+(?:x\d+(?:\.\d+)?)?)\b"),
    "tolerances": re.compile(r"\b(ISO 2768-[a-z]{1,2})\b", re.IGNORECASE),
}


def read_drawing(content: bytes) -> dict[str, Any]:
    """Diameters, threads and general tolerances of a drawing in PDF."""
    lines = read_pdf(content)["lines"]
    return {
        kind: [found for line in lines for found in pattern.findall(line)]
        for kind, pattern in _CALLOUTS.items()
    }
