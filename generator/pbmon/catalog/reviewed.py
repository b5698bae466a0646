"""Mutants that somebody looked at and found to say the same: `reviewed-mutants.yaml` in the definitions folder."""

from __future__ import annotations

from pathlib import Path

import yaml

from pbmon.errors import DefinitionError, DefinitionErrors
from pbmon.source import Source

FILE = "reviewed-mutants.yaml"


def read_reviewed(folder: Path) -> dict[tuple[str, str], str]:
    """Reason by (rule, fault); empty without the file. Raises DefinitionErrors for an entry without rule, fault or reason."""
    path, shown = folder / FILE, f"{folder.name}/{FILE}"
    if not path.is_file():
        return {}
    found: dict[tuple[str, str], str] = {}
    for entry in yaml.safe_load(path.read_text("utf-8")) or []:
        if not isinstance(entry, dict) or not all(isinstance(entry.get(key), str) for key in ("fault", "reason")):
            problem = f"an entry is not a mutant with its reason: {entry!r}"
            raise DefinitionErrors(
                [DefinitionError(Source(shown, 0), problem, "rules: [...], fault: text as printed, reason: a sentence")]
            )
        for rule in entry.get("rules", ()):
            found[rule, entry["fault"]] = entry["reason"]
    return found
