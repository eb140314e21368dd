"""A document's answer read out of the definitions in plain Python, beginning with its text.

Nothing here looks at an array of a batch. Where those of ``classifier`` and this disagree, one of the two is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

import numpy as np
import plain
from cutting import Placed, Rules, cut
from features.test_context import Described
from features.test_surface import by_definition
from numpy.typing import NDArray

from classifier.classify import Classifier
from classifier.decode import Chain
from classifier.features.counts import MAX_TOKENS
from classifier.features.cues import CUES, MORE
from classifier.features.manner import LIMIT
from classifier.features.surface import SURFACE
from classifier.model import ACTIVE, Model

Floats = NDArray[np.float64]
LEXICONS = {
    kind: set(resources.files("classifier").joinpath("lexicons", f"{kind}.txt").read_text("utf-8").split())
    for kind in (*CUES, *MORE)
}


class Read(Described):
    """A document as the definitions of its features see it."""

    def __init__(self, text: str, rows: Sequence[Sequence[Placed]], alone: NDArray[np.int64]) -> None:
        self.tokens = [[placed.token for placed in row] for row in rows]
        self.breaks = [2, *(min(row[0].breaks, 2) for row in rows[1:])]
        self.line = (np.cumsum(np.array(self.breaks) > 0) - 1).tolist()
        said = plain.inside_quotes(self.tokens, self.breaks)
        both = list(zip(self.tokens, said, rows, strict=True))
        self.surface = [looks(row, inside, text[whole[0].start : whole[-1].end]) for row, inside, whole in both]
        self.cues = [cues(row, inside) for row, inside, _ in both]
        self.alone, self.k = plain.rows(alone), alone.shape[1]
        self.register = [self._register(i) for i in range(len(rows))]


def looks(row: list[plain.Token], said: list[bool], text: str) -> dict[str, int]:
    counted = by_definition(row, said)
    counted["letters"] = sum(3 if "\ud800" <= c <= "\udfff" else len(c.encode()) for c in text)
    return {name: counted[name] for name in SURFACE}


def cues(row: list[plain.Token], said: list[bool]) -> list[int]:
    words = [(t.folded.decode("utf-8", "replace"), s) for t, s in zip(row, said, strict=True) if t.word][:MAX_TOKENS]
    outside = [sum(not s and word in LEXICONS[cue] for word, s in words) for cue in CUES]
    inside = [sum(s and word in LEXICONS[cue] for word, s in words) for cue in CUES]
    return [*outside, *inside, *(sum(word in LEXICONS[kind] for word, _ in words) for kind in MORE)]


def first_logits(row: list[plain.Token], model: Model) -> Floats:
    """Of one segment, centred."""
    words, ends = plain.columns(row)
    columns = [column for token in words for column in token] + ends
    sums = model.first.weights[columns].astype(np.int64).sum(axis=0)
    damped = float(model.first.unit) * (1.0 / np.sqrt(np.float64(min(max(len(row), 2), MAX_TOKENS))))
    relative = [0.0, *(sums * damped + model.first.bias).tolist()]
    return np.array(relative) - sum(relative) / len(relative)


def second_logits(features: list[int], model: Model) -> Floats:
    second = model.second
    sums = np.array(features, np.int64) @ second.hidden.astype(np.int64)
    steps = sums.astype(np.float32) * second.hidden_unit + second.hidden_bias
    active = np.clip(np.rint(steps), 0, ACTIVE).astype(np.int64)
    logits: Floats = (active @ second.output.astype(np.int64)) * float(second.output_unit) + second.output_bias
    return logits


def shares(logits: Floats) -> Floats:
    exponent: Floats = np.exp(logits - logits.max())
    whole: Floats = exponent / exponent.sum()
    return whole


def decoded(logits: list[Floats], breaks: list[int], chain: Chain) -> list[Floats]:
    """Marginals of the chain, forward and backward, one segment at a time."""
    emit = [shares(row * float(chain.temperature) + chain.offset) for row in logits]
    forward = [chain.start * emit[0]]
    for row, gap in zip(emit[1:], breaks[1:], strict=True):
        forward.append((forward[-1] / forward[-1].sum()) @ chain.follow[gap] * row)
    backward = [np.ones_like(emit[0])]
    for row, gap in zip(emit[:0:-1], breaks[:0:-1], strict=True):
        message = chain.follow[gap] @ (row * backward[-1])
        backward.append(message / message.sum())
    both = [f * b for f, b in zip(forward, reversed(backward), strict=True)]
    return [row / row.sum() for row in both]


Answer = tuple[list[tuple[int, int]], Floats, Floats, list[int]]


def judge(text: str, classifier: Classifier, rules: Rules) -> Answer:
    """Spans, probabilities alone and final, words of each segment."""
    model, chain = classifier._parts.model, classifier._parts.chain
    rows = cut(text, rules)
    k = len(classifier.classes_)
    if not rows:
        return [], np.empty((0, k)), np.empty((0, k)), []
    first = [first_logits([placed.token for placed in row], model) for row in rows]
    steps = np.clip(np.rint(np.array(first) * 16), -LIMIT, LIMIT).astype(np.int64)
    document = Read(text, rows, steps)
    second = [second_logits(document.features(i, 0, len(rows)), model) for i in range(len(rows))]
    final = decoded(second, document.breaks, chain)
    spans = [(row[0].start, row[-1].end) for row in rows]
    words = [surface["spoken"] for surface in document.surface]
    return spans, np.array([shares(row) for row in first]), np.array(final), words
