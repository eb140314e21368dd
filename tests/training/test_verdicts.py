from __future__ import annotations

import numpy as np
import pytest
from invented import CLASSES, LineJudge, page

from classifier.errors import InputError
from training.corpus import LabelledDocument, LabelledSentence
from training.verdicts import judge, judge_sentences, pooled

NEWS = page("news", ("Two trams collided.", "reporting"), ("A scandal!", "opinion"), ("So true", "comment"), source="x")
BLOG = page("blog", ("I like trams.", "opinion"), ("Share this", "boilerplate"), source="y", site="b.example")
JUDGE = LineJudge({"A scandal!": ("opinion", 0.8), "So true": ("opinion", 0.6), "Share this": ("boilerplate", 0.9)})


def test_every_word_stands_with_its_gold_and_given_label() -> None:
    found = judge(JUDGE, [NEWS, BLOG])
    assert found.labels == CLASSES and found.model == "lines"
    words = found.words
    assert words.document.tolist() == [0] * 7 + [1] * 5
    assert words.segment.tolist() == [0, 0, 0, 1, 1, 2, 2, 3, 3, 3, 4, 4]
    assert [CLASSES[c][0] for c in words.gold] == list("rrroocc" + "ooobb")
    assert [CLASSES[c][0] for c in words.pred] == list("rrroooo" + "rrrbb")
    assert words.score.tolist() == pytest.approx([0.7] * 3 + [0.8] * 2 + [0.6] * 2 + [0.7] * 3 + [0.9] * 2)
    assert found.tables.sum() == 12 and found.tables[1, 2, 3] == 3
    assert found.calls.words.tolist() == [3, 2, 2, 3, 2] and found.calls.proba[2, 2] == 0.6


def test_words_outside_every_span_or_segment_have_no_label() -> None:
    gappy = LabelledDocument("gap", "One two\nthree", ((0, 3, "reporting"),))

    class Half(LineJudge):
        def _classify(self, document):  # type: ignore[no-untyped-def]
            whole = super()._classify(document)
            first = whole.segments[0]
            segments = [(first.start, first.end, first.label, whole.proba[0].tolist())]
            return type(whole).of(whole.id, whole.text, whole.classes, segments, whole.model)

    found = judge(Half({}), [gappy, NEWS])
    assert found.words.gold[:3].tolist() == [3, -1, -1]
    assert found.words.pred[:3].tolist() == [3, 3, -1]
    assert found.words.segment[:5].tolist() == [0, 0, -1, 1, 1] and found.words.score[2] == 0.0
    assert found.tables[0, 3, 3] == 1 and found.tables[0, 4, 3] == 1 and found.tables[0, 4, 4] == 1


def test_labels_of_the_corpus_join_those_of_the_model() -> None:
    found = judge(JUDGE, [page("p", ("Buy now", "advert"), ("Two trams collided.", "reporting"))])
    assert found.labels == ("advert", *CLASSES)
    assert found.calls.proba.shape == (2, 5) and (found.calls.proba[:, 0] == 0).all()
    assert found.tables[0, 0, 4] == 2 and found.tables[0, 4, 4] == 3


def test_a_selection_equals_judging_the_selected() -> None:
    rest = page("rest", ("Nothing to add here.", "comment"), source="y")
    documents = [NEWS, BLOG, rest]
    chosen = judge(JUDGE, documents).only(np.array([1, 2]))
    alone = judge(JUDGE, documents[1:])
    assert chosen.documents == alone.documents
    for part in ("words", "calls"):
        for name, values in vars(getattr(alone, part)).items():
            assert (vars(getattr(chosen, part))[name] == values).all(), name


def test_groups_go_by_any_field() -> None:
    found = judge(JUDGE, [NEWS, BLOG, page("kind", ("Hello", "comment"), source="x", meta={"kind": "thread"})])
    assert {name: group.tolist() for name, group in found.groups("source").items()} == {"x": [0, 2], "y": [1]}
    assert {name: group.tolist() for name, group in found.groups("site").items()} == {"b.example": [1], "none": [0, 2]}
    assert {name: group.tolist() for name, group in found.groups("kind").items()} == {"none": [0, 1], "thread": [2]}
    with pytest.raises(InputError, match="no document has the field 'sorce'"):
        found.groups("sorce")


def test_empty_texts_are_judged_and_no_documents_are_an_error() -> None:
    found = judge(JUDGE, [LabelledDocument("empty", " \n ", ()), BLOG])
    assert len(found.words.gold) == 5 and found.tables[0].sum() == 0
    with pytest.raises(InputError, match="no documents"):
        judge(JUDGE, [])


def test_sentences_are_weighed_between_their_own_labels_only() -> None:
    # "So true" is opinion at 0.6; "Share this" is boilerplate at 0.9, the rest shared evenly: the first label wins.
    rows = [
        ("Two trams collided.", "reporting"),
        ("So true", "opinion"),
        ("Share this", "reporting"),
        ("Late.", "opinion"),
    ]
    labels, tables = judge_sentences(JUDGE, [LabelledSentence(i, *row) for i, row in enumerate(rows)])
    assert labels == ("opinion", "reporting")
    assert [tuple(np.argwhere(table)[0].tolist()) for table in tables] == [(1, 1), (0, 0), (1, 0), (0, 1)]


def test_a_sentence_of_two_segments_goes_by_their_mass() -> None:
    text = "A scandal!\nTwo trams collided near the old brewery in Orrin this morning."
    _, tables = judge_sentences(
        JUDGE, [LabelledSentence(1, text, "reporting"), LabelledSentence(2, "So true", "opinion")]
    )
    assert tables[0, 1, 1] == 1


def test_pooled_verdicts_are_those_of_all_documents_at_once() -> None:
    pages = [page(i, (f"Tram {i} left.", "reporting"), (f"A scandal {i}!", "opinion")) for i in range(5)]
    judge_of = LineJudge({f"A scandal {i}!": ("opinion", 0.9) for i in (1, 3)})
    whole = judge(judge_of, pages)
    parts = pooled([judge(judge_of, pages[:2]), judge(judge_of, pages[2:])])
    assert (parts.documents, parts.labels) == (whole.documents, whole.labels)
    for mine, theirs in ((parts.words, whole.words), (parts.calls, whole.calls)):
        assert all((vars(mine)[name] == array).all() for name, array in vars(theirs).items())
    with pytest.raises(ValueError, match="labels"):
        pooled([judge(judge_of, pages), judge(judge_of, pages, also=["advert"])])
