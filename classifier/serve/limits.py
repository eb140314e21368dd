"""How much is taken in at once, and what a request is told that asks for more, or for what is not there."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1_000_000
TOGETHER, REQUESTS_TOGETHER = 1 << 19, 512  # bytes, and requests, that a worker takes at once


@dataclass(frozen=True)
class Limits:
    """What one request may ask for.

    Attributes:
        body: bytes of a request that is read whole, and of one line of a stream.
        document: bytes of one document's text in UTF-8.
        documents: documents in one JSON list.
        waiting: requests that wait for a worker; the next is told to come back.
        patience: seconds without a byte from the client, or without its taking one, before it is given up.
    """

    body: int = 32 * MEGABYTE
    document: int = 16 * MEGABYTE
    documents: int = 1000
    waiting: int = 512
    patience: float = 30.0

    @property
    def held(self) -> int:
        """Bytes of all requests together that are held while they are read or wait."""
        return 4 * self.body


class Refused(Exception):
    """A request that gets no answer; ``status`` is that of HTTP, ``reason`` is meant for a person."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason
