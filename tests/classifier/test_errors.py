from __future__ import annotations

import pickle

import pytest

from classifier.errors import ClassifierError, InputError, ModelError, ModelMismatch, ModelNotFound


def test_everything_raised_on_purpose_is_one_family() -> None:
    assert issubclass(InputError, ClassifierError) and issubclass(ModelError, ClassifierError)
    assert issubclass(ModelNotFound, ModelError) and issubclass(ModelMismatch, ModelError)


def test_an_input_error_says_where_and_why_and_travels() -> None:
    error = InputError("pages.jsonl:3", "not a JSON line")
    again = pickle.loads(pickle.dumps(error))
    for one in (error, again):
        assert (one.where, one.reason, str(one)) == (
            "pages.jsonl:3",
            "not a JSON line",
            "pages.jsonl:3: not a JSON line",
        )


@pytest.mark.parametrize("kind", [ModelNotFound, ModelMismatch, ClassifierError])
def test_others_are_their_message_and_travel(kind: type[ClassifierError]) -> None:
    again = pickle.loads(pickle.dumps(kind("what to do")))
    assert type(again) is kind and str(again) == "what to do"
