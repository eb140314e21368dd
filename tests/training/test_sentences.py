from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classifier.segments import pair_keys
from classifier.tokens import word_keys
from training.sentences import MIN_ORTHO_COUNT, learn_sentence_rules


def holds(table: NDArray[np.uint64], *words: str) -> list[bool]:
    return [bool(found) for found in np.isin(word_keys(list(words)), table)]


def test_abbreviations_are_learned_from_the_text_and_joined_to_those_of_english() -> None:
    text = "The brigade moved to qtr. 4 and held qtr. 5 with few men. " * 30 + "They left the quarter. " * 20
    learned, unlearned = learn_sentence_rules([text]), learn_sentence_rules(["It rained."])
    assert holds(learned.abbreviations, "qtr", "brigade", "dr") == [True, False, True]
    assert holds(unlearned.abbreviations, "qtr", "dr", "jan") == [False, True, True]
    dotted = pair_keys(word_keys(["u", "p"]), word_keys(["s", "m"]))
    assert np.isin(dotted, unlearned.abbreviations).all()


def test_how_a_word_is_written_is_learned_once_it_was_seen_often_enough() -> None:
    text = "We saw the ferry. The ferry sank. "
    few, often = learn_sentence_rules([text]), learn_sentence_rules([text] * MIN_ORTHO_COUNT)
    assert holds(few.ortho_keys, "ferry") == [False] and holds(often.ortho_keys, "ferry") == [True]
    assert len(often.ortho_flags) == len(often.ortho_keys) and (often.ortho_flags > 0).all()


def test_titles_are_abbreviations_that_a_name_follows() -> None:
    rules = learn_sentence_rules(["It rained."])
    assert holds(rules.titles, "mr", "dr", "gen", "etc", "jan") == [True, True, True, False, False]
    assert np.isin(rules.titles, rules.abbreviations).all()


def test_the_same_texts_give_the_same_tables_and_no_text_gives_those_of_english() -> None:
    texts = ["Mr. Adder left. The ferry sank at 5 p.m. on Monday.", "She stayed in the U.S. for years."]
    one, again, none = learn_sentence_rules(texts), learn_sentence_rules(texts), learn_sentence_rules([])
    for name, table in one.arrays().items():
        assert table.tolist() == again.arrays()[name].tolist()
    assert none.abbreviations.tolist() == learn_sentence_rules([""]).abbreviations.tolist()
    assert len(none.ortho_keys) == len(none.starters) == 0
