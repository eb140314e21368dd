from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from invented import CLASSES, page

from classifier.classify import Classifier
from classifier.decode import Chain, decode
from training.calibrate import as_segments, fit_chain, reluctant, transitions
from training.laid import Laid, lay

Lay = Callable[..., Laid]


@pytest.fixture(scope="module")
def lay_(tiny: Classifier) -> Lay:
    return lambda *pages: lay(pages, CLASSES, tiny._parts.rules)


def trails(count: int) -> list[object]:
    """Pages of lines of which three report and then three comment."""
    rows = [("It rained on Monday.", "reporting")] * 3 + [("No it did not.", "comment")] * 3
    return [page(i, *rows, between="\n\n") for i in range(count)]


def test_follow_counts_what_stands_beside_what_by_breaks(lay_: Lay) -> None:
    laid = lay_(page("a", ("One.", "reporting"), ("Two.", "comment")), page("b", ("Three.", "comment")))
    start, follow = transitions([laid], 4)
    prior = np.array([1, 3, 1, 2]) / 7  # a count of one for each label, and what was seen
    np.testing.assert_allclose(start, np.array([1, 2, 1, 2]) / 6 / prior)
    row = np.array([0.5, 1.5, 0.5, 0.5])  # after reporting, one line break on
    np.testing.assert_allclose(follow[1, 3], row / row.sum() / prior)
    np.testing.assert_allclose(follow[0, 3], np.full(4, 0.25) / prior)


def test_what_has_no_label_is_not_counted(lay_: Lay) -> None:
    laid = lay_(page("a", ("One.", "reporting"), ("Two.", "comment"), ("Three.", "comment")))
    gap = laid.y.copy()
    gap[1] = -1
    _, follow = transitions(
        [Laid(laid.documents, laid.sheets, laid.X, gap, laid.words, laid.document, laid.breaks, 4)], 4
    )
    np.testing.assert_allclose(follow[1, 3], follow[1, 0])  # nothing was seen after either


def test_the_chain_learns_what_follows_what_and_how_sure_to_be(lay_: Lay) -> None:
    laid = lay_(*trails(30))
    rng = np.random.default_rng(0)
    truth = np.eye(4)[laid.y]
    logits = 4.0 * (truth + rng.normal(0, 1.5, truth.shape))  # too sure of itself by far
    chain = fit_chain([laid], [(laid, logits)], 4)
    chain.check(4)
    reporting, comment = CLASSES.index("reporting"), CLASSES.index("comment")
    follow = chain.follow[2]
    assert follow[comment, comment] > follow[comment, reporting]
    assert chain.start[reporting] > chain.start[comment]
    assert float(chain.temperature) < 0.7
    segments = as_segments(laid)
    plain = (logits.argmax(axis=1) == laid.y).mean()
    decoded = (decode(logits, segments, chain).argmax(axis=1) == laid.y).mean()
    assert decoded > plain + 0.1


def test_sure_and_right_verdicts_are_left_alone(lay_: Lay) -> None:
    laid = lay_(*trails(10))
    logits = 6.0 * np.eye(4)[laid.y]
    chain = fit_chain([laid], [(laid, logits)], 4)
    proba = decode(logits, as_segments(laid), chain)
    assert (proba.argmax(axis=1) == laid.y).all() and proba.max(axis=1).min() > 0.9


def test_where_nothing_follows_anything_transitions_are_trusted_least(lay_: Lay) -> None:
    laid = lay_(*(page(i, ("It rained.", "reporting") if i % 3 else ("No.", "comment")) for i in range(9)))
    chain = fit_chain([laid], [(laid, 2.0 * np.eye(4)[laid.y])], 4)
    np.testing.assert_array_equal(chain.follow, transitions([laid], 4)[1] ** 0.2)


def test_reluctance_makes_runs_of_a_label_begin_and_end_more_rarely(lay_: Lay) -> None:
    start, follow = transitions([lay_(*trails(10))], 4)
    chain = Chain(np.array(1.0), np.zeros(4), start, follow)
    found = reluctant(chain, 1, 0.25, 0.5)
    assert found.start[1] == start[1] * 0.25 and (found.start[[0, 2, 3]] == start[[0, 2, 3]]).all()
    np.testing.assert_array_equal(found.follow[:, [0, 2, 3], 1], follow[:, [0, 2, 3], 1] * 0.25)
    np.testing.assert_array_equal(found.follow[:, 1, [0, 2, 3]], follow[:, 1, [0, 2, 3]] * 0.5)
    np.testing.assert_array_equal(found.follow[:, 1, 1], follow[:, 1, 1])
    reluctant(chain, 1, 0.0, 0.0).check(4)
