"""The arrays against a plain reading of what they stand for, from the text to the probabilities."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import numpy as np
import pytest
from cutting import Rules
from hypothesis import given, settings
from judging import judge
from texts import documents

from classifier.classify import Classifier
from fuzz.inputs import VOCABULARY
from fuzz.naughty import NAUGHTY

ROOT = Path(__file__).parents[2]
OURS = [json.loads(line)["text"] for line in (ROOT / "data" / "written.jsonl").open(encoding="utf-8")]


@pytest.fixture(scope="module")
def rules(shipped: Classifier) -> Rules:
    return Rules(shipped._parts.rules)


def check(text: str, classifier: Classifier, rules: Rules) -> None:
    spans, alone, final, words = judge(text, classifier, rules)
    result = classifier.classify(text)
    assert [(s.start, s.end) for s in result.segments] == spans
    np.testing.assert_allclose(result.alone, alone, atol=2e-6)
    np.testing.assert_allclose(result.proba, final, atol=2e-5)
    assert result.words.tolist() == words


@pytest.mark.parametrize("i", range(12))
def test_our_own_pages_are_judged_as_defined(i: int, shipped: Classifier, rules: Rules) -> None:
    check(OURS[i * len(OURS) // 12][:3000], shipped, rules)


@given(documents)
@settings(max_examples=150)
def test_random_texts_are_judged_as_defined(shipped: Classifier, rules: Rules, text: str) -> None:
    check(text, shipped, rules)


def test_naughty_and_random_sequences_are_judged_as_defined(shipped: Classifier, rules: Rules) -> None:
    random = Random(88)
    for text in [*NAUGHTY, *("".join(random.choices(VOCABULARY, k=random.randrange(50))) for _ in range(150))]:
        check(text, shipped, rules)
