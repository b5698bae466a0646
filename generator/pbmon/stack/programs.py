"""The programs that a stack needs, and where they are."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from pbmon.errors import UsageError

# Debian gives some of them other names.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "alertmanager": ("alertmanager", "prometheus-alertmanager"),
    "node_exporter": ("node_exporter", "prometheus-node-exporter"),
    "postgres_exporter": ("postgres_exporter", "prometheus-postgres-exporter"),
    "redis_exporter": ("redis_exporter", "prometheus-redis-exporter"),
}
# Debian and Homebrew keep PostgreSQL's programs off PATH, in a folder a version.
_POSTGRES = (
    ("/usr/lib/postgresql", "*/bin"),
    ("/opt/homebrew/opt", "postgresql@*/bin"),
    ("/usr/local/opt", "postgresql@*/bin"),
)


def find(names: Iterable[str], folder: Path | None) -> dict[str, Path]:
    """Absolute path by program: in `folder`, else on PATH, else where PostgreSQL is usually
    installed.

    Raises UsageError naming all that are missing.
    """
    if folder is not None and not folder.is_dir():
        raise UsageError(
            f"there is no folder {folder}, so no program is found in it",
            "leave --binaries out to look on PATH only",
        )
    paths = {name: _find(name, folder) for name in names}
    missing = [name for name, path in paths.items() if path is None]
    if missing:
        raise UsageError(
            f"not installed: {', '.join(missing)}; a stack needs all of its programs",
            "scripts/install-stack.sh installs them on Debian and Ubuntu and lists them elsewhere; "
            "--binaries FOLDER names a folder to look in first",
        )
    return {name: path for name, path in paths.items() if path is not None}


def _find(name: str, folder: Path | None) -> Path | None:
    for called in _NAMES.get(name, (name,)):
        path = (folder and shutil.which(called, path=str(folder.absolute()))) or shutil.which(
            called
        )
        if path:
            return Path(path).absolute()
    usual = (
        bin
        for above, pattern in _POSTGRES
        for bin in sorted(Path(above).glob(pattern), key=_version, reverse=True)
    )
    return next((bin / name for bin in usual if shutil.which(name, path=str(bin))), None)


def _version(bin: Path) -> tuple[int, ...]:
    digits = "".join(letter if letter.isdecimal() else " " for letter in bin.parent.name)
    return tuple(map(int, digits.split()))
