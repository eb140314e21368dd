"""Text -> bytes in one file that appears whole or not at all, in a pipe, or on standard output."""

from __future__ import annotations

import gzip
import os
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from io import RawIOBase
from typing import Any, BinaryIO, cast

from ..errors import InputError
from ..text import encode
from .sources import is_remote, why

STDOUT = "-"
_BUFFERED = 1 << 18  # bytes


class Sink:
    """One output on its way; ``commit`` makes it appear under its name, ``abort`` leaves what was there before.

    Standard output, pipes and devices are written to directly. Whatever goes wrong is an InputError at the output's
    path, but for a closed pipe, which stays a BrokenPipeError.
    """

    def __init__(self, path: str, like: str | None = None) -> None:
        """``like``: a name whose suffix says how to pack, where ``path`` is not the last name of the output."""
        self.path = path
        self.begins = True  # nothing stands before it in the end
        self.fresh = True  # nothing was written since the last line break
        self._parts: list[bytes] = []
        self._size = 0
        plan: tuple[str, str] = self._guard(_plan, path)
        self._target, self._temporary = plan
        self._file: BinaryIO = self._guard(self._open)
        self._packed: BinaryIO = self._file
        self._packed = self._guard(_pack, self._file, like or path)

    def write(self, text: str | bytes) -> None:
        """Append text, or its bytes in UTF-8; a lone surrogate is written as U+FFFD."""
        if not text:
            return
        data = encode(text) if isinstance(text, str) else text
        self._parts.append(data)
        self._size += len(data)
        self.fresh = data.endswith((b"\n", b"\r"))
        if self._size > _BUFFERED:
            self._flush()

    def write_line(self, text: Any) -> None:
        """As ``write``, but what is text begins on a line of its own."""
        if isinstance(text, str | bytes) and text and not self.fresh:
            self.write("\n")
        self.write(text)

    def commit(self) -> None:
        """Write what is left and give the file its name."""
        self._flush()
        self._guard(self._finish)

    def abort(self) -> None:
        """Leave nothing behind."""
        self._parts = []
        with suppress(OSError, ValueError):
            self._close()
        if is_remote(self.path):
            cast(Any, self._file).discard()
        if self._temporary:
            with suppress(FileNotFoundError):
                os.unlink(self._temporary)

    def _flush(self) -> None:
        data, self._parts, self._size = b"".join(self._parts), [], 0
        if data:
            self._guard(self._packed.write, data)

    def _open(self) -> BinaryIO:
        if is_remote(self.path):
            return cast(BinaryIO, import_module(".remote", __package__).created(self.path))
        if self.path != STDOUT:
            return open(self._temporary, "xb") if self._temporary else open(self._target, "wb")
        if sys.stdout is None:
            raise OSError("standard output is closed")
        buffer = sys.stdout.buffer
        # Under python -u it is raw, and a raw write may write less than all.
        return open(buffer.fileno(), "wb", closefd=False) if isinstance(buffer, RawIOBase) else buffer

    def _finish(self) -> None:
        self._close()
        if is_remote(self.path):
            cast(Any, self._file).commit()
        if self._temporary:
            with suppress(FileNotFoundError):
                os.chmod(self._temporary, stat.S_IMODE(os.stat(self._target).st_mode))
            os.replace(self._temporary, self._target)

    def _close(self) -> None:
        try:
            if self._packed is not self._file:
                self._packed.close()
            self._file.flush()
        finally:
            if self.path != STDOUT:
                self._file.close()

    def _guard(self, call: Callable[..., Any], *args: Any) -> Any:
        try:
            return call(*args)
        except BrokenPipeError:
            self._give_up()
            raise
        except (OSError, ValueError) as error:
            self._give_up()
            raise InputError(self.path, f"cannot be written ({why(error)})") from None

    def _give_up(self) -> None:
        if hasattr(self, "_packed"):
            self.abort()
        if self.path == STDOUT and sys.stdout is not None:
            with suppress(OSError, ValueError):  # so that what is left in its buffer does not fail once more at exit
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _plan(path: str) -> tuple[str, str]:
    """Return the real path of an output, and the temporary name to write under, empty where it is no regular file."""
    if path == STDOUT or is_remote(path):
        return path, ""
    real = os.path.realpath(path) if os.path.lexists(path) else path
    if os.path.exists(path):
        if not os.path.isfile(path):  # a pipe has no real path
            return path, ""
        if not os.access(real, os.W_OK):
            raise PermissionError("it is write-protected")
    # Neither the name nor its suffix is one that a reader of the folder would take for a document.
    return real, os.path.join(os.path.dirname(real), f".winnow-{os.urandom(8).hex()}.tmp")


def _pack(file: BinaryIO, path: str) -> BinaryIO:
    if path.lower().endswith(".gz"):
        return cast(BinaryIO, gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=file, mtime=0))
    if path.lower().endswith(".zst"):
        try:
            import zstandard
        except ImportError:
            raise OSError("needs the package zstandard: pip install newswinnow[zst]") from None
        return zstandard.ZstdCompressor().stream_writer(file, closefd=False)
    return file
