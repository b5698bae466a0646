"""PDF: text of the content streams, read without fonts (ISO 32000-1, 7.3.8 and 9.4.3)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Any

from pybase.extraction.errors import ExtractionError

_LIMIT = 8 << 20  # bytes that one stream may unpack to: a small file must not fill the memory
_STREAM = re.compile(
    rb"<<(?P<dictionary>[^>]*(?:>(?!>)[^>]*)*)>>\s*stream\r?\n(?P<data>.*?)\r?\nendstream",
    re.DOTALL,
)
_SHOWN = re.compile(
    rb"\((?P<text>(?:\\.|[^\\()])*)\)\s*Tj|\[(?P<parts>(?:\\.|[^\\\]])*)\]\s*TJ", re.DOTALL
)
_PART = re.compile(rb"\(((?:\\.|[^\\()])*)\)", re.DOTALL)


def read_pdf(content: bytes) -> dict[str, Any]:
    """Number of pages and the lines of text."""
    if not content.startswith(b"%PDF-"):
        raise ExtractionError("the file does not begin with %PDF-")
    if b"%%EOF" not in content[-1024:]:
        raise ExtractionError("the PDF file ends before its %%EOF")
    pages = len(re.findall(rb"/Type\s*/Page\b", content))
    lines = [line for stream in _streams(content) for line in _lines(stream)]
    return {"pages": pages, "lines": lines}


def _streams(content: bytes) -> Iterator[bytes]:
    for match in _STREAM.finditer(content):
        if b"/FlateDecode" not in match["dictionary"]:
            yield match["data"]
            continue
        try:
            unpacked = zlib.decompressobj()
            yield unpacked.decompress(match["data"], _LIMIT)
        except zlib.error as error:
            raise ExtractionError(
                f"a stream of the PDF file cannot be unpacked: {error}"
            ) from error


def _lines(stream: bytes) -> Iterator[str]:
    for match in _SHOWN.finditer(stream):
        if match["text"] is not None:
            yield _text(match["text"])
        else:
            yield "".join(_text(part) for part in _PART.findall(match["parts"]))


def _text(escaped: bytes) -> str:
    return re.sub(rb"\\(.)", rb"\1", escaped, flags=re.DOTALL).decode("latin-1")
