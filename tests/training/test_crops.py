from __future__ import annotations

from dataclasses import replace

from invented import page

from training.crops import crops

DOCUMENTS = [
    page(f"d{i}", *((f"Line {j} of page {i}.", "comment" if j > 6 else "reporting") for j in range(10)), between="\n\n")
    for i in range(60)
]


def test_a_crop_is_a_run_of_its_documents_spans() -> None:
    made = crops(DOCUMENTS, 1.0, seed=0)
    assert len(made) == len(DOCUMENTS)
    for crop, document in zip(made, DOCUMENTS, strict=True):
        assert crop.text in document.text and len(crop.spans) < len(document.spans)
        assert crop.spans[0][0] == 0 and crop.spans[-1][1] == len(crop.text)
        whole = {document.text[s:e]: label for s, e, label in document.spans}
        assert all(whole[crop.text[s:e]] == label for s, e, label in crop.spans)
        assert crop.meta["article"] == document.id != crop.id
        assert (crop.split, crop.source) == (document.split, document.source)
    sizes = [len(crop.spans) for crop in made]
    assert min(sizes) == 1 and max(sizes) > 5 and sum(size <= 5 for size in sizes) > len(sizes) / 2


def test_the_share_decides_how_many() -> None:
    assert crops(DOCUMENTS, 0.0, seed=0) == []
    assert 10 <= len(crops(DOCUMENTS, 0.4, seed=0)) <= 38


def test_what_is_drawn_follows_from_seed_and_id_alone() -> None:
    made = crops(DOCUMENTS, 0.5, seed=1)
    assert crops(reversed(DOCUMENTS), 0.5, seed=1) == made[::-1]
    assert crops(DOCUMENTS[:30], 0.5, seed=1) == made[: len(crops(DOCUMENTS[:30], 0.5, seed=1))]
    assert crops(DOCUMENTS, 0.5, seed=2) != made


def test_short_documents_stay_whole_and_composites_keep_their_article() -> None:
    assert crops([page("a", ("One.", "reporting"), ("Two.", "opinion"))], 1.0, seed=0) == []
    composite = replace(DOCUMENTS[0], id="d0+trail", meta={"article": "d0"})
    assert crops([composite], 1.0, seed=0)[0].meta["article"] == "d0"
