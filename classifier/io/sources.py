"""Paths -> sources: which files are read, in which order, as what."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from ..errors import InputError

CODECS = ("", "gz", "zst")
PACKED = ("jsonl", "csv", "tsv")  # formats of which a file may be compressed as a whole
SUFFIXES = {".txt": ("text", "")} | {
    f".{name}{'.' * bool(codec)}{codec}": (name, codec) for name in PACKED for codec in CODECS
}
SUFFIXES |= {".parquet": ("parquet", ""), ".arrow": ("arrow", ""), ".feather": ("arrow", "")}
SUFFIXES |= {".html": ("html", ""), ".htm": ("html", ""), ".warc": ("warc", ""), ".warc.gz": ("warc", "gz")}
FORMATS = tuple(dict.fromkeys(name for name, _ in SUFFIXES.values()))
COMPRESSED = (".gz", ".zst", ".bz2", ".xz", ".zip")
STDIN = "-"
_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+(://|::)")


@dataclass(frozen=True)
class Source:
    """One input.

    Attributes:
        path: as it was given, or the folder's joined with the relative path; ``-`` is standard input.
        relative: where its output belongs below an output folder.
        format: one of FORMATS; ``text`` and ``html`` are one document.
        codec: ``""``, ``gz`` or ``zst``.
        size: bytes on disk, 0 where that is not known.
    """

    path: str
    relative: str
    format: str
    codec: str = ""
    size: int = 0

    @property
    def suffix(self) -> str:
        """The part of the name that says what it is, as written; empty where nothing does."""
        known = known_suffix(self.relative)
        return self.relative[len(self.relative) - len(known) :]


def known_suffix(name: str) -> str:
    """Return the suffix of ``name`` that stands in SUFFIXES, or ``""``."""
    lower = name.lower()
    return next(filter(lower.endswith, SUFFIXES), "")


def walk(
    paths: Iterable[str], input_format: str | None = None, avoid: Collection[str] = ()
) -> Iterator[Source | InputError]:
    """Yield every source, or what is wrong with a path.

    Args:
        paths: files, folders and ``-``. A folder gives its files with a known suffix, recursively, in order of relative
            path; links to folders inside it are not followed.
        input_format: one of FORMATS: what files and standard input are, whatever they are called; in a folder, only
            files of this format are read.
        avoid: real paths that are passed over inside folders (the run's own outputs).
    """
    for path in paths:
        if path == STDIN:
            yield Source(STDIN, "stdin", input_format or "text")
            continue
        if is_remote(path):
            yield from _walk_remote(path, input_format, avoid)
            continue
        try:
            status = os.stat(path)
        except (OSError, ValueError) as error:
            yield InputError(path, why(error))
            continue
        if stat.S_ISDIR(status.st_mode):
            yield from _walk_folder(path, input_format, avoid)
        else:
            yield _file(path, input_format, status.st_size)


def _walk_remote(path: str, input_format: str | None, avoid: Collection[str]) -> Iterator[Source | InputError]:
    from . import remote

    found = False
    try:
        for address, relative, size in remote.entries(path, avoid):
            found = True
            if not relative:
                yield _file(address, input_format, size)
            elif known_suffix(relative):
                kind, codec = SUFFIXES[known_suffix(relative)]
                if input_format in (None, kind):
                    yield Source(address, relative, kind, codec, size)
    except (OSError, InputError) as error:
        yield error if isinstance(error, InputError) else InputError(path, why(error))
        return
    if not found:
        yield InputError(path, f"no documents found (looked for *{', *'.join(SUFFIXES)})")


def is_folder(path: str) -> bool:
    """Tell whether ``path`` is a folder, here or elsewhere."""
    if not is_remote(path):
        return os.path.isdir(path)
    from . import remote

    try:
        return remote.is_folder(path)
    except (OSError, InputError):
        return False


def is_remote(path: str) -> bool:
    """Tell whether ``path`` is an address and not the name of a file here."""
    return bool(_ADDRESS.match(path))


def why(error: BaseException) -> str:
    """Return the reason of ``error`` in one lower-case phrase."""
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return reason[:1].lower() + reason[1:]


def _file(path: str, input_format: str | None, size: int) -> Source | InputError:
    if not input_format and not known_suffix(path) and path.lower().endswith(COMPRESSED):
        return InputError(path, "is compressed; of such files only JSONL, CSV, TSV and WARC are read (NAME.jsonl.gz)")
    found, codec = SUFFIXES.get(known_suffix(path), ("text", ""))
    if input_format in PACKED and not codec:
        codec = next((c for c in CODECS[1:] if path.lower().endswith("." + c)), "")
    chosen = input_format or found
    return Source(path, os.path.basename(path), chosen, codec if chosen in (*PACKED, "warc") else "", size)


def _walk_folder(root: str, input_format: str | None, avoid: Collection[str]) -> Iterator[Source | InputError]:
    found = False
    for item in _files(root, os.path.realpath(root), avoid):
        if isinstance(item, str):
            kind, codec = SUFFIXES[known_suffix(item)]
            if input_format not in (None, kind):
                continue
            yield _regular(os.path.join(root, item), item, kind, codec)
        else:
            yield item
        found = True
    if not found:
        yield InputError(root, f"no documents found (looked for *{', *'.join(SUFFIXES)})")


def _files(root: str, real: str, avoid: Collection[str]) -> Iterator[str | InputError]:
    """Yield the relative paths of files with a known suffix, in order; folders may be nested to any depth."""
    inside = os.path.join(real, "")
    avoided = {path[len(inside) :] for path in avoid if path.startswith(inside)}
    waiting = [""]
    while waiting:
        relative = waiting.pop()
        if relative and not relative.endswith("/"):
            yield relative
            continue
        try:
            with os.scandir(os.path.join(root, relative)) as entries:
                names = [relative + entry.name + "/" * entry.is_dir(follow_symlinks=False) for entry in entries]
        except OSError as error:
            yield InputError(os.path.join(root, relative), why(error))
            continue
        found = (name for name in names if name.endswith("/") or known_suffix(name))
        waiting += sorted((name for name in found if name.rstrip("/") not in avoided), reverse=True)


def _regular(path: str, relative: str, kind: str, codec: str) -> Source | InputError:
    try:
        status = os.stat(path)
    except OSError as error:
        return InputError(path, why(error))
    if stat.S_ISDIR(status.st_mode):
        return InputError(path, "is a link to a folder; such links are not followed")
    if not stat.S_ISREG(status.st_mode):
        return InputError(path, "is not a regular file")
    return Source(path, relative, kind, codec, status.st_size)
