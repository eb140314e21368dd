"""Where the outputs of a source go: names below the output folder, and putting a finished file under its name."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from ..errors import InputError
from ..io import Source
from ..io.sources import why

INSIDE = ".winnow"
PARTS = os.path.join(INSIDE, "parts")
_KEPT = os.path.join(INSIDE, "kept")


class Shape(NamedTuple):
    """One of the outputs of every source.

    ``ending`` takes the place of the source's suffix, ``header`` stands before everything. Without an ending the output
    stays inside ``.winnow``, as a piece of something that is put together in the end.
    """

    ending: Callable[[Source], str] | None
    header: str = ""


class Places:
    """Gives names, each only once; that of a source depends on those before it, in whose order it is asked."""

    def __init__(self, folder: str, shapes: Sequence[Shape]) -> None:
        self.folder, self.shapes = folder, shapes
        self._real = os.path.realpath(folder)
        self._taken: set[str] = set()
        self._checked: set[str] = set()

    def names(self, source: Source) -> tuple[str, ...]:
        """Return the path of each output, relative to the folder; raises InputError where all good names are taken."""
        names: list[str] = []
        for shape in self.shapes:
            if shape.ending:
                names.append(self._name(source, shape.ending(source)))
            else:
                names.append(os.path.join(_KEPT, short("\n".join([source.path, *names]))))
        return tuple(names)

    def _name(self, source: Source, ending: str) -> str:
        stem = source.relative[: len(source.relative) - len(source.suffix)]
        for name in (stem + ending, source.relative + ending):
            if name not in self._taken:
                self._taken.add(name)
                return name
        path = os.path.join(self.folder, name)
        raise InputError(source.path, f"has no output: {path} is taken by another input of the same name")

    def path(self, name: str) -> str:
        """Return where an output is."""
        return os.path.join(self.folder, name)

    def check(self, source: Source, name: str, create: bool = True) -> None:
        """Raise InputError where an output may not stand under its name; ``create`` the folder it will stand in."""
        path = self.path(name)
        try:
            self._check_folder(os.path.dirname(path) or ".", create)
            if os.path.isdir(path):
                raise IsADirectoryError(21, "is a directory")
            if os.path.lexists(path) and not os.path.islink(path) and not os.access(path, os.W_OK):
                raise PermissionError("it is write-protected")
            if _same_file(path, source.path):
                raise OSError("it is the input")
        except (OSError, ValueError) as error:
            raise InputError(path, f"cannot be written ({why(error)})") from error

    def _check_folder(self, folder: str, create: bool) -> None:
        if folder in self._checked:
            return
        if os.path.commonpath([self._real, os.path.realpath(folder)]) != self._real:
            raise OSError("it would lie outside of the output folder")
        if create:
            os.makedirs(folder, exist_ok=True)
            self._checked.add(folder)

    def put(self, temporary: str, name: str) -> None:
        """Give a finished file its name; raises OSError."""
        path = self.path(name)
        with suppress(FileNotFoundError):
            os.chmod(temporary, stat.S_IMODE(os.lstat(path).st_mode) if not os.path.islink(path) else 0o644)
        os.replace(temporary, path)


def short(text: str) -> str:
    """Return a name for ``text`` that serves as a file's."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _same_file(path: str, other: str) -> bool:
    try:
        return os.path.samefile(path, other)
    except OSError:  # one of them is not there, which is as it should be
        return False
