"""A file -> something small by which one knows it again.

A seal has two halves. The first is what the file system says without reading: size, time of change, inode and the time
of the last change to the inode, which ``cp -p``, ``touch`` and a renamed file all move, and which no program can set.
The second is a digest of the content, taken while the bytes pass anyway. Where the first half still holds, the file is
the same; where it does not, the content decides, so that a copied or restored folder costs reading and not judging. A
time close to, or behind, the moment of sealing proves nothing (a file may change twice in one tick, a clock may be set
back): then, too, the content decides.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

_BLOCK = 1 << 20
_TICK = 2_000_000_000  # ns within which a file system may give two changes the same time
Piece = tuple[int, int, str]  # start, bytes, digest


class Look(NamedTuple):
    """What is known of a file without reading it. ``settled``: its times are old enough to tell a later change."""

    size: int
    changed: int
    touched: int
    inode: int
    settled: bool

    def same(self, other: Look) -> bool:
        """Tell whether nothing has happened to the file between the two."""
        return self.settled and self[:4] == other[:4]


class Seal(NamedTuple):
    """A look, and the digests of the stretches of the file that count."""

    look: Look
    pieces: tuple[Piece, ...]

    def to_json(self) -> list[Any]:
        """Return the seal as plain JSON values."""
        return [list(self.look), [list(piece) for piece in self.pieces]]

    @classmethod
    def from_json(cls, value: Any) -> Seal:
        """Read what ``to_json`` gave."""
        size, changed, touched, inode, settled = value[0]
        pieces = tuple((int(start), int(length), str(digest)) for start, length, digest in value[1])
        return cls(Look(int(size), int(changed), int(touched), int(inode), bool(settled)), pieces)


def own(path: str, pieces: Iterable[Piece]) -> Seal:
    """Seal a file that nobody else writes, so that its times may be as young as they are; raises OSError."""
    return Seal(look(path)._replace(settled=True), tuple(pieces))


def look(path: str) -> Look:
    """Look at a file; raises OSError."""
    return seen(os.stat(path))


def seen(status: os.stat_result) -> Look:
    """Return what a stat tells."""
    newest = max(status.st_mtime_ns, status.st_ctime_ns)
    settled = newest + _TICK < time.time_ns()
    return Look(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, settled)


def holds(seal: Seal, path: str) -> Look | None:
    """Return a fresh look at the file where it is still what was sealed; None where it is not, or is not there."""
    try:
        now = look(path)
        if seal.look.same(now):
            return now
        alike = now.size == seal.look.size and seal.pieces and content(path, seal.pieces)
        return now if alike else None
    except OSError:
        return None


def content(path: str, pieces: Iterable[Piece]) -> bool:
    """Tell whether a file holds what was sealed, by reading it."""
    try:
        with open(path, "rb", buffering=0) as file:
            return all(digest(_stretch(file, start, size)) == known for start, size, known in pieces)
    except OSError:
        return False


def _stretch(file: Any, start: int, size: int) -> Iterator[bytes]:
    file.seek(start)
    while size > 0 and (block := file.read(min(size, _BLOCK))):
        size -= len(block)
        yield block


def digest(blocks: Iterable[bytes]) -> str:
    """Return the digest of some bytes."""
    taken = fresh()
    for block in blocks:
        taken.update(block)
    return written(taken)


def digest_of(path: str) -> str:
    """Return the digest of a whole file; raises OSError."""
    with open(path, "rb", buffering=0) as file:
        return digest(iter(lambda: file.read(_BLOCK), b""))


def fresh() -> Any:
    """Return a digest of nothing, to be fed: of those in the standard library the fastest that nobody has broken."""
    return hashlib.sha256()


def written(taken: Any) -> str:
    """Return a digest as it is kept: half of it, which is far more than chance can match."""
    return taken.hexdigest()[:32]
