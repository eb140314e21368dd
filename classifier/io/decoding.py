"""Bytes -> text, chunk by chunk: decompression, byte order marks, encodings, lines."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from io import BufferedIOBase
from itertools import chain
from typing import AnyStr

from ..errors import InputError

CHUNK = 15 << 15  # bytes; with the rest of a line before it, the text of one batch
MAX_DOCUMENT = 256 << 20  # bytes of a document or a line, which are held in memory whole
# A compressed file may unfold to so many bytes; beyond them, to so many for each byte of it. Text unfolds four times.
FREE, MAX_RATIO = 256 << 20, 200
_ZST_SLICE = 1 << 10  # of compressed bytes at a time: a hostile one unfolds into no more than 32 MiB
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def chunks(file: BufferedIOBase, codec: str) -> Iterator[bytes]:
    """Yield the bytes of ``file``, decompressed.

    Raises EOFError where a compressed stream is cut off, InputError where it is a bomb.
    """
    if not codec:
        yield from _pieces(file)
        return
    folded = _Counting(file)
    unfolded = 0
    for chunk in _unpack_zst(folded) if codec == "zst" else _pieces(gzip.GzipFile(fileobj=folded)):
        unfolded += len(chunk)
        if unfolded > max(FREE, MAX_RATIO * folded.count):
            raise InputError(
                codec, f"unfolds to more than {MAX_RATIO} times its size; unpack it first, if you trust it"
            )
        yield chunk


def _pieces(stream: BufferedIOBase) -> Iterator[bytes]:
    # read1, because read hears no Ctrl-C between two pieces of a pipe, and loses what stands before damage in a gzip.
    while chunk := stream.read1(CHUNK):
        yield chunk


class _Counting(BufferedIOBase):
    """Counts the bytes that are read of a file, which may be a pipe."""

    def __init__(self, file: BufferedIOBase) -> None:
        self._file, self.count = file, 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = self._file.read(size)
        self.count += len(data)
        return data


def bounded(parts: Iterable[AnyStr]) -> Iterator[AnyStr]:
    """Yield ``parts``; raises InputError where they are more than a document may have."""
    size = 0
    for part in parts:
        size += len(part)
        refuse_giant(size)
        yield part


def refuse_giant(size: int) -> None:
    """Raise InputError where a document or line of ``size`` would be held in memory."""
    if size > MAX_DOCUMENT:
        raise InputError("", f"has a document or line of more than {MAX_DOCUMENT >> 20} MiB")


def _unpack_zst(file: BufferedIOBase) -> Iterator[bytes]:
    try:
        import zstandard
    except ImportError:
        raise InputError("zst", "needs the package zstandard: pip install newswinnow[zst]") from None
    frame, inside, size = zstandard.ZstdDecompressor().decompressobj(), False, 0
    unfolded: list[bytes] = []
    while data := file.read(_ZST_SLICE):
        while data:
            try:
                unfolded.append(frame.decompress(data))
            except zstandard.ZstdError as error:
                raise EOFError(f"damaged zstd data ({error})") from None
            inside, data = not frame.eof, frame.unused_data if frame.eof else b""
            size += len(unfolded[-1])
            if not inside:
                frame = zstandard.ZstdDecompressor().decompressobj()
        if size > CHUNK >> 3:
            yield b"".join(unfolded)
            unfolded, size = [], 0
    yield b"".join(unfolded)
    if inside:
        raise EOFError("the compressed file ends before its end-of-stream marker")


def decode(data: bytes, encoding: str | None, warn: Callable[[str], None]) -> str:
    """Return the text of ``data``.

    A byte order mark is not part of the text and overrules ``encoding`` (default UTF-8). What cannot be decoded becomes
    U+FFFD; ``warn`` is told that, and of UTF-16.
    """
    name, mark = _recognise(data[:4], encoding or "utf-8", warn)
    return _Decoder(name, warn).decode(data[mark:], final=True)


def decode_utf8(data: bytes, warn: Callable[[str], None]) -> str:
    """Return the text of some whole lines in UTF-8; what cannot be decoded becomes U+FFFD, and ``warn`` is told."""
    return _Decoder("utf-8", warn).decode(data, final=True)


def lines(parts: Iterable[bytes], encoding: str | None, warn: Callable[[str], None]) -> Iterator[bytes] | Iterator[str]:
    """Yield whole lines, line feeds included, as many at a time as came together.

    They are left as bytes where they are in UTF-8, to be decoded by whoever reads them; else they are text, decoded as
    ``decode`` does, but that ``warn`` is told once.
    """
    name, unmarked = _unmarked(parts, encoding, warn)
    if codecs.lookup(name).name == "utf-8":
        return cut(unmarked, b"\n")
    return cut(_decoded(unmarked, name, warn), "\n")


def first_line(path: str) -> bytes:
    """Return the first line of a file, unpacked; empty where it is empty or cannot be read."""
    found = b""
    try:
        with open(path, "rb") as file:
            for chunk in chunks(file, next((c for c in ("gz", "zst") if path.lower().endswith("." + c)), "")):
                found += chunk
                if b"\n" in chunk:
                    break
    except (OSError, EOFError, zlib.error, InputError):
        pass
    return found.partition(b"\n")[0]


def places_of_lines(file: BufferedIOBase, encoding: str | None) -> Iterator[tuple[int, int, int]] | None:
    """Say where whole lines lie in an open file, in order: offset, bytes, line feeds; None where it is not in UTF-8.

    A byte order mark is passed over. After None the file is where it was.
    """
    name, mark = _recognise(file.read(4), encoding or "utf-8", lambda _: None)
    file.seek(0)
    return _places(file, mark) if codecs.lookup(name).name == "utf-8" else None


def _places(file: BufferedIOBase, start: int) -> Iterator[tuple[int, int, int]]:
    buffer = bytearray(CHUNK)
    at = file.seek(start)
    while size := file.readinto(buffer):
        if end := buffer.rfind(b"\n", 0, size) + 1:
            yield start, at + end - start, buffer.count(b"\n", 0, end)
            start = at + end
        at += size
        refuse_giant(at - start)
    if at > start:
        yield start, at - start, 0


def cut(parts: Iterable[AnyStr], line_feed: AnyStr) -> Iterator[AnyStr]:
    """Yield ``parts`` anew, cut behind their last line feed; linear in a line of any length, which has a limit."""
    nothing, head, size = line_feed[:0], [line_feed[:0]], 0
    for part in parts:
        if end := part.rfind(line_feed) + 1:
            head.append(part[:end])
            yield nothing.join(head)
            head, size = [], 0
        head.append(part[end:])
        size += len(part) - end
        refuse_giant(size)
    if last := nothing.join(head):
        yield last


def _unmarked(parts: Iterable[bytes], encoding: str | None, warn: Callable[[str], None]) -> tuple[str, Iterator[bytes]]:
    """Return the name of the encoding, and the parts without a byte order mark."""
    parts = iter(parts)
    first = b""
    while len(first) < 4 and (part := next(parts, None)) is not None:
        first += part
    name, mark = _recognise(first, encoding or "utf-8", warn)
    return name, chain([first[mark:]], parts)


def _recognise(first: bytes, encoding: str, warn: Callable[[str], None]) -> tuple[str, int]:
    if codecs.lookup(encoding).name.startswith("utf-32"):  # its mark begins like that of UTF-16
        return encoding, 0
    name, mark = next(((name, len(mark)) for mark, name in _MARKS if first.startswith(mark)), (encoding, 0))
    if name.startswith("utf-16") and mark:
        warn("UTF-16, decoded by its byte order mark")
    return name, mark


def _decoded(parts: Iterable[bytes], encoding: str, warn: Callable[[str], None]) -> Iterator[str]:
    decoder = _Decoder(encoding, warn)
    for part in parts:
        yield decoder.decode(part)
    yield decoder.decode(b"", final=True)


class _Decoder:
    """Decodes strictly until something is wrong, and with replacement from that chunk on."""

    def __init__(self, encoding: str, warn: Callable[[str], None]) -> None:
        self._encoding, self._warn = encoding, warn
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")

    def decode(self, data: bytes, final: bool = False) -> str:
        state = self._decoder.getstate()
        try:
            return self._decoder.decode(data, final)
        except UnicodeDecodeError:
            self._warn(f"invalid {self._encoding.upper()}, decoded with replacement (--encoding names another)")
        self._decoder = codecs.getincrementaldecoder(self._encoding)("replace")
        self._decoder.setstate(state)
        return self._decoder.decode(data, final)
