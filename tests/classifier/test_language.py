from __future__ import annotations

import numpy as np
import pytest

from classifier.classify import Classifier
from classifier.language import looks_english

ENGLISH = "The board closed the pier on Friday, and it will be weeks before the ferry sails to the island again. "
OTHERS = {
    "German": "Der Hafen wurde am Freitag vom Amt geschlossen, und es dauert noch Wochen, bis die Fähre wieder fährt. ",
    "French": "Le port a été fermé vendredi et il faudra des semaines avant que le bac ne reparte vers l'île voisine. ",
    "Russian": "Порт закрыли в пятницу, и пройдут недели, прежде чем паром снова пойдёт на остров, сказал начальник. ",
    "digits": "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 ",
}


def test_the_share_of_common_words_decides_by_document() -> None:
    document = np.array([0, 0, 1, 2])
    words, english = np.array([50, 50, 100, 19], np.int32), np.array([6, 0, 5, 0], np.int32)
    assert looks_english(english, words, document, 4).tolist() == [True, False, True, True]


def test_english_passes_and_other_languages_are_marked(tiny: Classifier) -> None:
    assert tiny.classify(ENGLISH * 2).warning is None
    assert tiny.classify(ENGLISH.upper()).warning is None
    assert tiny.classify(ENGLISH.replace(".", "").replace(",", "") * 500).warning is None  # one giant segment
    for text in OTHERS.values():
        assert tiny.classify(text * 2).warning == "language"


@pytest.mark.parametrize("text", ["", "\n", "Kurz und gut.", "Fähre fällt aus", "?!"])
def test_what_is_too_short_to_tell_is_not_marked(text: str, tiny: Classifier) -> None:
    assert tiny.classify(text).warning is None


def test_a_neighbour_in_the_batch_does_not_count(tiny: Classifier) -> None:
    found = tiny.classify_many([ENGLISH * 2, OTHERS["German"] * 2, "", ENGLISH])
    assert [result.warning for result in found] == [None, "language", None, None]
