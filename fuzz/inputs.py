"""Bytes from a fuzzer -> what the harnesses read: texts, numbers, choices. Any bytes mean something."""

from __future__ import annotations

import codecs

import numpy as np
from numpy.typing import NDArray

from .naughty import NAUGHTY

_CUT = "\x1d"  # between two documents of a batch
_COMMON = (
    " ",
    " ",
    " ",
    ". ",
    "\n",
    "\n\n",
    ", ",
    "! ",
    "? ",
    '" ',
    ' "',
    "... ",
    "said",
    "probably",
    "the",
    "lol",
    "I",
)
VOCABULARY = (*_COMMON, *(s for s in NAUGHTY if s))[:256]


class Feed:
    """Bytes taken from the front, zeros where there are no more."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def byte(self) -> int:
        """Return the next byte."""
        self._at += 1
        return self._data[self._at - 1] if self._at <= len(self._data) else 0

    def rest(self) -> bytes:
        """Return all that was not taken."""
        return self._data[self._at :]

    def below(self, n: int) -> int:
        """Return a number below ``n``."""
        return (self.byte() << 8 | self.byte()) % n

    def floats(self, shape: tuple[int, ...], low: float, high: float) -> NDArray[np.float64]:
        """Return numbers between ``low`` and ``high``, of ``shape``."""
        flat = [self.byte() for _ in range(int(np.prod(shape)))]
        return low + (high - low) * np.array(flat, np.float64).reshape(shape) / 255


def text_of(data: bytes) -> str:
    """Return a text in one of four readings of ``data``, the first byte says which; lone surrogates among them."""
    how, body = (data[0] % 4, data[1:]) if data else (0, b"")
    if how == 0:
        return body.decode("utf-8", "surrogateescape")
    if how == 1:
        return body.decode("latin-1")
    if how == 2:
        return codecs.decode(body[: len(body) // 2 * 2], "utf-16-le", "surrogatepass") if _pairs(body) else ""
    return "".join(VOCABULARY[byte % len(VOCABULARY)] for byte in body)


def _pairs(body: bytes) -> bool:
    try:
        codecs.decode(body[: len(body) // 2 * 2], "utf-16-le", "surrogatepass")
    except UnicodeDecodeError:  # the first half of a pair at the very end
        return False
    return True


def texts_of(data: bytes) -> list[str]:
    """Return a batch of texts."""
    return text_of(data).split(_CUT)
