"""Lines in, lines out, while the request is still coming in.

What has been read waits in a buffer of limited size, so that a client that writes all of a body before it reads is
served as well as one that reads as it writes.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator

from starlette.types import Receive, Scope, Send

from .desk import Desk
from .judging import LINES, Answer, Task
from .limits import TOGETHER, Limits, Refused
from .measures import Measures
from .orders import Order
from .taking import Gone, chunks

_Part = bytes | Refused | Gone | None  # some whole lines, what is wrong with one, the client has gone, the end


class Stream:
    """One streamed request and its answer, as an ASGI application."""

    def __init__(self, order: Order, desk: Desk, limits: Limits, measures: Measures) -> None:
        self._order, self._desk, self._limits, self._measures = order, desk, limits, measures
        self._line = 1

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer line by line."""
        headers = [(b"content-type", LINES.encode()), (b"x-accel-buffering", b"no")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        buffer = _Buffer(self._limits.body)
        reading = asyncio.create_task(self._read(receive, buffer))
        try:
            while (part := await buffer.take()) is not None and not isinstance(part, Gone):
                lines = self._refusal(part) if isinstance(part, Refused) else await self._judged(part)
                await self._send(lines, send)
            if part is None:
                await self._send(b"", send, more=False)
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _read(self, receive: Receive, buffer: _Buffer) -> None:
        try:
            async for part in whole_lines(self._counted(receive), self._limits.body):
                await buffer.put(part)
        except (Refused, Gone) as end:
            buffer.put_now(end)
        buffer.put_now(None)

    async def _counted(self, receive: Receive) -> AsyncIterator[bytes]:
        async for chunk in chunks(receive, self._limits.patience):
            self._measures.bytes.inc(len(chunk))
            yield chunk

    async def _judged(self, lines: bytes) -> bytes:
        answer = await self._desk.answer(Task(self._order, LINES, lines, self._line))
        self._measures.documents.labels(self._order.action).inc(answer.documents)
        written = _written(answer, self._line)
        self._line += lines.count(b"\n")
        return written

    def _refusal(self, refused: Refused) -> bytes:
        line = json.dumps({"error": f"-:{self._line}: {refused.reason}"}) + "\n"
        self._line += refused.status == 413
        return line.encode()

    async def _send(self, body: bytes, send: Send, more: bool = True) -> None:
        message = {"type": "http.response.body", "body": body, "more_body": more}
        await asyncio.wait_for(send(message), self._limits.patience)


async def whole_lines(parts: AsyncIterator[bytes], most: int) -> AsyncIterator[bytes | Refused]:
    """Yield ``parts`` anew, cut behind line feeds; for a line of more than ``most`` bytes a Refused (413)."""
    kept: list[bytes] = []
    size, skipping = 0, False
    async for part in parts:
        head, feed, tail = part.rpartition(b"\n")
        if feed:
            if skipping:
                _, _, head = (head + feed).partition(b"\n")
                lines = head
            else:
                lines = b"".join([*kept, head, feed])
            if lines:
                yield lines
            kept, size, skipping = [], 0, False
        if not skipping:
            kept.append(tail)
            size += len(tail)
        if size > most:
            yield Refused(413, f"the line has more than {most} bytes")
            kept, size, skipping = [], 0, True
    if size:
        yield b"".join(kept)


def _written(answer: Answer, line: int) -> bytes:
    if answer.status == 200:
        return answer.body
    return json.dumps({"error": f"-:{line}: {json.loads(answer.body)['error']}"}).encode() + b"\n"


class _Buffer:
    """Parts on their way from the reader to the writer; the reader waits while more than ``most`` bytes lie in it."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._parts: deque[_Part] = deque()
        self._come, self._gone = asyncio.Event(), asyncio.Event()

    async def put(self, part: _Part) -> None:
        """Append a part when there is room."""
        while self._size > self._most:
            self._gone.clear()
            await self._gone.wait()
        self.put_now(part)

    def put_now(self, part: _Part) -> None:
        """Append a part."""
        self._parts.append(part)
        self._size += len(part) if isinstance(part, bytes) else 0
        self._come.set()

    async def take(self) -> _Part:
        """Return the first part; lines together with the lines behind them, as far as they fit into one batch."""
        while not self._parts:
            self._come.clear()
            await self._come.wait()
        first = self._parts.popleft()
        if not isinstance(first, bytes):
            return first
        lines, size = [first], len(first)
        while self._parts and isinstance(self._parts[0], bytes) and size + len(self._parts[0]) <= TOGETHER:
            lines.append(self._parts.popleft())  # type: ignore[arg-type]
            size += len(lines[-1])
        self._size -= size
        self._gone.set()
        return b"".join(lines)
