"""Parquet and Arrow: what goes through unchanged, what is added, what is refused."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from console import ARTICLE, ROOT, winnow
from hypothesis import given
from hypothesis import strategies as st

pa = pytest.importorskip("pyarrow", reason="the extra arrow is not installed")
import pyarrow.parquet as pq  # noqa: E402

from classifier.errors import InputError  # noqa: E402
from classifier.io import Fields, Record, Source, Stretch, read, records, sink_for, tables  # noqa: E402

TEXTS = [ARTICLE, "", "Rain fell. 🌧 It was awful!\n\nlol", None, "The office said so.", "a\0b", ARTICLE * 3]
N = len(TEXTS)


def table(texts: list[str | None] = TEXTS, kind: Any = None) -> Any:
    n = range(len(texts))
    columns = {
        "id": [f"p{i}" for i in n],
        "text": pa.array(texts, kind or pa.string()),
        "nest": [{"a": [1, None, i], "b": {"c": str(i)}} for i in n],
        "kind": pa.array(["x" if i % 2 else None for i in n], pa.string()).dictionary_encode(),
        "when": pa.array([None] * len(texts), pa.timestamp("us", tz="UTC")),
        "raw": [b"\xff\0"] * len(texts),
        "map": pa.array([[("k", i)] for i in n], pa.map_(pa.string(), pa.int8())),
        "none": pa.nulls(len(texts)),
    }
    return pa.table(columns).replace_schema_metadata({"who": "ours", "pandas": "{}"})


def write(path: Path, given: Any, rows: int = 3) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(given, path, row_group_size=rows)
    else:
        create = pa.ipc.new_stream if path.stem == "stream" else pa.ipc.new_file
        with create(path, given.schema) as file:
            file.write_table(given, max_chunksize=rows)
    return path


def load(path: Path) -> Any:
    return pq.read_table(path) if path.suffix == ".parquet" else pa.ipc.open_file(path).read_all()


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.feather", "stream.arrow"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_table_keeps_its_rows_columns_and_metadata_and_gets_one_column_more(
    name: str, jobs: int, tmp_path: Path
) -> None:
    given, out = write(tmp_path / name, table()), tmp_path / f"out{Path(name).suffix}"
    ran = winnow("classify", given, "--output", out, "--jobs", jobs)
    assert ran.status == 1
    assert ran.err == f'winnow: error: {given}:4: field "text" is not a string but null\n'
    before, after = table().filter(pa.compute.is_valid(table()["text"])), load(out)
    assert after.drop_columns(["winnow"]).equals(before.cast(after.drop_columns(["winnow"]).schema))
    assert after.schema.remove(after.num_columns - 1).equals(table().schema)
    assert after.schema.metadata == table().schema.metadata
    lines = [json.loads(line) for line in winnow("classify", given, "--format", "jsonl").out.splitlines()]
    assert [row["segments"] for row in after["winnow"].to_pylist()] == [line["segments"] for line in lines]
    assert [line["id"] for line in lines] == before["id"].to_pylist()


def test_the_schema_of_what_is_added_is_the_documented_one(tmp_path: Path) -> None:
    given = write(tmp_path / "a.parquet", table([ARTICLE]))
    for options, column in (
        (["classify"], "winnow"),
        (["filter", "--keep", "reporting"], "winnow"),
        (["split"], "parts"),
    ):
        out = tmp_path / "out.parquet"
        assert winnow(*options, given, "--output", out).status == 0
        shown = str(load(out).schema.field(column).type).replace("element: ", "").replace("item: ", "")
        assert f"`{shown}`" in (ROOT / "docs" / "formats.md").read_text("utf-8")


@pytest.mark.parametrize("kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())])
def test_every_type_of_text_is_text_and_stays_what_it_is(kind: Any, tmp_path: Path) -> None:
    given = write(tmp_path / "a.arrow", table([ARTICLE, "lol", ARTICLE], kind))
    ran = winnow("filter", "--keep", "reporting,opinion,comment,boilerplate", given, "--output", tmp_path / "o.arrow")
    assert ran.status == 0
    found = load(tmp_path / "o.arrow")
    assert found["text"].to_pylist() == [ARTICLE, "lol", ARTICLE]
    assert found.schema.field("text").type == (pa.string() if pa.types.is_dictionary(kind) else kind)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), min_size=1, max_size=12))
def test_texts_and_probabilities_come_back_to_the_letter(texts: list[str]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        given, out = write(Path(folder) / "a.parquet", pa.table({"text": texts}), 2), Path(folder) / "o.parquet"
        assert winnow("classify", "--probabilities", given, "--output", out).status == 0
        rows = load(out).to_pylist()
    assert [row["text"] for row in rows] == texts
    for row in rows:
        for segment in row["winnow"]["segments"]:
            assert row["text"][segment["start"] : segment["end"]].strip()
            assert sum(segment["probabilities"].values()) == pytest.approx(1, abs=1e-3)
            assert segment["probabilities"][segment["label"]] == segment["score"]


def test_rows_become_json_and_json_rows(tmp_path: Path) -> None:
    given = write(tmp_path / "a.parquet", table([ARTICLE]))
    (line,) = winnow("filter", given, "--drop", "comment").records()
    assert line["nest"] == {"a": [1, None, 0], "b": {"c": "0"}} and line["raw"] == "/wA=" and line["none"] is None
    assert line["text"] and line["text"] != ARTICLE and line["winnow"]["dropped"]
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": 7, "n": [1], "text": ARTICLE}) + "\n")
    assert winnow("classify", tmp_path / "a.jsonl", "--output", tmp_path / "o.parquet").status == 0
    (row,) = load(tmp_path / "o.parquet").to_pylist()
    assert (row["id"], row["text"], json.loads(row["meta"])) == ("7", ARTICLE, {"n": [1]})


def test_a_folder_gives_tables_for_tables_and_the_parts_of_each_label(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write(tmp_path / "in" / "a.feather", table([ARTICLE]))
    (tmp_path / "in" / "b.txt").write_text(ARTICLE)
    assert winnow("classify", tmp_path / "in", "--output", tmp_path / "out").status == 0
    assert load(tmp_path / "out" / "a.feather")["winnow"][0]["segments"] and (tmp_path / "out" / "b.jsonl").exists()
    assert winnow("split", tmp_path / "in" / "a.feather", "--output", f"{tmp_path}/parts/").status == 0
    parts = [load(tmp_path / "parts" / f"a.{name}.feather")["text"][0].as_py() for name in ("reporting", "comment")]
    assert all(parts) and parts[0] != parts[1]


def test_tables_with_other_columns_do_not_go_into_one_file(tmp_path: Path) -> None:
    paths = [write(tmp_path / "a.parquet", table([ARTICLE])), write(tmp_path / "b.parquet", pa.table({"text": ["x"]}))]
    ran = winnow("classify", *paths, "--output", tmp_path / "o.parquet")
    assert ran.status == 1 and "other columns" in ran.err and not (tmp_path / "o.parquet").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (pa.table({"body": ["x"]}), 'no column "text" (--text-field)'),
        (pa.table({"text": [1]}), 'column "text" is not of strings but of int64'),
        (pa.table([["x"], ["y"]], names=["text", "text"]), '2 columns "text" (--text-field)'),
    ],
)
def test_a_table_without_texts_is_named_once(given: Any, said: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.arrow", given)
    assert winnow("classify", path).err == f"winnow: error: {path}: {said}\n"


def test_no_more_than_some_rows_are_in_hand_though_the_file_has_one_row_group(tmp_path: Path) -> None:
    given = write(
        tmp_path / "a.parquet", pa.table({"text": [f"{i} " + "Rain fell. " * 500 for i in range(2000)]}), 2000
    )
    pieces = [s for s in read(Source(str(given), "a.parquet", "parquet"), Fields()) if isinstance(s, Stretch)]
    assert len(pieces) > 10 and max(piece.weight for piece in pieces) < 3 << 20
    found = [r.document.id for piece in pieces for r in records(piece, Fields()) if isinstance(r, Record)]
    assert found == [f"{given}:{i + 1}" for i in range(2000)]


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow"])
def test_row_groups_are_stretches_that_can_be_read_alone_and_travel(name: str, tmp_path: Path) -> None:
    import pickle

    source = Source(str(write(tmp_path / name, table(), 3)), name, Path(name).suffix[1:])
    groups = pickle.loads(pickle.dumps(tables.groups(source)))
    assert [(g.line, g.start, g.size) for g in groups] == [(1, 0, 1), (4, 1, 1), (7, 2, 1)]
    assert all(group.weight > 0 for group in groups)
    alone = [[str(r.where) for r in records(g, Fields())] for g in reversed(groups)]
    assert [where for group in reversed(alone) for where in group] == [f"{source.path}:{i + 1}" for i in range(N)]


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "stream.arrow"])
def test_damaged_files_are_named_and_leave_nothing(name: str, tmp_path: Path) -> None:
    whole = write(tmp_path / name, table([ARTICLE] * 40), 5).read_bytes()
    chance = random.Random(0)
    hurt = [whole[:cut] for cut in (0, 3, 9, len(whole) // 2, len(whole) - 1)]
    for _ in range(25):
        data = bytearray(whole)
        for _ in range(8):
            data[chance.randrange(len(data))] = chance.randrange(256)
        hurt.append(bytes(data))
    for data in hurt:
        (tmp_path / name).write_bytes(data)
        ran = winnow("classify", tmp_path / name)
        assert ran.status in (0, 1) and (ran.out or ran.err)
        for line in ran.out.splitlines():
            json.loads(line)
    assert hurt


def test_invalid_utf8_is_replaced_and_told(tmp_path: Path) -> None:
    text = pa.array([b"caf\xe9 rained.", b"fine"]).cast(pa.binary()).view(pa.string())
    path = write(tmp_path / "a.parquet", pa.table({"text": text}))
    ran = winnow("filter", "--keep", "reporting,opinion,comment,boilerplate", path)
    assert [row["text"] for row in ran.records()] == ["caf\ufffd rained.", "fine"]
    assert "invalid UTF-8" in ran.err


def test_a_sink_that_is_given_up_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "o.parquet"
    path.write_text("old")
    sink: Any = sink_for(str(path))
    sink.write(table([ARTICLE]))
    sink.abort()
    with pytest.raises(InputError, match="cannot be written"):
        sink_for(str(tmp_path / "missing" / "o.parquet"))
    assert path.read_text() == "old" and [p.name for p in tmp_path.iterdir()] == ["o.parquet"]
