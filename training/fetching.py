"""The corpus of the shipped model, brought from where it is served: each file checked against ``data/sources.json``.

Needs the extra ``fetch`` (pooch). Nothing here is called but by somebody who asked for a download.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException, IncompleteRead
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from classifier.errors import InputError, MissingExtra

FORMAT = 1
_CHUNK = 1 << 16
_TRIES = 3
_WAIT = 30.0  # seconds without a byte
Watch = Callable[[int], None]  # how many bytes more have come


@dataclass(frozen=True)
class Source:
    """One file of the corpus; ``url`` is None where no stable public address is known."""

    name: str
    url: str | None
    bytes: int
    sha256: str
    licence: str
    holds: str


def read_registry(path: Path) -> list[Source]:
    """Read the list of files; raises InputError where it is none, or a name would lead out of its folder."""
    try:
        content = json.loads(path.read_text("utf-8"))
        if content["format"] != FORMAT:
            raise ValueError(f"is of format {content['format']}, this version reads {FORMAT}")
        sources = [Source(**row) for row in content["files"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = f"{error.strerror}; --data names data/ of a checkout" if isinstance(error, OSError) else error
        raise InputError(str(path), f"cannot be read as a list of sources ({reason})") from None
    for source in sources:
        if not source.name or Path(source.name).name != source.name:
            raise InputError(str(path), f"{source.name!r} is not the plain name of a file")
    return sources


def fetch(source: Source, folder: Path, served: str | None = None, watch: Watch = lambda more: None) -> bool:
    """Bring one file into ``folder``, unless it is there already; return whether anything was brought.

    A download that breaks off is taken up where it ended, now and by the next call: what has come so far waits as
    ``.NAME.part``. The file appears under its name when it is whole and its digest is right.

    Args:
        source: which file.
        folder: made where it is not there.
        served: address of a folder that serves the files, or a folder on this machine; else the source's own address.
        watch: is told of bytes as they come.

    Raises:
        InputError: no address is known, nobody serves the file there, or what is served is another file.
        MissingExtra: pooch is not installed.
    """
    pooch = _pooch()
    place = _place(source, served)
    known = f"sha256:{source.sha256}"
    if (folder / source.name).exists() and pooch.file_hash(str(folder / source.name)) == source.sha256:
        return False
    bring = _copied if Path(place).is_file() else _Resumed(source, watch)
    try:
        pooch.retrieve(place, known, fname=source.name, path=folder, downloader=bring)
    except ValueError:
        raise InputError(
            place, f"is not the file that {source.name} was; its SHA-256 should be {source.sha256}"
        ) from None
    except OSError as error:
        raise InputError(place, f"cannot be fetched ({error})") from None
    return True


def _pooch() -> Any:
    try:
        import pooch
    except ImportError as error:
        raise MissingExtra("fetching a corpus needs pooch: pip install 'newswinnow[fetch]'") from error
    pooch.get_logger().setLevel("ERROR")
    return pooch


def _place(source: Source, served: str | None) -> str:
    if served is None and source.url is None:
        raise InputError(source.name, "no stable public address is known; say with --from who serves it")
    if served is not None and "://" not in served:
        if not (Path(served) / source.name).is_file():
            raise InputError(str(Path(served) / source.name), "no such file")
        return str(Path(served) / source.name)
    place = f"{served.rstrip('/')}/{source.name}" if served else str(source.url)
    if not place.startswith(("http://", "https://")):
        raise InputError(place, "is not an http or https address")
    return place


def _copied(place: str, target: str, pooch: Any) -> None:
    shutil.copyfile(place, target)


class _Resumed:
    """What pooch calls to download: goes on from where an earlier try ended, and takes no more than was announced."""

    def __init__(self, source: Source, watch: Watch) -> None:
        self._source, self._watch = source, watch

    def __call__(self, url: str, target: str, pooch: Any) -> None:
        part = Path(target).with_name(f".{self._source.name}.part")
        for left in reversed(range(_TRIES)):
            try:
                self._go_on(url, part)
                break
            except HTTPError:
                part.unlink(missing_ok=True)
                raise
            except (OSError, HTTPException) as error:
                if not left:
                    far = f"after {_size(part):,} of {self._source.bytes:,} bytes"
                    raise OSError(f"{getattr(error, 'reason', error)} {far}; the same command goes on") from None
        part.replace(target)

    def _go_on(self, url: str, part: Path) -> None:
        held = _size(part)
        if held >= self._source.bytes:
            return
        headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={held}-"} if held else {})}
        with urlopen(Request(url, headers=headers), timeout=_WAIT) as answer:
            held = held if answer.status == HTTPStatus.PARTIAL_CONTENT else 0
            self._watch(held)
            with part.open("ab" if held else "wb") as file:
                # One byte more than was announced is enough for the digest to tell.
                while held <= self._source.bytes and (chunk := answer.read1(_CHUNK)):
                    held += len(chunk)
                    file.write(chunk)
                    self._watch(len(chunk))
            if answer.length:
                raise IncompleteRead(b"", answer.length)


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0
