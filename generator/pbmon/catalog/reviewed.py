"""Mutants that a person reviewed: `reviewed-mutants.yaml` in the definitions folder."""

from __future__ import annotations

from pathlib import Path

from pbmon.catalog.marked_yaml import find, read
from pbmon.errors import DefinitionError, DefinitionErrors
from pbmon.source import Source

FILE = "reviewed-mutants.yaml"


def read_reviewed(folder: Path) -> dict[tuple[str, str], Source]:
    """Where each (rule, fault) is excused, with a reason; empty without the file.

    Raises DefinitionErrors for what is no list of `rules`, a `fault` and a `reason`.
    """
    path, file_name = folder / FILE, f"{folder.name}/{FILE}"
    if not path.is_file():
        return {}
    try:
        data, root = read(path.read_bytes(), file_name)
    except DefinitionError as error:
        raise DefinitionErrors([error]) from None
    source_of: dict[tuple[str, str], Source] = {}
    for number, entry in enumerate(data if isinstance(data, list) else [data] if data else []):
        source = Source(file_name, find(root, [number])[0] if isinstance(data, list) else 1)
        match entry:
            case {"rules": [*rules], "fault": str(fault), "reason": str(reason), **rest} if (
                rules and reason.strip() and not rest
            ):
                source_of.update({(str(rule), fault): source for rule in rules})
            case _:
                problem = "an entry is not a mutant with its reason, so it excuses nothing"
                raise DefinitionErrors(
                    [
                        DefinitionError(
                            source,
                            problem,
                            "rules: [...], fault: text as printed, reason: a sentence",
                        )
                    ]
                )
    return source_of
