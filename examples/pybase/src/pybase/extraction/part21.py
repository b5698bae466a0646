"""IFC and STEP: both are exchange files of ISO 10303-21, `#12=NAME(arguments);` in a
DATA section.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from pybase.extraction.errors import ExtractionError

_INSTANCE = re.compile(
    r"#(?P<id>\d+)\s*=\s*(?P<name>[A-Z0-9_]+)\s*\((?P<arguments>(?:'(?:[^']|'')*'|[^;'])*)\)\s*;"
)
_TEXT = re.compile(r"'((?:[^']|'')*)'")
_REFERENCE = re.compile(r"#(\d+)")
_SCHEMA = re.compile(r"FILE_SCHEMA\s*\(\s*\(\s*'([^']*)'")


def read_ifc(content: bytes) -> dict[str, Any]:
    """Building elements by type, and the names of the storeys."""
    schema, instances = _read(content)
    if not schema.startswith("IFC"):
        raise ExtractionError(f"the schema is {schema or 'missing'}, not IFC")
    counts = Counter(name for name, _ in instances.values() if name.startswith("IFC"))
    storeys = [
        texts[1]
        for name, arguments in instances.values()
        if name == "IFCBUILDINGSTOREY" and len(texts := _texts(arguments)) > 1
    ]
    return {"schema": schema, "elements": dict(sorted(counts.items())), "storeys": storeys}


def read_step(content: bytes) -> dict[str, Any]:
    """Products by name, and how many entities of each type there are."""
    schema, instances = _read(content)
    products = [
        _texts(arguments)[0]
        for name, arguments in instances.values()
        if name == "PRODUCT" and _texts(arguments)
    ]
    counts = Counter(name for name, _ in instances.values())
    return {"schema": schema, "products": products, "entities": dict(sorted(counts.items()))}


def _read(content: bytes) -> tuple[str, dict[int, tuple[str, str]]]:
    """The schema, and name and arguments by number. Raises ExtractionError for references that lead
    nowhere.
    """
    text = content.decode("utf-8", "replace")
    if not text.lstrip().startswith("ISO-10303-21"):
        raise ExtractionError("the file does not begin with ISO-10303-21")
    header, data, body = text.partition("DATA;")
    if not data or "ENDSEC;" not in body:
        raise ExtractionError("the file has no whole DATA section")
    instances = {
        int(match["id"]): (match["name"], match["arguments"]) for match in _INSTANCE.finditer(body)
    }
    for number, (_, arguments) in instances.items():
        for reference in _REFERENCE.findall(_TEXT.sub("", arguments)):
            if int(reference) not in instances:
                raise ExtractionError(f"#{number} refers to #{reference}, which is not in the file")
    schema = _SCHEMA.search(header)
    return (schema[1] if schema else ""), instances


def _texts(arguments: str) -> list[str]:
    return [text.replace("''", "'") for text in _TEXT.findall(arguments)]
