from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from invented import CLASSES, page

from classifier.classify import Classifier
from classifier.model import in_steps
from training.corpus import LabelledDocument, read_corpus
from training.first import steps
from training.laid import Laid, lay

ROOT = Path(__file__).parents[2]
PAGES = read_corpus([ROOT / "data" / "written.jsonl"])[:70]  # more than are laid out together


@pytest.fixture(scope="module")
def laid(tiny: Classifier) -> Laid:
    return lay(PAGES, CLASSES, tiny._parts.rules)


def test_segments_are_those_that_inference_sees(laid: Laid, tiny: Classifier) -> None:
    results = list(tiny.classify_many([d.text for d in PAGES]))
    assert np.bincount(laid.document).tolist() == [len(result) for result in results]
    assert laid.words.tolist() == [words for result in results for words in result.words.tolist()]
    assert laid.X.shape == (len(laid), len(tiny._parts.model.first.weights)) and len(laid.breaks) == len(laid)


def test_labels_are_the_spans_the_segments_lie_in(laid: Laid, tiny: Classifier) -> None:
    wrong = 0
    results = tiny.classify_many([d.text for d in PAGES])
    for i, (document, result) in enumerate(zip(PAGES, results, strict=True)):
        for segment, y in zip(result.segments, laid.y[laid.document == i].tolist(), strict=True):
            at = [label for start, end, label in document.spans if start <= segment.start < end]
            wrong += y != (CLASSES.index(at[0]) if at else -1)
    assert wrong <= len(laid) / 50  # a segment over two spans takes the label of most of its words


def test_the_first_verdict_learns_from_what_it_will_read(laid: Laid, tiny: Classifier) -> None:
    """Training's matrix and inference's look-ups are one: rows of X times weights are the verdicts of inference."""
    first = tiny._parts.model.first
    found = steps(first, laid.X)
    expected = [in_steps(first.logits(sheet.tokens, sheet.segments)) for sheet in laid.sheets]
    assert len(laid.sheets) == 2
    # A sum in another order may fall to the other side of a half; one in a thousand may differ by one step.
    difference = np.abs(found - np.concatenate(expected))
    assert difference.max() <= 1 and np.count_nonzero(difference) <= difference.size / 1000


def test_the_second_verdict_learns_from_what_it_will_read(laid: Laid, tiny: Classifier) -> None:
    from classifier.features.context import context

    alone = np.random.default_rng(0).integers(-127, 128, (len(laid), 4)).astype(np.int32)
    found = laid.contexts(alone)
    edge = len(laid.sheets[0].segments)
    second = laid.sheets[1]
    expected = context(alone[edge:], second.manner, second.segments)
    assert found.dtype == np.int8 and (found[edge:] == expected).all()


def test_a_long_sentence_weighs_more_but_is_one_example(laid: Laid) -> None:
    assert (laid.weight > 0).all() and laid.weight.max() <= 7
    by_words = laid.weight[np.argsort(laid.words, kind="stable")]
    assert (np.diff(by_words) >= 0).all()


def test_values_of_documents_are_spread_over_their_segments(laid: Laid) -> None:
    assert laid.spread(np.arange(len(PAGES)) * 10).tolist() == (laid.document * 10).tolist()


def test_what_no_span_covers_and_empty_documents_have_no_label(tiny: Classifier) -> None:
    half = page("half", ("It rained.", "reporting"))
    half = LabelledDocument("half", half.text + "\nNobody labelled this.", half.spans)
    laid = lay([page("none"), half, page("none")], CLASSES, tiny._parts.rules)
    assert laid.y.tolist() == [CLASSES.index("reporting"), -1] and laid.document.tolist() == [1, 1]
    with pytest.raises(ValueError, match="no document has any text"):
        lay([page("none")], CLASSES, tiny._parts.rules)
