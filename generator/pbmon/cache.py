"""Answers remembered by content, between runs: a digest of all that an answer depends on, and the
answer.

One SQLite file, which any number of processes may use at once and which a killed one leaves whole.
It may be deleted at any time: what cannot be read or written is worked out again.
"""

from __future__ import annotations

import sqlite3
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

FOLDER = ".pbmon-cache"
"""Beside the folder of the definitions."""

MOST_BYTES = 2**30
"""Of all answers; those that were not used for longest go first. A thousand services have half."""

_HOUR = 3600
"""Seconds; how exactly it is known when an answer was used last."""

_BUSY = 2.0
"""Seconds to wait while another process writes; a write takes milliseconds."""

_AT_ONCE = 500
"""Answers that are written together, so that the rest of a run does not hold them."""

_TABLE = """
CREATE TABLE IF NOT EXISTS answer (
    digest BLOB PRIMARY KEY, answer BLOB NOT NULL, size INTEGER NOT NULL, used INTEGER NOT NULL
) WITHOUT ROWID
"""


class Cache:
    """Texts by digest. Without a file it remembers nothing.

    known: how many answers of each kind it has given.
    """

    def __init__(self, file: Path | None = None, most_bytes: int = MOST_BYTES) -> None:
        self.known: Counter[str] = Counter()
        self._file = file
        self._most_bytes = most_bytes
        self._connection: sqlite3.Connection | None = None
        self._new: dict[bytes, str] = {}
        self._written = False
        if file is not None:
            with self._careful():
                _make_folder(file.parent)
                self._connection = sqlite3.connect(file, timeout=_BUSY)
                # The system keeps what a killed process wrote. After a loss of power the file may
                # be damaged, which is noticed.
                self._connection.execute("PRAGMA synchronous=OFF")
                self._connection.execute(_TABLE)

    @property
    def is_open(self) -> bool:
        """Whether it remembers anything."""
        return self._connection is not None

    def remembered(self, digest: bytes, make: Callable[[], str]) -> str:
        """The answer that is known; else the one that is made, which is known from the end on."""
        if self._connection is None:
            return make()
        if digest in self._new:
            return self._new[digest]
        for known in self.read("text", [digest]).values():
            return known
        if len(self._new) == _AT_ONCE:
            self._write_new()
        self._new[digest] = answer = make()
        return answer

    def _write_new(self) -> None:
        self.write(self._new)
        self._new.clear()

    def read(self, kind: str, digests: Iterable[bytes]) -> dict[bytes, str]:
        """The answers that are known, by digest. kind: what they are counted as."""
        known: dict[bytes, str] = {}
        with self._careful():
            for some in _batches(digests):
                known.update(self._read(some))
        self.known[kind] += len(known)
        return known

    def _read(self, digests: list[bytes]) -> Iterator[tuple[bytes, str]]:
        if self._connection is None:
            return
        marks = ",".join("?" * len(digests))
        rows = self._connection.execute(
            f"SELECT digest, answer, used FROM answer WHERE digest IN ({marks})",  # noqa: S608 - marks only
            digests,
        ).fetchall()
        hour = _hour()
        if old := [digest for digest, _, used in rows if used != hour]:
            with self._connection:
                self._connection.executemany(
                    "UPDATE answer SET used = ? WHERE digest = ?", [(hour, each) for each in old]
                )
        for digest, answer, _ in rows:
            if (text := _unpacked(digest, answer)) is not None:
                yield digest, text

    def write(self, answers: Mapping[bytes, str]) -> None:
        """Remember these answers, all of them or none."""
        if self._connection is None or not answers:
            return
        packed = [(digest, _packed(digest, text)) for digest, text in answers.items()]
        rows = [(digest, answer, len(answer), _hour()) for digest, answer in packed]
        with self._careful(), self._connection:
            self._connection.executemany("REPLACE INTO answer VALUES (?, ?, ?, ?)", rows)
            self._written = True

    def _forget(self) -> None:
        """Drop what was not used for longest, down to three quarters, where there is too much."""
        if self._connection is None:
            return
        (total,) = self._connection.execute("SELECT total(size) FROM answer").fetchone()
        if total <= self._most_bytes:
            return
        left, oldest = self._most_bytes * 3 // 4, []
        for digest, size in self._connection.execute(
            "SELECT digest, size FROM answer ORDER BY used"
        ):
            if total <= left:
                break
            total -= size
            oldest.append((digest,))
        self._connection.executemany("DELETE FROM answer WHERE digest = ?", oldest)

    def close(self) -> None:
        """Until the next one is opened."""
        self._write_new()
        if self._written:
            with self._careful(), self._connection or nullcontext():
                self._forget()
        self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    @contextmanager
    def _careful(self) -> Iterator[None]:
        """A file that is locked, full or read-only is not used; a damaged one is removed."""
        try:
            yield
        except (sqlite3.OperationalError, OSError):
            self._drop()
        except sqlite3.DatabaseError:
            self._drop()
            if self._file is not None:
                with suppress(OSError):
                    self._file.unlink()


@contextmanager
def opened(file: Path | None) -> Iterator[Cache]:
    """The cache in this file while it lasts; None remembers nothing."""
    cache_in_file = Cache(file)
    try:
        yield cache_in_file
    finally:
        cache_in_file.close()


def digest_of(*parts: str) -> bytes:
    """Of these texts, of pbmon's own sources and of this Python."""
    content = sha256(_own())
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        content.update(b"%d:" % len(encoded))
        content.update(encoded)
    return content.digest()


_BESIDE = frozenset({"cli", "live", "output", "runtime", "scaffold", "stack"})
"""Folders of the package that no answer depends on."""


@cache
def _own() -> bytes:
    """A digest of the sources that answers depend on, so that an edit of pbmon forgets them all."""
    content = sha256(f"{sys.version_info[:2]} {sys.implementation.name}".encode())
    package = Path(__file__).parent
    files = [*package.glob("*.py")]
    for folder in sorted(package.iterdir()):
        if folder.is_dir() and folder.name not in _BESIDE:
            files += [file for file in folder.rglob("*.*") if file.suffix in {".py", ".j2"}]
    for file in sorted(files):
        content.update(file.relative_to(package).as_posix().encode())
        content.update(sha256(file.read_bytes()).digest())
    return content.digest()


def _make_folder(folder: Path) -> None:
    """With a line for git, which needs no other then."""
    folder.mkdir(exist_ok=True)
    ignored = folder / ".gitignore"
    if not ignored.exists():
        ignored.write_text("# made by pbmon, safe to delete\n*\n", "utf-8")


def _packed(digest: bytes, text: str) -> bytes:
    """Compressed, behind a digest of itself: a damaged answer is none."""
    content = zlib.compress(text.encode("utf-8", "surrogatepass"), 1)
    return sha256(digest + content).digest()[:16] + content


def _unpacked(digest: bytes, answer: object) -> str | None:
    if not isinstance(answer, bytes):
        return None
    check, content = answer[:16], answer[16:]
    if sha256(digest + content).digest()[:16] != check:
        return None
    return zlib.decompress(content).decode("utf-8", "surrogatepass")


def _hour() -> int:
    return int(time.time() // _HOUR)


def _batches(digests: Iterable[bytes]) -> Iterator[list[bytes]]:
    """As many as one statement of SQLite takes."""
    every = list(dict.fromkeys(digests))
    for begin in range(0, len(every), 500):
        yield every[begin : begin + 500]
