"""What a corpus must have before time is spent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from invented import page

from classifier.errors import InputError
from training.config import TrainingConfig
from training.corpus import LabelledDocument
from training.gather import Material
from training.prepare import prepared

CONFIG = TrainingConfig()


def pages(count: int, split: str | None = "train", **more: Any) -> list[LabelledDocument]:
    rows = [(f"The council of town {{}} met {i} times.", "reporting") for i in range(2)] + [("A shame {}!", "opinion")]
    made = [page(i, *((text.format(i), label) for text, label in rows), split=split, **more) for i in range(count)]
    return [replace(d, id=f"{split}{d.id}") for d in made]


def said_by(documents: list[LabelledDocument], base: tuple[str, ...] | None = None) -> tuple[Material, list[str]]:
    said: list[str] = []
    return prepared(Material(documents), CONFIG, base, lambda line, done: said.append(line)), said


def test_a_corpus_with_a_dev_split_is_left_alone() -> None:
    documents = [*pages(10), *pages(2, "dev")]
    material, said = said_by(documents)
    assert list(material.documents) == documents and not said


def test_without_a_dev_split_a_fifth_is_held_out_and_that_is_said() -> None:
    material, said = said_by(pages(20, None))
    splits = [d.split for d in material.documents]
    assert splits.count("dev") == 4 and splits.count(None) == 16 and "4 of 20" in said[0]
    again, _ = said_by(pages(20, None))
    assert [d.split for d in again.documents] == splits


def test_no_label_is_lost_to_what_is_held_out() -> None:
    documents = pages(10, None)
    documents[3] = page(
        "rare", ("A shame!", "opinion"), ("It rained in town.", "reporting"), ("Ha", "comment"), split=None
    )
    material, _ = said_by(documents)
    assert next(d for d in material.documents if d.id == "rare").split is None


def test_with_a_base_nothing_need_be_held_out() -> None:
    material, said = said_by(pages(12, None), ("opinion", "reporting"))
    assert all(d.split is None for d in material.documents) and "cross-validation" in said[0]


@pytest.mark.parametrize(
    ("documents", "reason"),
    [
        (pages(9), "9 documents to learn from are too few; label at least 10"),
        ([*pages(3), *pages(30, "dev")], "3 documents"),
        ([replace(d, spans=d.spans[:1]) for d in pages(12)], r"have 1 \(reporting\)"),
        ([*pages(12), page("d", ("Ha ha", "comment"), split="dev")], r"bears: comment \(in d\)"),
        ([replace(pages(1)[0], id=i) for i in range(12)], "all 12 documents are of one group"),
    ],
)
def test_what_cannot_be_learned_from_is_said(documents: list[LabelledDocument], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        said_by(documents)


def test_one_site_is_enough_unless_sites_are_the_groups() -> None:
    documents = [*pages(12, site="one.example"), *pages(1, "dev")]
    said_by(documents)
    with pytest.raises(InputError, match="of one group by site"):
        prepared(Material(documents), replace(CONFIG, groups="site"))


def test_a_label_only_in_dev_is_fine_where_the_base_knows_it() -> None:
    documents = [*pages(12), page("d", ("Ha ha", "comment"), split="dev")]
    assert said_by(documents, ("comment", "opinion", "reporting"))[0].documents
