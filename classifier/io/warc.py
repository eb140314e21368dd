"""WARC -> the pages and texts in it. Needs the extra ``warc``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NamedTuple, cast

from ..errors import InputError
from ..text import Document
from .decoding import CHUNK, decode
from .reading import Fields, Record, Stretch, counted, opened
from .sources import Source

try:
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    from .pages import MAX_PAGE, Page, decoded
except ImportError:
    raise InputError("warc", "needs the package fastwarc: pip install newswinnow[warc]") from None
except InputError:
    raise InputError("warc", "needs the package resiliparse: pip install newswinnow[warc]") from None

_PAGES = ("text/html", "application/xhtml+xml")
_READ = (*_PAGES, "text/plain")


class Response(NamedTuple):
    """What a server answered: the record's id, where it was asked, the type and encoding it gave, and the bytes."""

    id: str
    url: str | None
    type: str
    charset: str | None
    body: bytes


def stretches(
    source: Source, fields: Fields, advance: Callable[[int], None], warn: Callable[[str], None]
) -> Iterator[Source | Stretch | InputError]:
    """Yield ``source``, then what servers answered, some at a time; all other records are counted."""
    with opened(source) as file:
        yield source
        taken: list[Response] = []
        size = number = passed = 0
        stopped: InputError | OSError | EOFError | None = None
        responses = _responses(_Stream(counted(file, source, advance)), source)
        while not stopped:
            try:
                item = next(responses, _END)
            except (InputError, OSError, EOFError) as error:
                item, stopped = _END, error
            if isinstance(item, Response):
                taken.append(item)
                size += len(item.body)
            if taken and (size > CHUNK or not isinstance(item, Response | None)):
                yield Stretch(source, taken, number + 1, heft=size)
                number, taken, size = number + len(taken), [], 0
            if isinstance(item, InputError):
                yield item
            elif item is _END:
                break
            passed += item is None
    if passed:
        warn(f"{passed} records passed over: they are no answers of HTML or text")
    if stopped:
        raise stopped


_END = object()


class _Stream:
    """Chunks of bytes, to be read as a file is."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._left, self.count = chunks, b"", 0

    def read(self, size: int) -> bytes:
        if not self._left:
            self._left = next(self._chunks, b"")
        data, self._left = self._left[:size], self._left[size:]
        self.count += len(data)
        return data

    def tell(self) -> int:
        return self.count


def _responses(file: _Stream, source: Source) -> Iterator[Response | InputError | None]:
    """Yield what can be read of each record, None for one that is nothing to us."""
    last: list[Response | InputError | None] = []  # it counts once the next is there, for then it was whole
    ends = 0
    for record in _records(file):
        yield from last
        ends = record.stream_pos + record.content_length
        last = [_response(record, source)]
    if ends > file.count:
        raise InputError("", "ends within a record")
    if not last and file.count:
        raise InputError("", "is no WARC file")
    yield from last


def _records(file: _Stream) -> Iterator[Any]:
    try:
        yield from ArchiveIterator(cast(BinaryIO, file), record_types=WarcRecordType.any_type, parse_http=False)
    except (ValueError, RuntimeError, KeyError, OverflowError) as error:
        raise InputError("", f"damaged WARC ({error})") from None


def _response(record: Any, source: Source) -> Response | InputError | None:
    kind = record.record_type
    if kind not in (WarcRecordType.response, WarcRecordType.resource, WarcRecordType.conversion):
        return None
    name = record.headers.get("WARC-Record-ID") or record.headers.get("WARC-Target-URI") or source.path
    where = f"{source.path}:{name}"
    if kind == WarcRecordType.response:
        record.parse_http(auto_decode="all")
        if record.http_headers is None:
            return None
        if not 200 <= (record.http_headers.status_code or 0) < 300:
            return None
        given = record.http_headers.get("Content-Type", "")
    else:
        given = record.headers.get("Content-Type", "")
    media, _, rest = given.partition(";")
    if media.strip().lower() not in _READ:
        return None
    body = record.reader.read(MAX_PAGE + 1)
    if len(body) > MAX_PAGE:
        return InputError(where, f"is a page of more than {MAX_PAGE >> 20} MiB")
    return Response(name, record.headers.get("WARC-Target-URI"), media.strip().lower(), _charset(rest), body)


def _charset(parameters: str) -> str | None:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            try:
                "a".encode(value.strip(" \"'"))
            except (LookupError, UnicodeError, ValueError):
                return None
            return value.strip(" \"'")
    return None


def records(stretch: Stretch, fields: Fields, warn: Callable[[str], None]) -> Iterator[Record | InputError]:
    """Yield the answers as records with ``id``, ``url`` and ``text``."""
    for response in stretch.data:
        where = f"{stretch.source.path}:{response.id}"
        encoding = fields.encoding or response.charset
        try:
            if response.type in _PAGES:
                page = Page(decoded(response.body, encoding, warn))
                text = page.text
            else:
                page, text = None, decode(response.body, encoding, warn)
        except InputError as error:
            yield InputError(where, error.reason)
            continue
        meta = {"id": response.id, "url": response.url, "text": text}
        yield Record(stretch.source, Document(response.id, text, meta), where, origin=page)
