from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import InputError
from classifier.io import rewrite
from classifier.io.records import parse

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def read(line: str, text_field: str = "text", id_field: str = "id") -> tuple[Any, str]:
    document = parse(line, "f:7", text_field, id_field)
    return document.id, document.text


@pytest.mark.parametrize(
    ("identity", "kept"),
    [
        ('"a"', "a"),
        ("7", 7),
        ("1.5", 1.5),
        ("true", True),
        ('["a", 1]', ["a", 1]),
        ("null", "f:7"),
        ("NaN", "f:7"),
        ("0", 0),
    ],
)
def test_an_id_keeps_its_json_type_and_what_is_none_becomes_path_and_line(identity: str, kept: Any) -> None:
    found, _ = read(f'{{"id": {identity}, "text": "x"}}')
    assert found == kept and type(found) is type(kept)


def test_other_fields_may_hold_id_and_text_and_the_record_is_kept_as_meta() -> None:
    document = parse('{"url": "u", "body": "b", "n": [1]}', "f:1", "body", "url")
    assert (document.id, document.text, document.meta) == ("u", "b", {"url": "u", "body": "b", "n": [1]})
    assert read('{"text": "b"}') == ("f:7", "b")


def test_lone_surrogates_nul_and_giant_integers_lose_no_document() -> None:
    assert read('{"text": "a\\ud800\\u0000b"}') == ("f:7", "a\ud800\0b")
    digits = "9" * 1_000_000
    assert read(f'{{"text": "x", "n": {digits}}}') == ("f:7", "x")
    assert read(f'{{"id": {digits}, "text": "x"}}') == ("f:7", "x")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"text": "a"', "broken JSON"),
        ("{'text': 'a'}", "broken JSON"),
        ('{"text": "a"} {"text": "b"}', "broken JSON"),
        ('{"n": 1' + "0" * 5000 + ", broken", "broken JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('{"text": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
        ('["a"]', "not a JSON object"),
        ('"text"', "not a JSON object"),
        ("{}", 'no field "text"'),
        ('{"text": 3}', "not a string but a number"),
        ('{"text": true}', "not a string but true or false"),
        ('{"text": null}', "not a string but null"),
        ('{"text": ["a"]}', "not a string but a list"),
        ('{"text": {"a": 1}}', "not a string but an object"),
    ],
)
def test_a_line_that_is_no_record_is_refused_with_its_place_and_reason(line: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as caught:
        read(line)
    assert caught.value.where == "f:7" and "\n" not in str(caught.value)


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=5), st.text(max_size=9), st.sampled_from([None, 1]))
def test_rewriting_changes_only_what_it_is_told_and_keeps_the_order(
    record: dict[str, Any], text: str, indent: int | None
) -> None:
    record = {**record, "text": "old"}
    line = json.dumps(record, indent=indent).replace("\n", "\t")
    new = rewrite(line, {"text": json.dumps(text), "winnow": '{"kept": []}'})
    assert json.loads(new) == {**record, "text": text, "winnow": {"kept": []}}
    assert list(json.loads(new)) == list({**record, "winnow": 0})


def test_the_spelling_of_other_fields_is_kept_to_the_letter() -> None:
    head, tail = (
        '{ "n":1.10,"e" : 1E+2, "s":"\\u00e9\\/\\ud800", "t":',
        ', "big": ' + "9" * 5000 + ', "x": [1,  {"t": 2}]',
    )
    line = head + '"old"' + tail + " }\r"
    assert rewrite(line, {"t": '"new"', "w": "1"}) == head + '"new"' + tail + ', "w": 1 }'


def test_a_field_that_is_there_is_replaced_in_its_place_every_time_it_stands() -> None:
    assert rewrite('{"winnow": [1], "text": "a", "text": "b"}', {"text": '"c"', "winnow": "{}"}) == (
        '{"winnow": {}, "text": "c", "text": "c"}'
    )
    assert rewrite("{}", {"a": "1", "b": "2"}) == '{"a": 1, "b": 2}'
    assert rewrite('{"a\\u0062": 1}', {"ab": "2"}) == '{"a\\u0062": 2}'
