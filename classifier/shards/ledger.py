"""What is done, in ``.winnow/ledger`` below the output folder: one line of JSON for each part and each whole output.

A ledger is only ever added to, by the one process that holds the lock, so its order is the order of events, whatever
any clock says. A line that a killed process or a full disk left unfinished is cut off, and what it told of done again.
(A small file for each record would cost a million inodes for a million pages, and a second wait for the disk each.)
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

Entry = dict[str, Any]
_STALE = 10_000  # lines nobody needs, from which on the ledger is written anew


class Ledger:
    """The entries of an output folder, by name; the last one of a name counts."""

    def __init__(self, folder: str, read_only: bool = False) -> None:
        """Read what is there; raises OSError."""
        self._path = os.path.join(folder, ".winnow", "ledger")
        self._lines: dict[str, bytes] = {}
        self._file: Any = None
        self._stale = 0
        whole = self._read()
        if not read_only and whole is not None:
            self._mend(whole)

    def get(self, name: str) -> Entry | None:
        """Return the entry called ``name``."""
        line = self._lines.get(name)
        return json.loads(line)[1] if line else None

    def put(self, name: str, entry: Entry) -> None:
        """Write an entry down; raises OSError, and then nothing was written."""
        self._add(name, json.dumps([name, entry], separators=(",", ":")).encode() + b"\n")

    def drop(self, name: str) -> None:
        """Forget an entry."""
        if name in self._lines:
            self._add(name, json.dumps([name, None]).encode() + b"\n")

    def parts(self) -> Iterator[tuple[str, int]]:
        """Yield key and number of every part that is written down."""
        for name, line in self._lines.items():
            if b'"range":' in line and "range" in (entry := json.loads(line)[1]):
                yield entry["key"], int(name.rpartition("#")[2])

    def close(self) -> None:
        """See that what was written is on the disk."""
        if self._file:
            with suppress(OSError):
                os.fsync(self._file.fileno())
            self._file.close()
            self._file = None

    def _add(self, name: str, line: bytes) -> None:
        if not self._file:
            self._file = open(self._path, "ab", buffering=0)  # noqa: SIM115
            self._end = self._file.seek(0, os.SEEK_END)
        try:
            if self._file.write(line) != len(line):
                raise OSError(errno.ENOSPC, "no space left on device")
        except OSError:
            with suppress(OSError):
                self._file.truncate(self._end)
            raise
        self._end += len(line)
        self._remember(name, line)

    def _remember(self, name: str, line: bytes) -> None:
        self._stale += name in self._lines
        if line.rstrip().endswith(b"null]"):
            self._lines.pop(name, None)
        else:
            self._lines[name] = line

    def _read(self) -> int | None:
        """Return how many bytes of whole lines there are; None without a file."""
        whole = 0
        try:
            with open(self._path, "rb") as file:
                for line in file:
                    if not line.endswith(b"\n"):
                        break
                    whole += len(line)
                    with suppress(ValueError, TypeError):  # a line that is no entry tells of nothing
                        name, entry = json.loads(line)
                        if isinstance(name, str) and (entry is None or isinstance(entry, dict)):
                            self._remember(name, line)
        except FileNotFoundError:
            return None
        return whole

    def _mend(self, whole: int) -> None:
        if self._stale > max(_STALE, len(self._lines)):
            self._rewrite()
        elif whole < os.path.getsize(self._path):
            os.truncate(self._path, whole)

    def _rewrite(self) -> None:
        with open(self._path + ".new", "wb") as file:
            file.writelines(self._lines.values())
            file.flush()
            os.fsync(file.fileno())
        os.replace(self._path + ".new", self._path)
        self._stale = 0
