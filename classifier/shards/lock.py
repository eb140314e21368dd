"""One run at a time in an output folder; a lock that goes with its holder, however that one ends."""

from __future__ import annotations

import errno
import json
import os
import socket
from contextlib import suppress
from typing import Any

from ..errors import InputError

_NO_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}


class Lock:
    """Held from entering to leaving; raises InputError where another run holds it.

    The system's own lock on a file (``flock``), which is gone with its process. Where there is none (Windows, some
    network file systems), a file that must not be there before; it names its process, so that one left by a process of
    this machine that has ended is passed over.
    """

    def __init__(self, folder: str) -> None:
        self._folder, self._path = folder, os.path.join(folder, ".winnow", "lock")
        self._file: Any = None
        self._named = ""

    def __enter__(self) -> Lock:
        os.makedirs(os.path.dirname(self._path), exist_ok=True)
        self._file = open(self._path, "a+", encoding="utf-8")
        try:
            if not self._locked():
                self._named = self._claimed(self._path + ".held")
        except BaseException:
            self._file.close()
            raise
        self._file.seek(0)
        self._file.truncate()
        self._file.write(_oneself())
        self._file.flush()
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        if self._named:
            with suppress(OSError):
                os.unlink(self._named)

    def _locked(self) -> bool:
        """Take the system's lock; return False where there is no such thing."""
        try:
            import fcntl
        except ImportError:
            return False
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _NO_LOCKS:
                return False
            self._file.seek(0)
            raise self._taken(self._file.read(), "") from None
        return True

    def _claimed(self, path: str) -> str:
        for _ in range(2):
            try:
                with open(path, "x", encoding="utf-8") as file:
                    file.write(_oneself())
                return path
            except FileExistsError:
                with suppress(OSError), open(path, encoding="utf-8") as file:
                    holder = file.read()
                if not _ended(holder):
                    raise self._taken(holder, f"; if that run is no more, remove {path}") from None
                with suppress(OSError):
                    os.unlink(path)
        raise self._taken("", "")

    def _taken(self, holder: str, advice: str) -> InputError:
        name = _read(holder)
        who = f"process {name['pid']} on {name['host']}" if name else "another process"
        return InputError(self._folder, f"another run is writing here ({who}){advice}")


def _oneself() -> str:
    return json.dumps({"pid": os.getpid(), "host": socket.gethostname()})


def _read(holder: str) -> dict[str, Any]:
    with suppress(ValueError):
        name = json.loads(holder)
        if isinstance(name, dict) and isinstance(name.get("pid"), int) and "host" in name:
            return name
    return {}


def _ended(holder: str) -> bool:
    """Tell whether the holder was a process of this machine that is no more."""
    name = _read(holder)
    if not name or name["host"] != socket.gethostname() or os.name == "nt":  # where signal 0 is a signal
        return False
    try:
        os.kill(name["pid"], 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
