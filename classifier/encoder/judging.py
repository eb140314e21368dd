"""Segments -> logits, by an ONNX network that reads them window by window.

Each window is run by itself: the network's weights and activations are whole numbers whose scale depends on all that
is run together, and a document's answer must not depend on what else is in its batch.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import MissingExtra, ModelMismatch
from ..text import encode
from .graph import check_network
from .windows import CHARACTERS, OFFSETS, Window, cuts, head_of, read_of, window

INPUTS = ("tokens", "positions", "means", "marks")
_PARTS = {"model": "WordPiece", "normalizer": "BertNormalizer", "pre_tokenizer": "BertPreTokenizer"}
_SILENT = 3  # onnxruntime speaks of errors only

Floats = NDArray[np.float64]


class Encoder:
    """Judges segments by what stands in a window around them. May be shared between threads.

    Raises:
        MissingExtra: onnxruntime or tokenizers is not installed.
        ModelMismatch: the files are no network and no tokenizer, or not of this kind.
    """

    def __init__(self, network: bytes, tokenizer: bytes, k: int) -> None:
        self._k = k
        try:
            import onnxruntime
            import tokenizers
        except ImportError as error:
            raise MissingExtra(
                "a model with an encoder needs onnxruntime and tokenizers: pip install newswinnow[encoder]"
            ) from error
        try:
            self._tokenizer = open_tokenizer(tokenizers, tokenizer)
            self._session = _session(onnxruntime, network)
        except Exception as error:  # hostile bytes can make either library raise anything
            raise ModelMismatch(f"the encoder cannot be used ({_first_line(error)}); train it again") from error

    def logits(
        self,
        texts: Sequence[str],
        document: NDArray[np.int64],
        starts: NDArray[np.int64],
        ends: NDArray[np.int64],
        breaks: NDArray[np.int64],
    ) -> Floats:
        """Return centred logits of every segment, float64 (n, k).

        Args:
            texts: the documents.
            document: int64 (n,), index into ``texts`` of each segment's document, in order.
            starts, ends: int64 (n,), code-point offsets in their documents.
            breaks: int64 (n,), line breaks before each segment, 0 to 2.
        """
        edges = np.searchsorted(document, np.arange(len(texts) + 1))
        rows = [slice(low, high) for low, high in pairwise(edges)]
        parts = [
            self._of_document(text, starts[mine].tolist(), ends[mine].tolist(), breaks[mine].tolist())
            for text, mine in zip(texts, rows, strict=True)
        ]
        return np.concatenate([np.zeros((0, self._k)), *parts])

    def _of_document(self, text: str, starts: list[int], ends: list[int], breaks: list[int]) -> Floats:
        tokens = tokens_of(self._tokenizer, text, starts, ends)
        head = head_of(tokens)
        total = np.zeros((len(tokens), self._k))
        # What is cut the same in every pass, as all of a short document, is read once.
        times = Counter(some for offset in OFFSETS for some in cuts(tokens, offset))
        for some, share in times.items():
            read = window(tokens, breaks, some, head)
            total[some.start : some.stop] += self.judge(read) * (share / len(OFFSETS))
        return total - total.mean(axis=1, keepdims=True)

    def judge(self, read: Window) -> Floats:
        """Return the logarithms of the probabilities of a window's segments, float64 (segments, k)."""
        (logits,) = self._run(read)
        if logits.shape != (len(read.segments), self._k) or not np.isfinite(logits).all():
            raise ModelMismatch("the encoder's verdicts are not one finite number a label; train it again")
        wide = logits.astype(np.float64)
        wide -= wide.max(axis=1, keepdims=True)
        return wide - np.log(np.exp(wide).sum(axis=1, keepdims=True))

    def _run(self, read: Window) -> list[NDArray[np.float32]]:
        try:
            return self._session.run(None, feeds(read))
        except Exception as error:
            raise ModelMismatch(f"the encoder cannot be run ({_first_line(error)}); train it again") from error


def tokens_of(tokenizer: Any, text: str, starts: Sequence[int], ends: Sequence[int]) -> list[list[int]]:
    """Return the tokens that are read of each segment of ``text``, given where they start and end."""
    spans = zip(starts, ends, strict=True)
    pieces = (encode(text[start : min(end, start + CHARACTERS)]).decode() for start, end in spans)
    return [read_of(tokenizer.encode(piece, add_special_tokens=False).ids) for piece in pieces]


def feeds(read: Window) -> dict[str, NDArray[Any]]:
    """Return what the network is given of a window: ``INPUTS``.

    ``tokens`` and ``positions`` are int64 (t,), ``means`` float32 (segments, t), what each token weighs in the mean of
    its segment, ``marks`` int64 (segments,), the position of each segment's first token.
    """
    owner = np.array(read.owner)
    own = owner == np.arange(len(read.segments))[:, None]
    means = own.astype(np.float32) / own.sum(axis=1, dtype=np.float32)[:, None]
    given = (np.array(read.tokens), np.arange(len(owner)), means, own.argmax(axis=1))
    return dict(zip(INPUTS, given, strict=True))


def open_tokenizer(library: Any, content: bytes) -> Any:
    """Return a tokenizer of BERT's kind; no other is taken, since others are steered by patterns of any cost."""
    described = json.loads(content)
    kinds = {part: (described.get(part) or {}).get("type") for part in _PARTS}
    if kinds != _PARTS:
        raise ValueError("its tokenizer is not BERT's")
    tokenizer = library.Tokenizer.from_str(content.decode())
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _session(library: Any, network: bytes) -> Any:
    """Return a session on one thread whose answers depend on nothing but what it is given."""
    check_network(network)
    options = library.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = library.ExecutionMode.ORT_SEQUENTIAL
    options.use_deterministic_compute = True
    options.enable_mem_pattern = False  # it would be kept for every length of window
    options.log_severity_level = _SILENT
    session = library.InferenceSession(network, options, providers=["CPUExecutionProvider"])
    if {given.name for given in session.get_inputs()} != set(INPUTS) or len(session.get_outputs()) != 1:
        raise ValueError("it reads other things than windows")
    return session


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:200]
