"""Pieces of an output, one after the other -> the whole, without looking into them.

What is packed with gzip or Zstandard may stand behind another of its kind: a reader takes the members as one. So text,
plain or packed, is joined by copying bytes, which the system does without handing them to us.
"""

from __future__ import annotations

import errno
import gzip
import os
from collections.abc import Sequence
from importlib import import_module
from typing import BinaryIO

from .outputs import format_of

TABLES = ("parquet", "arrow")  # formats whose pieces are read and written anew
_AT_ONCE = 1 << 30  # bytes
_NO_SENDFILE = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}  # not between these two files


def join(pieces: Sequence[tuple[str, bool]], target: str, like: str) -> list[tuple[int, int]]:
    """Write ``pieces`` into a new file ``target``, and see that it is on the disk.

    Args:
        pieces: for each its path, and whether it ends with a line (or is empty); the next one begins on a new line.
        like: a name whose suffix says how the pieces are packed.

    Returns:
        For each piece where it begins in ``target`` and how many bytes it has; of TABLES one place for all of them.

    Raises:
        OSError: something could not be read or written; nothing is left.
    """
    if format_of(like) in TABLES:
        return _joined_tables([path for path, _ in pieces], target, format_of(like))
    places = []
    try:
        with open(target, "wb", buffering=0) as whole:
            break_before = False
            for path, ends in pieces:
                if break_before and os.path.getsize(path):
                    _write(whole, _break(like))
                with open(path, "rb", buffering=0) as piece:
                    start = whole.tell()
                    places.append((start, _copy(piece, whole)))
                break_before = not ends or (break_before and not places[-1][1])
            os.fsync(whole.fileno())
    except BaseException:
        if os.path.exists(target):
            os.unlink(target)
        raise
    return places


def _joined_tables(paths: Sequence[str], target: str, output_format: str | None) -> list[tuple[int, int]]:
    try:
        import_module(".table_joining", __package__).join(paths, target, output_format)
    except BaseException:
        if os.path.exists(target):
            os.unlink(target)
        raise
    return [(0, os.path.getsize(target))]


def _break(like: str) -> bytes:
    """Return a line feed, packed."""
    if like.lower().endswith(".gz"):
        return gzip.compress(b"\n", mtime=0)
    if like.lower().endswith(".zst"):
        import zstandard

        return zstandard.ZstdCompressor().compress(b"\n")
    return b"\n"


def _copy(piece: BinaryIO, whole: BinaryIO) -> int:
    """Append ``piece``; return how many bytes it has."""
    size = os.fstat(piece.fileno()).st_size
    left = size
    if hasattr(os, "sendfile"):
        try:
            while left and (copied := os.sendfile(whole.fileno(), piece.fileno(), None, min(left, _AT_ONCE))):
                left -= copied
        except OSError as error:
            if left < size or error.errno not in _NO_SENDFILE:
                raise
    while left and (block := piece.read(1 << 20)):
        _write(whole, block)
        left -= len(block)
    if left:
        raise OSError(f"{piece.name} became shorter while it was read")
    return size


def _write(whole: BinaryIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[whole.write(view) :]
