"""Folders of definitions from source text, and what a user reads about them."""

from __future__ import annotations

from pathlib import Path

import pytest
from pbmon.catalog.catalog import Catalog, load
from pbmon.errors import DefinitionErrors
from pbmon.plan.plan import resolve
from small_projects import PROJECT


def folder_of(tmp_path: Path, **files: str | bytes) -> Path:
    """A definitions folder with a project and these files, text by path without its ending."""
    folder = tmp_path / "definitions"
    for name, text in {"project": PROJECT, **files}.items():
        path = folder / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def mistakes(folder: Path) -> list[str]:
    """What a user reads, a mistake a text."""
    with pytest.raises(DefinitionErrors) as raised:
        resolve(load(folder))
    return [str(error) for error in raised.value.errors]


def metrics(catalog: Catalog) -> set[str]:
    return {metric.name for metric in catalog.metrics}
