from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from classifier.decode import BLOCK, Chain, decode, softmax
from classifier.segments import Segments

Floats = NDArray[np.float64]


def segments_of(lengths: list[int], breaks: NDArray[np.int64]) -> Segments:
    """As much of segments as decoding reads: documents of so many segments, and the breaks before each."""
    document = np.repeat(np.arange(len(lengths)), lengths)
    none = np.zeros(0, np.int64)
    opens = np.diff(document, prepend=-1) != 0
    return Segments(none, np.zeros(len(document), np.int64), none, document, np.where(opens, 2, breaks), none)


def random_chain(rng: np.random.Generator, k: int) -> Chain:
    follow = rng.uniform(0.01, 3.0, (3, k, k))
    return Chain(np.array(rng.uniform(0.3, 2)), rng.normal(0, 1, k), rng.uniform(0.05, 2, k), follow)


def drawn(seed: int, lengths: list[int], k: int, spread: float = 2.0) -> tuple[Floats, Segments, Chain]:
    rng = np.random.default_rng(seed)
    n = sum(lengths)
    return rng.normal(0, spread, (n, k)), segments_of(lengths, rng.integers(0, 3, n)), random_chain(rng, k)


def by_enumeration(logits: Floats, breaks: NDArray[np.int64], chain: Chain) -> Floats:
    """Marginals of one document by adding up every sequence of labels."""
    n, k = logits.shape
    exponent = np.exp(logits * chain.temperature + chain.offset)
    emit = exponent / exponent.sum(axis=1, keepdims=True)
    total = np.zeros((n, k))
    for labels in itertools.product(range(k), repeat=n):
        weight = chain.start[labels[0]] * emit[0, labels[0]]
        for i in range(1, n):
            weight *= chain.follow[breaks[i], labels[i - 1], labels[i]] * emit[i, labels[i]]
        total[np.arange(n), labels] += weight
    marginals: Floats = total / total.sum(axis=1, keepdims=True)
    return marginals


def in_one_pass(logits: Floats, segments: Segments, chain: Chain) -> Floats:
    """Marginals of one document by forward and backward passes one place at a time."""
    n, k = logits.shape
    exponent = np.exp(logits * chain.temperature + chain.offset)
    emit = exponent / exponent.sum(axis=1, keepdims=True)
    forward, backward = np.ones((n, k)), np.ones((n, k))
    forward[0] = chain.start * emit[0]
    for i in range(1, n):
        forward[i] = (forward[i - 1] / forward[i - 1].sum()) @ chain.follow[segments.breaks[i]] * emit[i]
    for i in range(n - 2, -1, -1):
        backward[i] = chain.follow[segments.breaks[i + 1]] @ (emit[i + 1] * backward[i + 1] / backward[i + 1].sum())
    marginals: Floats = forward * backward / (forward * backward).sum(axis=1, keepdims=True)
    return marginals


@pytest.mark.parametrize(("n", "k"), [(1, 2), (1, 4), (2, 3), (5, 2), (5, 4), (7, 3)])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_marginals_are_those_of_adding_up_every_sequence(n: int, k: int, seed: int) -> None:
    logits, segments, chain = drawn(seed, [n], k)
    expected = by_enumeration(logits, segments.breaks, chain)
    np.testing.assert_allclose(decode(logits, segments, chain), expected, atol=1e-5)


@pytest.mark.parametrize("n", [BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 1, 10 * BLOCK + 7, 5000])
def test_blocks_of_any_length_equal_one_long_pass(n: int) -> None:
    logits, segments, chain = drawn(n, [n], 4)
    np.testing.assert_allclose(decode(logits, segments, chain), in_one_pass(logits, segments, chain), atol=1e-5)


@pytest.mark.parametrize("n", [3 * BLOCK, 9 * BLOCK + 1, 300 * BLOCK])
def test_what_was_sure_at_one_end_is_remembered_at_the_other(n: int) -> None:
    stay = np.broadcast_to(np.array([[1.0, 1e-6], [1e-6, 1.0]]), (3, 2, 2))
    chain = Chain(np.array(1.0), np.zeros(2), np.ones(2), stay)
    for end in (0, n - 1):
        logits = np.zeros((n, 2))
        logits[end] = [-4.0, 4.0]
        segments = segments_of([n], np.ones(n, np.int64))
        found = decode(logits, segments, chain)
        assert found[n - 1 - end, 1] > 0.99
        np.testing.assert_allclose(found, in_one_pass(logits, segments, chain), atol=1e-5)


@given(st.lists(st.integers(1, 3 * BLOCK), min_size=1, max_size=6), st.integers(0, 99), st.integers(2, 5))
def test_a_document_is_decoded_the_same_in_any_batch(lengths: list[int], seed: int, k: int) -> None:
    logits, segments, chain = drawn(seed, lengths, k)
    together = decode(logits, segments, chain)
    for i in range(len(lengths)):
        mine = np.flatnonzero(segments.document == i)
        alone = decode(logits[mine], segments_of([len(mine)], segments.breaks[mine]), chain)
        assert (alone == together[mine]).all()  # to the last bit


@given(st.lists(st.integers(1, 60), min_size=1, max_size=5), st.integers(0, 99))
def test_rows_are_probabilities_however_sure_the_verdicts(lengths: list[int], seed: int) -> None:
    logits, segments, chain = drawn(seed, lengths, 4, spread=300.0)
    proba = decode(logits, segments, chain)
    assert np.isfinite(proba).all() and (proba >= 0).all()
    np.testing.assert_allclose(proba.sum(axis=1), 1, atol=1e-9)


def test_a_chain_that_does_not_care_returns_the_verdicts() -> None:
    logits, segments, _ = drawn(3, [30, 1, 50], 4)
    chain = Chain(np.array(1.0), np.zeros(4), np.ones(4), np.ones((3, 4, 4)))
    np.testing.assert_allclose(decode(logits, segments, chain), softmax(logits), atol=1e-9)


def test_neighbours_and_the_breaks_between_them_count() -> None:
    logits = np.array([[4.0, 0.0], [0.0, 0.5], [4.0, 0.0]])
    stay, free = np.array([[5.0, 0.1], [0.1, 5.0]]), np.ones((2, 2))
    chain = Chain(np.array(1.0), np.zeros(2), np.ones(2), np.stack([stay, free, free]))
    glued = decode(logits, segments_of([3], np.array([2, 0, 0])), chain)
    apart = decode(logits, segments_of([3], np.array([2, 1, 2])), chain)
    assert glued[1].argmax() == 0 and apart[1].argmax() == 1
    backwards = decode(logits, segments_of([3], np.array([2, 1, 0])), chain)
    assert backwards[1].argmax() == 0  # what follows counts as what precedes


def test_temperature_and_offset_scale_the_verdicts() -> None:
    logits = np.array([[1.0, 0.0]])
    plain = Chain(np.array(1.0), np.zeros(2), np.ones(2), np.ones((3, 2, 2)))
    warm = Chain(np.array(0.5), np.array([0.0, 2.0]), np.ones(2), np.ones((3, 2, 2)))
    one = segments_of([1], np.array([2]))
    odds = [float(np.log(np.divide(*decode(logits, one, chain)[0]))) for chain in (plain, warm)]
    assert odds == pytest.approx([1.0, -1.5], abs=1e-6)


def test_where_there_is_nothing_there_is_nothing_to_decode() -> None:
    _, _, chain = drawn(0, [1], 4)
    assert decode(np.empty((0, 4)), segments_of([], np.zeros(0, np.int64)), chain).shape == (0, 4)


def test_two_hundred_thousand_segments_are_no_trouble() -> None:
    logits, segments, chain = drawn(9, [200_000, 3], 4)
    proba = decode(logits, segments, chain)
    tail = slice(199_900, 200_000)
    expected = in_one_pass(logits[199_000:200_000], segments_of([1000], segments.breaks[199_000:200_000]), chain)
    np.testing.assert_allclose(proba[tail], expected[-100:], atol=1e-5)


@given(st.integers(0, 99), st.integers(2, 6))
def test_softmax_is_softmax(seed: int, k: int) -> None:
    logits = np.random.default_rng(seed).normal(0, 5, (7, k))
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(softmax(logits), expected, atol=1e-5)
    assert softmax(np.array([[1e9, -1e9], [-1e300, -1e300]])).tolist() == [[1.0, 0.0], [0.5, 0.5]]


def test_a_chain_survives_being_stored_and_refuses_what_does_not_fit() -> None:
    _, _, chain = drawn(0, [1], 4)
    again = Chain.from_arrays(chain.arrays())
    assert all((getattr(again, name.split(".")[1]) == array).all() for name, array in chain.arrays().items())
    again.check(4)
    with pytest.raises(ValueError, match="offset"):
        chain.check(3)
    wrong: dict[str, NDArray[Any]] = {
        "chain.temperature": np.array(1e-12),
        "chain.start": np.array([1.0, 1, 1, -1]),
        "chain.follow": np.zeros((3, 4, 4)),
        "chain.offset": np.zeros(4, np.float32),
    }
    for name, array in wrong.items():
        with pytest.raises(ValueError, match="chain"):
            Chain.from_arrays({**chain.arrays(), name: array}).check(4)
    with pytest.raises(KeyError):
        Chain.from_arrays({})
