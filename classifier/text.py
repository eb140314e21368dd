"""Documents, and a batch of them as one UTF-8 byte buffer with offsets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SURROGATES = re.compile("[\ud800-\udfff]")
# Between two documents, and after the last: no word, pair or sentence reaches across, and eight bytes can be read
# anywhere.
LEAD = 16
_GAP = b"\n" * LEAD


@dataclass(frozen=True)
class Document:
    """A text with a name.

    ``id`` keeps its JSON type. ``meta`` is the record the text came from (empty for a plain file). ``text`` is never
    edited.
    """

    id: Any
    text: str
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Batch:
    """Texts laid end to end.

    Attributes:
        buffer: uint8 (n_bytes,), UTF-8, documents separated by line breaks, padded at both ends.
        starts, ends: int64 (n_documents,), byte offsets of each document in ``buffer``, end exclusive.
        continuation: int64, sorted positions of UTF-8 continuation bytes; empty for ASCII.
    """

    buffer: NDArray[np.uint8]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    continuation: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts)

    def code_points(self, offsets: NDArray[Any], documents: NDArray[Any]) -> NDArray[np.int64]:
        """Translate byte ``offsets`` into code-point offsets within their ``documents`` (both of one shape)."""
        base = self.starts[documents]
        if not len(self.continuation):
            return offsets - base
        before = (
            np.searchsorted(self.continuation, offsets) - np.searchsorted(self.continuation, self.starts)[documents]
        )
        return offsets - base - before


def encode(text: str) -> bytes:
    """Encode as UTF-8; a lone surrogate becomes U+FFFD, so that code points are still counted one for one."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _SURROGATES.sub("\ufffd", text).encode()


def lay_out(texts: Sequence[str], follows: bool = False) -> Batch:
    """Lay ``texts`` end to end in one buffer; where it ``follows`` what was laid out before, no line break leads it."""
    parts = [encode(text) for text in texts]
    lengths = np.fromiter(map(len, parts), np.int64, len(parts))
    starts = np.cumsum(lengths + len(_GAP)) - lengths
    whole = _GAP.join([b"", *parts, b""])
    buffer = np.frombuffer(b" " * LEAD + whole[LEAD:] if follows else whole, np.uint8)
    continuation = np.flatnonzero((buffer & 0xC0) == 0x80)
    return Batch(buffer, starts, starts + lengths, continuation)
