"""Folders as values: what lies in them, and what is expected to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from pbmon.artifact import Artifact
from pbmon.output import manifest
from pbmon.output.paths import parents

Snapshot = dict[str, bytes | str]

OLD = {
    "alerts/api.yml": "old\n",
    "alerts/gone.yml": "gone\n",
    "rules/same.yml": "same\n",
    "left/only.txt": "x\n",
}
NEW = {"alerts/api.yml": "new\n", "rules/same.yml": "same\n", "rules/more/added.yml": "added\n"}
FOREIGN = {"README.md": "mine\n", "alerts/mine.yml": "also mine\n", "notes/deep/a.txt": "deep\n"}


def artifacts(files: Mapping[str, str]) -> list[Artifact]:
    return [Artifact(path, text) for path, text in files.items()]


def snapshot(folder: Path) -> Snapshot:
    """Bytes of each file, where each symbolic link leads, and "folder" for each folder, by path."""
    found: Snapshot = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        else:
            found[name] = "folder" if path.is_dir() else path.read_bytes()
    return found


def expected(
    generated: Mapping[str, str],
    foreign: Mapping[str, str] | None = None,
    folders: Iterable[str] = (),
    *,
    shared: bool = False,
) -> Snapshot:
    """The snapshot of a complete build with its manifest, the files of others and empty folders."""
    rendered = {path: text.encode() for path, text in generated.items()}
    files = {**rendered, **{path: text.encode() for path, text in (foreign or {}).items()}}
    above: Snapshot = {
        name: "folder"
        for path in (*files, *(f"{folder}/x" for folder in folders))
        for name in parents(path)
    }
    recorded = manifest.Manifest(
        {path: manifest.sha256(content) for path, content in rendered.items()}, shared=shared
    )
    return dict(sorted({**files, **above, ".pbmon.json": recorded.dump()}.items()))


def place(folder: Path, files: Mapping[str, str]) -> None:
    """Writes files as a person would."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode())


def siblings(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.parent.iterdir())
