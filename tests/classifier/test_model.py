from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np
import plain
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from texts import ARTICLE, documents

from classifier.classify import Classifier
from classifier.features.context import context_width
from classifier.features.counts import MAX_TOKENS
from classifier.features.manner import LIMIT
from classifier.features.words import COLUMNS
from classifier.model import ACTIVE, EXACT, FirstVerdict, Model, SecondVerdict, in_steps

Floats = NDArray[np.float64]


@lru_cache(maxsize=8)
def first(k: int, extreme: bool = False) -> FirstVerdict:
    rng = np.random.default_rng(k)
    weights = rng.choice([-128, 127], (COLUMNS, k - 1)) if extreme else rng.integers(-127, 128, (COLUMNS, k - 1))
    weights[0] = 0  # column 0 means nothing
    return FirstVerdict(weights.astype(np.int8), np.array(0.03), rng.normal(0, 1, k - 1))


def second(k: int, m: int = 5, d: int | None = None) -> SecondVerdict:
    """A layer whose weights go as far as sums stay exact."""
    rng = np.random.default_rng(m)
    d = context_width(k) if d is None else d
    hidden = rng.integers(-100, 101, (d, m))
    hidden[0] += np.sign(hidden[0]) * (EXACT // LIMIT - np.abs(hidden).sum(axis=0) - 200).clip(0, 32000)
    assert (np.abs(hidden).sum(axis=0) * LIMIT <= EXACT).all()
    most = EXACT // ACTIVE // m
    output = rng.integers(-most, most + 1, (m, k)).astype(np.int16)
    unit, bias = rng.uniform(1e-4, 1e-3, m).astype(np.float32), rng.normal(100, 300, m).astype(np.float32)
    return SecondVerdict(hidden.astype(np.int16), unit, bias, output, np.array(1e-4), rng.normal(0, 1, k))


def alone_by_definition(model: FirstVerdict, tokens: list[plain.Token]) -> list[float]:
    """A segment's logits: the first label's are 0, the others' sums of weights; then centred."""
    words, ends = plain.columns(tokens)
    columns = [column for row in [*words, ends] for column in row]
    size = min(max(len(tokens), 2), MAX_TOKENS)
    sums = [sum(int(model.weights[c, label]) for c in columns) for label in range(len(model.bias))]
    logits = [0.0] + [s * float(model.unit) / math.sqrt(size) + b for s, b in zip(sums, model.bias, strict=True)]
    mean = sum(logits) / len(logits)
    return [logit - mean for logit in logits]


@given(st.lists(documents, min_size=1, max_size=4), st.sampled_from([2, 3, 4, 5, 8]))
def test_packed_sums_are_those_of_adding_up(texts: list[str], k: int) -> None:
    tokens, segments = plain.cut(texts)
    if len(segments):
        expected = [alone_by_definition(first(k), row) for row in plain.read(tokens, segments)]
        np.testing.assert_allclose(first(k).logits(tokens, segments), expected, atol=1e-9)


@pytest.mark.parametrize("words", [["rain"], [f"word{i}x" for i in range(60)]])
def test_sums_of_the_longest_segments_do_not_run_over(words: list[str]) -> None:
    text = " ".join(words * (3 * MAX_TOKENS // len(words)))
    tokens, segments = plain.cut([text, "snow", text + " more"])
    for k in (2, 4, 5):
        expected = [alone_by_definition(first(k, True), row) for row in plain.read(tokens, segments)]
        np.testing.assert_allclose(first(k, True).logits(tokens, segments), expected, atol=1e-7)


@given(st.lists(documents, min_size=2, max_size=5), st.integers(0, 9))
def test_verdicts_are_the_same_to_the_last_bit_in_any_batch(texts: list[str], seed: int) -> None:
    tokens, segments = plain.cut(texts)
    if not len(segments):
        return
    rng = np.random.default_rng(seed)
    features = rng.integers(-LIMIT, LIMIT + 1, (len(segments), context_width(4))).astype(np.float32)
    alone, among = first(4).logits(tokens, segments), second(4).logits(features)
    for i, text in enumerate(texts):
        mine = np.flatnonzero(segments.document == i)
        if len(mine):
            assert (first(4).logits(*plain.cut([text])) == alone[mine]).all()
            assert (second(4).logits(features[mine]) == among[mine]).all()


def test_the_second_verdict_is_two_layers_of_whole_numbers() -> None:
    model = second(3, m=4)
    rng = np.random.default_rng(1)
    features = rng.integers(-LIMIT, LIMIT + 1, (40, len(model.hidden)))
    features[0], features[1] = LIMIT * np.sign(model.hidden[:, 0]), -LIMIT * np.sign(model.hidden[:, 0])
    found = model.logits(features.astype(np.float32))
    for row, logits in zip(features.tolist(), found.tolist(), strict=True):
        active = []
        for j, column in enumerate(model.hidden.T.tolist()):
            total = sum(x * w for x, w in zip(row, column, strict=True))
            step = round(float(np.float32(total) * model.hidden_unit[j] + model.hidden_bias[j]))
            active.append(min(max(step, 0), ACTIVE))
        for label in range(3):
            total = sum(a * int(w) for a, w in zip(active, model.output[:, label], strict=True))
            assert logits[label] == total * float(model.output_unit) + float(model.output_bias[label])


def test_every_partial_sum_is_exact_however_wide_the_batch() -> None:
    model = second(2, m=64, d=1000)
    features = np.full((3000, 1000), LIMIT, np.float32) * np.sign(model.hidden[:, 0])
    whole = features.astype(np.int64) @ model.hidden.astype(np.int64)
    assert np.abs(whole).max() <= EXACT
    assert ((features @ model.hidden.astype(np.float32)).astype(np.int64) == whole).all()


def test_first_verdicts_reach_the_second_in_sixteenths() -> None:
    logits = np.array([[0.0, 1.0, -0.031, 0.033, 100.0, -100.0]])
    assert in_steps(logits).tolist() == [[0, 16, 0, 1, LIMIT, -LIMIT]] and in_steps(logits).dtype == np.int32


def test_a_model_survives_being_stored_and_knows_its_shapes() -> None:
    model = Model(first(4), second(4))
    model.check(4)
    again = Model.from_arrays(model.arrays())
    assert all((again.arrays()[name] == array).all() for name, array in model.arrays().items())
    with pytest.raises(ValueError, match=r"first\.weights"):
        model.check(3)
    for layer in ("hidden", "output"):
        for extreme in (32767, -32768):
            large = replace(model.second, **{layer: np.full_like(getattr(model.second, layer), extreme)})
            with pytest.raises(ValueError, match="too large"):
                Model(model.first, large).check(4)


def test_the_trained_models_first_verdict_is_its_definition(tiny: Classifier) -> None:
    tokens, segments = plain.cut([ARTICLE])
    model = tiny._parts.model.first
    assert not model.weights[0].any()
    expected = [alone_by_definition(model, row) for row in plain.read(tokens, segments)]
    np.testing.assert_allclose(model.logits(tokens, segments), expected, atol=1e-9)
