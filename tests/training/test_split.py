from __future__ import annotations

import numpy as np
import pytest
from invented import page

from training.compose import compose
from training.corpus import Trail
from training.groups import group_of
from training.split import fitted, folds, halves, held_out

NEWS = [page(f"n{i}", (f"Ferry {i} sailed on time from pier {i}. " * (i % 7 + 1), "reporting")) for i in range(60)]
SITE = [page(f"s{i}", ("Short note.", "opinion"), site="notes.example") for i in range(5)]


def test_dev_is_never_learned_from() -> None:
    documents = [page("a", ("x", "opinion")), page("b", ("x", "opinion"), split="dev")]
    documents += [page("c", ("x", "opinion"), split=None), page("d", ("x", "opinion"), split="dev_test")]
    assert [d.id for d in fitted(documents)] == ["a", "c"]
    assert [d.id for d in held_out(documents)] == ["b"]


def test_a_site_and_the_composites_of_an_article_stay_together() -> None:
    (made,) = compose([NEWS[3]], [Trail("n3", ("Late again.",))], [], 1)
    assert made.id != NEWS[3].id and group_of(made) == group_of(NEWS[3]) != group_of(NEWS[4])
    fold = folds([*NEWS, *SITE, made], 4)
    assert len(set(fold[60:65])) == 1 and fold[65] == fold[3]
    half = halves([*NEWS, *SITE, made])
    assert len(set(half[60:65])) == 1 and half[65] == half[3]


def test_folds_are_of_about_equal_length_and_follow_the_seed() -> None:
    fold = folds(NEWS, 5)
    lengths = np.bincount(fold, weights=[len(d.text) for d in NEWS])
    assert lengths.min() > 0.8 * lengths.max()
    assert (folds(NEWS, 5) == fold).all() and (folds(NEWS, 5, seed=1) != fold).any()
    assert sorted(folds(SITE[:1] + NEWS[:2], 3).tolist()) == [0, 1, 2]
    with pytest.raises(ValueError, match="cannot make 2 folds"):
        folds(SITE, 2, by="site")


def test_a_document_keeps_its_half_when_the_corpus_grows() -> None:
    half = halves(NEWS)
    assert 15 < half.sum() < 45
    assert (halves(SITE + NEWS)[5:] == half).all() and (halves(NEWS[::-1])[::-1] == half).all()
