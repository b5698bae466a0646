"""The recorded state of a stack: its folder, its parts, and the lock of the command at work."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from pbmon.errors import UsageError
from pbmon.stack.processes import NEVER, Started

_FILE = "stack.json"
_PATIENCE = 5.0  # seconds to wait for another command on the same stack


@dataclass(frozen=True)
class Part:
    """One process. stage: parts of a lower one start earlier and end later. address: host:port.

    ready: path of a page that answers 200 when the part can be used; empty for one that only has to
    accept connections.
    environment: what is added to that of pbmon; it holds no secret, only names of files that do.
    """

    name: str
    stage: int
    command: list[str]
    folder: str
    address: str
    ready: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    user: str | None = None
    process: Started = NEVER


@dataclass(frozen=True)
class Stack:
    """All parts, in the order of their start. complete: false while `up` is still at it."""

    folder: Path
    parts: tuple[Part, ...] = ()
    complete: bool = False

    @property
    def definitions(self) -> Path:
        """Folder above the copy of the definitions, with an environment `stack` that has the
        addresses.
        """
        return self.folder / "project"

    @property
    def build(self) -> Path:
        """What is rendered for this stack."""
        return self.folder / "project" / "build"

    @property
    def app(self) -> Path:
        """Copy of the app with the rendered modules in it."""
        return self.folder / "app"

    @property
    def secrets(self) -> Path:
        """A password a file."""
        return self.folder / "secrets"

    def log(self, part: str) -> Path:
        """What the part printed."""
        return self.folder / "logs" / f"{part}.log"

    def part(self, name: str) -> Part | None:
        """The part of that name."""
        return next((part for part in self.parts if part.name == name), None)

    def save(self) -> None:
        """Writes the state to its file, as a whole or not at all."""
        written = self.folder / f"{_FILE}.new"
        data = {"complete": self.complete, "parts": [asdict(part) for part in self.parts]}
        written.write_text(json.dumps(data, indent=2) + "\n", "utf-8")
        written.replace(self.folder / _FILE)

    def with_process(self, name: str, process: Started) -> Stack:
        """The same with the part's process noted, and saved."""
        parts = tuple(
            replace(part, process=process) if part.name == name else part for part in self.parts
        )
        changed = replace(self, parts=parts)
        changed.save()
        return changed


def default_folder(definitions: Path) -> Path:
    """In the folder for temporary files, the same for the same definitions."""
    digest = hashlib.sha256(os.fsencode(definitions.resolve())).hexdigest()[:10]
    return Path(tempfile.gettempdir(), f"pbmon-stack-{digest}")


def read(folder: Path) -> Stack | None:
    """The stack of that folder; None where there is none. Raises UsageError for a file that is not
    a stack's.
    """
    try:
        data = json.loads((folder / _FILE).read_text("utf-8"))
        parts = tuple(_part(part) for part in data["parts"])
        return Stack(folder, parts, data["complete"])
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, LookupError, TypeError, OSError) as error:
        raise UsageError(
            f"{folder / _FILE} cannot be read, so it is unknown what runs: {error}",
            "end the processes by hand, then delete the folder",
        ) from None


def _part(data: dict[str, Any]) -> Part:
    return Part(**{**data, "process": Started(**data["process"])})


@contextmanager
def claimed(folder: Path) -> Iterator[Stack]:
    """The stack of that folder, empty if there is none yet; no other command changes it meanwhile.

    A folder whose stack has no parts in the end is deleted. Raises UsageError where another command
    is at work, or the folder holds other files or belongs to another user.
    """
    descriptor = _locked(folder)
    try:
        stack = read(folder)
        if stack is None:
            if any(folder.iterdir()):
                raise UsageError(
                    f"{folder} holds files that are no stack's, so nothing is done there",
                    "name an empty folder",
                )
            folder.chmod(0o711)  # PostgreSQL's user must pass through, and see nothing
            stack = Stack(folder)
            stack.save()
        try:
            yield stack
        finally:
            now = read(folder)
            if now is not None and not now.parts:
                (folder / _FILE).unlink()
                folder.rmdir()
    finally:
        os.close(descriptor)


def empty(stack: Stack) -> None:
    """Deletes what is in the folder. Raises UsageError where something cannot be deleted."""
    for path in stack.folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != _FILE:
            path.unlink()
    left = [path.name for path in stack.folder.iterdir() if path.name != _FILE]
    if left:
        raise UsageError(
            f"{stack.folder} cannot be emptied: {', '.join(left)}",
            "see what is in there, and delete it by hand",
        )
    Stack(stack.folder).save()  # from here on there is nothing to end


def _locked(folder: Path) -> int:
    """A lock on the folder itself, which is made if need be: it goes when its owner does, and
    leaves no file.
    """
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError as error:
            raise UsageError(
                f"{folder} cannot be the folder of a stack: {error.strerror}",
                "name another one: --folder",
            ) from None
        try:
            if os.fstat(descriptor).st_uid != os.geteuid():
                raise UsageError(
                    f"{folder} belongs to another user, so it is left alone",
                    "name another one: --folder",
                )
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # not deleted while we waited
            if folder.exists() and os.path.samestat(folder.stat(), os.fstat(descriptor)):
                return descriptor
        except BlockingIOError:
            pass
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        if time.monotonic() > end:
            raise UsageError(
                f"another `pbmon stack` command works on {folder}", "wait for it to end, or stop it"
            )
        time.sleep(0.1)
