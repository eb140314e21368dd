"""A request's body, read in full or line by line, within the limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.types import Receive

from .judging import JSON, LINES, TEXT
from .limits import Limits, Refused

MEDIA = {
    "application/json": JSON,
    "application/x-ndjson": LINES,
    "application/ndjson": LINES,
    "application/jsonl": LINES,
    "application/x-jsonlines": LINES,
    "text/plain": TEXT,
}


class Gone(Exception):
    """The client has closed the connection."""


def media(request: Request) -> str:
    """Return which kind of body is coming; raises Refused (415)."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused(415, "a compressed body is not read; send it as it is")
    name, *parameters = (part.strip().lower() for part in request.headers.get("content-type", "").split(";"))
    charset = next((p[8:].strip("\"' ") for p in parameters if p.startswith("charset=")), "utf-8")
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise Refused(415, f"charset {charset[:40]} is not read; send UTF-8")
    if name not in MEDIA:
        raise Refused(415, f"Content-Type must be one of {', '.join(MEDIA)}, not {name[:80] or 'missing'}")
    return MEDIA[name]


class Ledger:
    """Counts the bytes of all requests that are held at once."""

    def __init__(self, most: int) -> None:
        self._most, self._held = most, 0

    def add(self, size: int) -> None:
        """Count ``size`` bytes more; raises Refused (503) where that is too many."""
        if self._held + size > self._most:
            raise Refused(503, "too much is waiting; try again")
        self._held += size

    def remove(self, size: int) -> None:
        """Count ``size`` bytes fewer."""
        self._held -= size


async def body(request: Request, limits: Limits, ledger: Ledger) -> bytes:
    """Read a body in full; it is counted in ``ledger``, and the caller takes it off again.

    Raises:
        Refused: 413, 408, 503.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > limits.body:
        raise Refused(413, _too_large(limits))
    parts: list[bytes] = []
    size = 0
    try:
        async for chunk in chunks(request.receive, limits.patience):
            ledger.add(len(chunk))
            size += len(chunk)
            parts.append(chunk)
            if size > limits.body:
                raise Refused(413, _too_large(limits))
    except BaseException:
        ledger.remove(size)
        raise
    return b"".join(parts)


def _too_large(limits: Limits) -> str:
    return f"the body has more than {limits.body} bytes; a stream (application/x-ndjson) may have any number"


async def chunks(receive: Receive, patience: float) -> AsyncIterator[bytes]:
    """Yield a body as it comes in; raises Refused (408) where the client falls silent, Gone where it hangs up."""
    more = True
    while more:
        try:
            message = await asyncio.wait_for(receive(), patience)
        except asyncio.TimeoutError:
            raise Refused(408, f"nothing came for {patience:g} seconds") from None
        if message["type"] == "http.disconnect":
            raise Gone
        more = message.get("more_body", False)
        if message.get("body"):
            yield message["body"]
