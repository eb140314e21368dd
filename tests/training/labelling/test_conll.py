from __future__ import annotations

from pathlib import Path

import pytest
from carried import RECORD, TEXT, Told, items

from training.labelling import conll
from training.labelling.exchange import read

FOREIGN = """-DOCSTART- -X- -X- O

Rain NN B-NP B-reporting
fell VBD B-VP I-reporting
. . O I-reporting

Awful JJ O I-opinion
! . O I-opinion
# # O O

-DOCSTART- -X- -X- O

Lol UH O {0}
same JJ O {1}
here RB O {2}
"""


def taken(content: str, tmp_path: Path) -> tuple[list[tuple[str, object]], Told]:
    (tmp_path / "a.conll").write_text(content, "utf-8")
    told = Told()
    return [(item.text, item.spans) for item in read(str(tmp_path / "a.conll"), "conll", told)], told


def test_one_token_a_line_as_label_studio_writes_it() -> None:
    (item,) = items(RECORD)
    lines = conll.write(item).split("\n")
    assert lines[0] == "-DOCSTART- -X- O" and lines[1].startswith("# winnow = {")
    assert lines[2:5] == ["", "Rain -X- _ B-reporting", "fell -X- _ I-reporting"]
    assert lines[lines.index("awful! -X- _ I-opinion") + 1 :] == [
        "",
        "Lol -X- _ B-comment",
        "same -X- _ I-comment",
        "here -X- _ I-comment",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        ("B-x I-x I-x", ((0, 13, "x"),)),  # BIO
        ("I-x I-x B-x", ((0, 8, "x"), (9, 13, "x"))),  # IOB: B only where two meet
        ("B-x E-x S-x", ((0, 8, "x"), (9, 13, "x"))),  # BIOES
        ("B-x L-x U-y", ((0, 8, "x"), (9, 13, "y"))),  # BILOU
        ("B-x O I-x", ((0, 3, "x"), (9, 13, "x"))),
        ("B-x I-y O", ((0, 3, "x"), (4, 8, "y"))),
    ],
)
def test_files_of_others_in_any_scheme(tags: str, spans: object, tmp_path: Path) -> None:
    found, told = taken(FOREIGN.format(*tags.split()), tmp_path)
    first = ((0, 11, "reporting"), (12, 19, "opinion"))
    assert found == [("Rain fell .\nAwful ! #", first), ("Lol same here", spans)] and told.errors == []


def test_a_tag_that_is_none_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    found, told = taken(FOREIGN.format("B-x", "noun", "O"), tmp_path)
    assert [text for text, _ in found] == ["Rain fell .\nAwful ! #"]
    assert told.errors == [f"{tmp_path / 'a.conll'}:11: 'noun' is not a tag such as B-label, I-label or O"]


def test_changed_tags_come_back_and_changed_tokens_are_refused(tmp_path: Path) -> None:
    (item,) = items(RECORD)
    written = conll.write(item)
    found, _ = taken(written.replace("I-opinion", "I-reporting").replace("B-opinion", "I-reporting"), tmp_path)
    assert found == [(TEXT, ((0, 49, "reporting"), (50, 63, "comment")))]
    found, told = taken(written.replace("fell -X-", "fall -X-"), tmp_path)
    assert found == [] and told.errors[0].endswith("token 'fall' does not stand in the text at 5")


@pytest.mark.parametrize("head", ["{", "[]", '{"text": 3, "fields": {}}'])
def test_a_broken_comment_is_named(head: str, tmp_path: Path) -> None:
    found, told = taken(f"-DOCSTART- -X- O\n# winnow = {head}\n\nRain -X- _ O\n", tmp_path)
    assert found == [] and told.errors[0].startswith(f"{tmp_path / 'a.conll'}:2: ")


def test_words_that_look_like_our_marks_are_words(tmp_path: Path) -> None:
    text = "# winnow = {} -DOCSTART- O"
    (item,) = items({"text": text, "spans": [[14, 24, "reporting"]]})
    assert taken(conll.write(item), tmp_path)[0] == [(text, ((14, 24, "reporting"),))]
