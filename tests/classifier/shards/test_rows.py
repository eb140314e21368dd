"""Parquet in parts: every row in one of them, and what was made of them one table again."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

pa = pytest.importorskip("pyarrow", reason="the extra arrow is not installed")
import pyarrow.parquet as pq  # noqa: E402

from classifier.io import Fields, Source, sink_for  # noqa: E402
from classifier.io.joining import join  # noqa: E402
from classifier.shards import cutting  # noqa: E402
from classifier.shards.rows import Rows  # noqa: E402

N = 1000


def parquet(path: Path, group: int) -> Source:
    table = pa.table({"text": [f"{i} {hashlib.sha256(str(i).encode()).hexdigest()}" for i in range(N)]})
    pq.write_table(table, path, row_group_size=group, compression="none", use_dictionary=group % 2 == 0)
    return Source(str(path), path.name, "parquet", size=path.stat().st_size)


@pytest.mark.parametrize("group", [7, 100, 333, N])
@pytest.mark.parametrize("size", [2_000, 9_999, 40_000])
def test_every_row_is_in_one_part_every_byte_is_sealed_and_rows_are_counted(
    group: int, size: int, tmp_path: Path
) -> None:
    source = parquet(tmp_path / "a.parquet", group)
    parts = cutting.cut(source, Fields(), size)
    assert len(parts) > 1
    firsts, texts, data = cutting.numbers(source, parts), [], bytearray()
    for part, first in zip(parts, firsts, strict=True):
        rows = Rows(source, part, first, data.extend, Fields())
        told: list[int] = []
        for stretch in rows.read(told.append):
            assert stretch.line == len(texts) + 1
            texts += stretch.data["text"].to_pylist()
        assert sum(told) in (0, rows.end - rows.start) and rows.end == len(data)
        with Path(source.path).open("rb") as file:
            assert [cutting.border_of(source, file, at) for at in part] == [rows.start, rows.end]
    assert [text.split()[0] for text in texts] == [str(i) for i in range(N)]
    assert bytes(data) == Path(source.path).read_bytes()


@pytest.mark.parametrize("name", ["o.parquet", "o.arrow"])
def test_tables_are_joined_to_one_and_parts_without_rows_are_passed_over(name: str, tmp_path: Path) -> None:
    pieces = []
    for i, rows in enumerate([None, ["a", "b"], None, ["c"]]):
        sink: Any = sink_for(str(tmp_path / f"{i}.tmp"), like=name)
        if rows:
            sink.write(pa.table({"text": rows}))
        sink.commit()
        pieces.append((str(tmp_path / f"{i}.tmp"), True))
    target = tmp_path / name
    assert join(pieces, str(target), name) == [(0, target.stat().st_size)]
    read = pq.read_table if name.endswith("parquet") else lambda path: pa.ipc.open_file(path).read_all()
    assert read(target).to_pydict() == {"text": ["a", "b", "c"]}
    (tmp_path / "0.tmp").write_bytes(b"nonsense")
    with pytest.raises(OSError):
        join(pieces, str(tmp_path / "other"), name)
    assert not (tmp_path / "other").exists()


def test_only_the_first_part_of_a_table_of_text_names_its_columns(tmp_path: Path) -> None:
    from classifier.io.delimited import Sheet

    pieces = []
    for i in range(3):
        sink: Any = sink_for(str(tmp_path / f"{i}.tmp"), like="o.csv.gz", begins=i == 0)
        sink.write(Sheet(("a", "b"), ",", f"{i},x\n"))
        sink.commit()
        pieces.append((str(tmp_path / f"{i}.tmp"), True))
    join(pieces, str(tmp_path / "o.csv.gz"), "o.csv.gz")
    import gzip

    assert gzip.decompress((tmp_path / "o.csv.gz").read_bytes()) == b"a,b\n0,x\n1,x\n2,x\n"
