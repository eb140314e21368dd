"""What Label Studio reads and writes. Its SDK checks our tasks and converts them where it is installed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from carried import RECORD, SPANS, TEXT, Told, items, write
from console import winnow

from training.labelling import label_studio
from training.labelling.exchange import read

ASTRAL = "\U0001f327 Rain fell. \U0001f600 Awful!"  # two characters that JavaScript counts twice


def exported(*values: dict[str, Any], text: str = TEXT, **task: Any) -> list[dict[str, Any]]:
    """A project's JSON export, with the bookkeeping that the server adds."""
    region = {"type": "labels", "from_name": "label", "to_name": "text", "origin": "manual"}
    result = [{"id": f"r{i}", **region, "value": value} for i, value in enumerate(values)]
    annotation = {"id": 4, "completed_by": 1, "was_cancelled": False, "ground_truth": False, "lead_time": 8.4}
    annotation |= {"updated_at": "2026-05-01T10:00:00Z", "result": result}
    return [{"id": 7, "data": {"text": text}, "annotations": [annotation], "predictions": [], "meta": {}} | task]


def value(start: int, end: int, label: str, **text: str) -> dict[str, Any]:
    return {"start": start, "end": end, "labels": [label], **text}


def taken(tasks: Any, tmp_path: Path, **options: str) -> tuple[list[Any], Told]:
    path, told = tmp_path / "export.json", Told()
    path.write_text(json.dumps(tasks))
    return [(item.spans, dict(item.fields)) for item in read(str(path), "label-studio", told, **options)], told


def test_an_export_without_the_regions_text_is_read_by_its_offsets(tmp_path: Path) -> None:
    (found,), told = taken(exported(value(36, 49, "opinion"), value(0, 35, "reporting")), tmp_path)
    assert found == (((0, 35, "reporting"), (36, 49, "opinion")), {"id": 7})
    assert told.errors == told.cautions == []


def test_folded_blanks_and_written_line_breaks_are_the_same_text(tmp_path: Path) -> None:
    for said in ("It was awful!\\nLol same here", "It was awful! Lol same here", "It was awful!\nLol same here"):
        (found,), _ = taken(exported(value(36, 63, "opinion", text=said)), tmp_path)
        assert found[0] == ((36, 63, "opinion"),)


def test_offsets_in_utf16_are_known_by_the_regions_text(tmp_path: Path) -> None:
    in_points = exported(value(2, 12, "reporting", text="Rain fell."), value(13, 21, "opinion"), text=ASTRAL)
    in_units = exported(value(3, 13, "reporting", text="Rain fell."), value(14, 23, "opinion"), text=ASTRAL)
    spans = ((2, 12, "reporting"), (13, 21, "opinion"))
    assert taken(in_points, tmp_path)[0][0][0] == taken(in_units, tmp_path)[0][0][0] == spans


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([value(0, 4, "reporting", text="Hail")], "region [0, 4] is outside the text, or is not its words"),
        ([value(60, 99, "reporting")], "region [60, 99] is outside"),
        ([value(5, 5, "reporting")], "region [5, 5]"),
        ([{"start": "/p[1]/text()[1]", "end": "/p[1]/text()[1]", "labels": ["x"]}], "without offsets into plain text"),
        ([{"start": 0, "end": 4}], "a region without labels"),
    ],
)
def test_regions_that_do_not_fit_are_named(values: list[dict[str, Any]], reason: str, tmp_path: Path) -> None:
    found, told = taken(exported(*values), tmp_path)
    assert found == [] and reason in told.errors[0]
    assert told.errors[0].startswith(f"{tmp_path / 'export.json'}: task 7: ")


def test_the_ground_truth_or_the_latest_finished_annotation_counts(tmp_path: Path) -> None:
    def annotation(label: str, **more: Any) -> dict[str, Any]:
        return {"result": [{"type": "labels", "value": value(0, 35, label)}], **more}

    new, old = annotation("new", updated_at="2026-05-03"), annotation("old", updated_at="2026-05-02")
    cancelled = annotation("cancelled", updated_at="2026-05-04", was_cancelled=True)
    truth = annotation("truth", updated_at="2026-05-01", ground_truth=True)
    for some, label in (([new, old, cancelled], "new"), ([new, truth, old], "truth")):
        (found,), told = taken([{"data": {"text": TEXT}, "annotations": some}], tmp_path)
        assert found[0] == ((0, 35, label),) and "annotations; the ground truth or else the latest" in told.cautions[0]
    (found,), _ = taken([{"data": {"text": TEXT}, "annotations": [cancelled]}], tmp_path)
    assert found[0] is None


def test_other_results_are_passed_over_and_another_field_may_hold_the_text(tmp_path: Path) -> None:
    task = exported(value(0, 35, "reporting"))[0]
    task["annotations"][0]["result"].append({"type": "choices", "value": {"choices": ["good"]}})
    task["data"] = {"body": TEXT, "url": "u"}
    (found,), _ = taken([task], tmp_path, text_field="body")
    assert found == (((0, 35, "reporting"),), {"id": 7, "url": "u"})
    assert taken([task], tmp_path)[1].errors[0].endswith('has no text in the field "text" (--text-field names another)')


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[3]",
        '[{"data": {"text": "a"}, "annotations": 3}]',
        '[{"data": {"text": "a"}, "annotations": [{"result": 3}]}]',
        '{"id": "x"}',
        '"a"',
    ],
)
def test_what_is_no_export_is_one_line_on_stderr(content: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(content)
    ran = winnow("corpus", "import", tmp_path / "a.json", "--format", "label-studio")
    assert ran.status == 1 and ran.out == "" and ran.err.count("\n") == 1


def test_predictions_are_of_what_has_no_labels_unless_a_model_is_named(tmp_path: Path, tiny_folder: Path) -> None:
    path = write(tmp_path / "a.jsonl", RECORD, {"id": 2, "text": TEXT})
    command = ["corpus", "export", path, "--format", "label-studio"]
    for options, predicted in (([], [False, True]), (["--no-predictions"], [False, False]),
                               (["--model", tiny_folder], [True, True])):  # fmt: skip
        tasks = json.loads(winnow(*command, *options).out)
        assert ["predictions" in task for task in tasks] == predicted
        assert ["annotations" in task for task in tasks] == [True, False]
    prediction = tasks[1]["predictions"][0]
    assert prediction["model_version"] == "tiny" and 0 < prediction["score"] <= 1
    covered = [region["value"]["text"] for region in prediction["result"]]
    assert "".join("".join(covered).split()) == "".join(TEXT.split())
    assert len({region["id"] for task in tasks for part in (*task["predictions"], *task.get("annotations", ()))
                for region in part["result"]}) == 2 * len(covered) + len(SPANS)  # fmt: skip


def test_the_labelling_interface_names_every_label(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", {"text": TEXT, "spans": [[0, 35, 'a "b" & <c>']]})
    ran = winnow("corpus", "export", path, "--format", "label-studio", "--labelling-config", tmp_path / "labels.xml")
    view = ElementTree.parse(tmp_path / "labels.xml").getroot()
    assert ran.status == 0 and [label.get("value") for label in view.iter("Label")] == ['a "b" & <c>']


def test_the_sdk_finds_nothing_wrong_and_reads_the_same_labels(tmp_path: Path) -> None:
    interface = pytest.importorskip("label_studio_sdk.label_interface", reason="label-studio-sdk is not installed")
    from label_studio_sdk.converter import Converter

    (item,) = items(RECORD)
    config = label_studio.config(["reporting", "opinion", "comment"])
    task = label_studio.task(item, 1, None)
    result = task["annotations"][0]["result"]
    checker = interface.LabelInterface(config)
    checker.validate()
    assert checker.validate_task({"data": task["data"]}) and checker.validate_annotation(task["annotations"][0])
    prediction = {"model_version": "tiny", "score": 0.5, "result": [{**region, "score": 0.5} for region in result]}
    assert checker.validate_prediction(prediction, return_errors=True) == []
    task["annotations"][0] |= {"id": 3, "completed_by": 1}
    (tmp_path / "export.json").write_text(json.dumps([{"id": 1, **task}]))
    Converter(config, str(tmp_path), download_resources=False).convert_to_conll2003(
        str(tmp_path / "export.json"), str(tmp_path / "out"), is_dir=False
    )
    (back,) = read(str(tmp_path / "out" / "result.conll"), "conll", Told())
    assert back.spans is not None and [label for *_, label in back.spans] == ["reporting", "opinion", "comment"]
    said = ["".join(back.text[start:end].split()) for start, end, _ in back.spans]
    assert said == ["".join(TEXT[start:end].split()) for start, end, _ in SPANS]
