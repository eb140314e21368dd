from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from gapped import EMOJI, NEWS, RULE, kept_of

from classifier import Classifier, InputError, ModelNotFound

pytest.importorskip("datatrove", reason="the extra datatrove is not installed")
from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.readers import JsonlReader, ParquetReader
from datatrove.pipeline.writers import JsonlWriter, ParquetWriter

from classifier.integrations.datatrove import NO_TEXT, NOTHING_KEPT, WinnowAnnotator, WinnowFilter

TEXTS = [NEWS, "Share this page", EMOJI, "Reply\n\nlol you are so wrong, my street is dug up!!", NEWS + "\n\nlol"] * 3


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """Two files of documents with a field of their own."""
    folder = tmp_path / "pages"
    folder.mkdir()
    for name, part in (("a", range(0, 7)), ("b", range(7, len(TEXTS)))):
        lines = [json.dumps({"id": f"p{i}", "text": TEXTS[i], "site": f"s{i}"}) + "\n" for i in part]
        (folder / f"{name}.jsonl").write_text("".join(lines), "utf-8")
    return folder


def run(tmp_path: Path, *steps: Any, tasks: int = 2) -> None:
    LocalPipelineExecutor([*steps], tasks=tasks, logging_dir=str(tmp_path / "logs")).run()


def written(folder: Path) -> list[dict[str, Any]]:
    lines = [line for path in sorted(folder.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    return [json.loads(line) for line in lines]


def writer(folder: Path) -> Any:
    return JsonlWriter(str(folder), output_filename="${rank}.jsonl", compression=None)


@pytest.mark.parametrize("batch_size", [1, 4])
def test_a_pipeline_filters_and_writes_what_it_drops(
    tiny_folder: Path, tmp_path: Path, pages: Path, batch_size: int
) -> None:
    keep = WinnowFilter(tiny_folder, writer(tmp_path / "dropped"), batch_size, **RULE)
    run(tmp_path, JsonlReader(str(pages)), keep, writer(tmp_path / "kept"))
    kept, dropped = written(tmp_path / "kept"), written(tmp_path / "dropped")
    expected = {f"p{i}": kept_of(text, tiny_folder) or "" for i, text in enumerate(TEXTS)}
    assert {row["id"]: row["text"] for row in kept} == {i: text for i, text in expected.items() if text.strip()}
    assert {row["id"]: row["text"] for row in dropped} == {
        f"p{i}": text for i, text in enumerate(TEXTS) if not expected[f"p{i}"].strip()
    }
    assert 0 < len(dropped) < len(TEXTS) and {row["metadata"]["filter_reason"] for row in dropped} == {NOTHING_KEPT}
    assert all(row["metadata"]["site"] == "s" + row["id"][1:] for row in kept + dropped)
    for row in kept:
        before, told = TEXTS[int(row["id"][1:])], row["metadata"]["winnow"]
        assert "".join(before[start:end] for start, end in told["kept"]) == row["text"]
        assert all(before[part["start"] : part["end"]] == part["text"] for part in told["dropped"])


def test_a_pipeline_annotates_and_keeps_every_document_in_order(tiny_folder: Path, tmp_path: Path, pages: Path) -> None:
    run(tmp_path, JsonlReader(str(pages)), WinnowAnnotator(tiny_folder, 4), writer(tmp_path / "out"))
    found = written(tmp_path / "out")
    assert [(row["id"], row["text"]) for row in found] == [(f"p{i}", text) for i, text in enumerate(TEXTS)]
    classifier = Classifier.load(tiny_folder)
    for row in found:
        record = classifier.classify(row["text"]).to_record()
        assert {**row["metadata"]["winnow"], "id": None} == record and row["metadata"]["site"] == "s" + row["id"][1:]


def test_parquet_holds_the_metadata(tiny_folder: Path, tmp_path: Path, pages: Path) -> None:
    steps = (WinnowAnnotator(tiny_folder), WinnowFilter(tiny_folder, keep="reporting,opinion,comment"))
    for step in steps:
        folder = tmp_path / type(step).__name__
        run(folder, JsonlReader(str(pages)), step, ParquetWriter(str(folder / "out")), tasks=1)
        found = list(ParquetReader(str(folder / "out")).run())
        assert len(found) >= 12 and all(doc.metadata["winnow"]["model"] == "tiny" for doc in found)


def test_documents_without_text_are_dropped_with_a_reason_or_annotated_with_nothing(tiny_folder: Path) -> None:
    def documents() -> list[Any]:
        return [Document(text, str(i)) for i, text in enumerate([None, NEWS, "", " \n"])]

    keep = WinnowFilter(tiny_folder, keep="reporting,opinion,comment,boilerplate")
    assert [doc.text for doc in keep.run(documents())] == [NEWS]
    assert keep.filter(Document("", "1")) == (False, NO_TEXT) and keep.filter(Document(NEWS, "2")) is True
    found = list(WinnowAnnotator(tiny_folder, 2).run(iter(documents())))
    assert [doc.text for doc in found] == [None, NEWS, "", " \n"]
    assert [len(doc.metadata["winnow"]["segments"]) > 0 for doc in found] == [False, True, False, False]


def test_a_step_takes_no_more_documents_than_a_batch(tiny_folder: Path) -> None:
    taken: list[int] = []

    def endless() -> Any:
        while True:
            taken.append(1)
            yield Document(NEWS, "x")

    for step in (WinnowAnnotator(tiny_folder, 8), WinnowFilter(tiny_folder, batch_size=8, keep="reporting,comment")):
        taken.clear()
        stream = step.run(endless())
        assert next(stream).metadata["winnow"] and len(taken) <= 9


def test_what_makes_no_sense_is_refused_when_the_pipeline_is_built(tiny_folder: Path) -> None:
    with pytest.raises(InputError, match="no label 'reportage'"):
        WinnowFilter(tiny_folder, keep="reportage")
    with pytest.raises(ModelNotFound):
        WinnowAnnotator(tiny_folder / "nowhere")
