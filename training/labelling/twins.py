"""Documents that say the same: equal texts, and texts of two splits that share many runs of eight words."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SHINGLE = 8
SHARE = 0.5  # of the shorter document's shingles
_FEWEST = 5  # shingles a document must have before a share of them means something
_COMMON = 20  # a shingle in more documents than this is furniture of a site
_WORD = re.compile(r"\w+")


class Twin(NamedTuple):
    """Two documents by their index, the earlier first; ``share`` of the shorter one's shingles stand in both."""

    first: int
    second: int
    share: float


def equal(texts: Sequence[str]) -> list[Twin]:
    """Return each document whose words are those of an earlier one, with the first that has them."""
    seen: dict[str, int] = {}
    found = []
    for i, text in enumerate(texts):
        words = " ".join(_WORD.findall(text.lower()))
        first = seen.setdefault(words, i)
        if first != i and words:
            found.append(Twin(first, i, 1.0))
    return found


def near(texts: Sequence[str], splits: Sequence[str], share: float = SHARE) -> list[Twin]:
    """Return the pairs of documents of different splits that share at least ``share`` of the shorter's shingles."""
    shingles = [_shingles(text) for text in texts]
    owners = np.repeat(np.arange(len(texts)), [len(some) for some in shingles])
    values = np.concatenate([*shingles, np.empty(0, np.uint64)])
    order = np.argsort(values, kind="stable")
    shared = Counter(_pairs(values[order], owners[order], splits))
    least = {pair: min(len(shingles[pair[0]]), len(shingles[pair[1]])) for pair in shared}
    wanted = (Twin(*pair, count / least[pair]) for pair, count in shared.items() if least[pair] >= _FEWEST)
    return sorted(twin for twin in wanted if twin.share >= share)


def _pairs(values: NDArray[np.uint64], owners: NDArray[np.int64], splits: Sequence[str]) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(values)) + 1 if len(values) else np.empty(0, np.int64)
    begins, ends = np.append(0, edges), np.append(edges, len(values))
    several = ends - begins > 1
    for begin, end in zip(begins[several].tolist(), ends[several].tolist(), strict=True):
        if end - begin <= _COMMON:
            some = owners[begin:end].tolist()
            yield from (pair for pair in combinations(some, 2) if splits[pair[0]] != splits[pair[1]])


def _shingles(text: str) -> NDArray[np.uint64]:
    """Return the distinct hashes of runs of eight words, uint64 (n,), sorted."""
    words = _WORD.findall(text.lower())
    hashes = np.array([zlib.crc32(word.encode("utf-8", "replace")) for word in words], np.uint64)
    mixed = np.zeros(max(len(words) - SHINGLE + 1, 0), np.uint64)
    for place in range(SHINGLE):
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + hashes[place : place + len(mixed)]
    return np.unique(mixed ^ (mixed >> np.uint64(29)))
