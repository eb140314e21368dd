from __future__ import annotations

from pathlib import Path

import pytest
from carried import RECORD, TEXT, Told, items, write
from console import winnow

from training.labelling import brat
from training.labelling.exchange import export, read


def folder(path: Path, lines: str, text: str = TEXT) -> str:
    (path / "deep").mkdir()
    (path / "deep" / "page.txt").write_bytes(text.encode())
    (path / "deep" / "page.ann").write_bytes(lines.encode())
    return str(path)


def test_a_span_of_several_lines_is_written_in_fragments() -> None:
    (item,) = items({"text": TEXT, "spans": [[36, 64, "opinion"]]})
    assert brat.stand_off(item) == "T1\topinion 36 49;50 63\tIt was awful! Lol same here\n"


def test_the_folder_is_one_that_brat_opens(tmp_path: Path) -> None:
    export(items(RECORD, {"id": "a/b c", "text": "x"}), "brat", str(tmp_path / "b"), Told())
    names = {path.name for path in (tmp_path / "b").iterdir()}
    assert names == {"1-rain.txt", "1-rain.ann", "2-a-b-c.txt", "2-a-b-c.ann", "annotation.conf", brat.FIELDS}
    assert (tmp_path / "b" / "1-rain.txt").read_bytes().decode() == TEXT
    conf = (tmp_path / "b" / "annotation.conf").read_text()
    assert conf.startswith("[entities]\nreporting\nopinion\ncomment\n") and "[attributes]" in conf


def test_what_an_annotator_changed_comes_back_with_our_fields(tmp_path: Path) -> None:
    export(items({**RECORD, "spans": [[0, 35, "reporting"], [35, 50, "opinion"]]}), "brat", str(tmp_path / "b"), Told())
    ann = tmp_path / "b" / "1-rain.ann"
    ann.write_text(ann.read_text().replace("reporting 0 35", "comment 0 4") + "T9\tcomment 50 63\tLol same here\n")
    (item,) = read(str(tmp_path / "b"), "brat", Told())
    assert item.spans == ((0, 4, "comment"), (35, 50, "opinion"), (50, 63, "comment"))
    assert dict(item.fields) == {"id": "rain", "source": "own", "tags": ["wet", None]}


def test_a_folder_of_somebody_elses_is_read_by_its_names(tmp_path: Path) -> None:
    lines = (
        "T1\treporting 0 35\tRain fell in Orrin, the mayor said.\r\n"
        "T2\tcomment 36 38;50 53\tIt Lol\n"
        "T10\topinion 43 48;48 49\tawful !\n"
        "R1\tanswers Arg1:T2 Arg2:T1\t\nA1\tsure T1\n#1\tAnnotatorNotes T1\thm\n"
    )
    told = Told()
    (item,) = read(folder(tmp_path, lines), "brat", told)
    spans = ((0, 35, "reporting"), (36, 38, "comment"), (43, 49, "opinion"), (50, 53, "comment"))
    assert (item.spans, dict(item.fields)) == (spans, {"id": "deep/page"})
    assert told.cautions == [f"{tmp_path / 'deep' / 'page.ann'}: 3 lines that are not spans of text were left out"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("T1\treporting 0 99\tRain", ":1: [0, 99] is empty or outside the text of 64 characters"),
        ("T1\treporting 4 4\t", ":1: [4, 4] is empty"),
        ("T1 reporting 0 4", ":1: not a text-bound annotation"),
        ("T1\treporting zero four\tRain", ":1: not a text-bound annotation"),
    ],
)
def test_lines_that_brat_would_not_take_are_named(line: str, reason: str, tmp_path: Path) -> None:
    told = Told()
    assert read(folder(tmp_path, line + "\n"), "brat", told) == []
    assert told.errors[0].startswith(f"{tmp_path / 'deep' / 'page.ann'}{reason}")


def test_a_missing_text_other_bytes_and_an_empty_folder_are_named(tmp_path: Path) -> None:
    root = folder(tmp_path, "")
    (tmp_path / "lost.ann").write_text("")
    (tmp_path / "deep" / "page.txt").write_bytes(b"\xff")
    told = Told()
    assert read(root, "brat", told) == []
    assert "is not in UTF-8" in told.errors[0] and "cannot be read (No such file or directory" in told.errors[1]
    (tmp_path / "none").mkdir()
    assert winnow("corpus", "import", tmp_path / "none", "--format", "brat").status == 1


@pytest.mark.parametrize("fields", ["{", "[]", '{"page": 3}', '{"page": {"fields": {}, "loose": [[0]]}}'])
def test_fields_that_are_not_ours_are_named(fields: str, tmp_path: Path) -> None:
    root = folder(tmp_path, "")
    (tmp_path / "deep" / brat.FIELDS).write_text(fields)
    told = Told()
    assert read(root, "brat", told) == [] and len(told.errors) == 1


def test_a_folder_with_somebodys_work_is_left_alone(tmp_path: Path) -> None:
    root = Path(folder(tmp_path, "T1\treporting 0 4\tRain\n"))
    before = sorted(root.rglob("*"))
    ran = winnow("corpus", "export", write(tmp_path.parent / "a.jsonl", RECORD), "--format", "brat", "-o", root)
    assert ran.status == 1 and "somebody's work" in ran.err and sorted(root.rglob("*")) == before


def test_another_parser_reads_what_we_write(tmp_path: Path) -> None:
    parser = pytest.importorskip("pybrat.parser", reason="pybrat is not installed")
    export(items({**RECORD, "spans": [[0, 35, "reporting"], [36, 63, "opinion"]]}), "brat", str(tmp_path / "b"), Told())
    (example,) = parser.BratParser(error="raise").parse(tmp_path / "b")
    found = [(entity.type, [(span.start, span.end) for span in entity.spans]) for entity in example.entities]
    assert sorted(found) == [("opinion", [(36, 49), (50, 63)]), ("reporting", [(0, 35)])]
