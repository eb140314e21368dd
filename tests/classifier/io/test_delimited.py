"""CSV and TSV in and out."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from pathlib import Path

import pytest
from console import ARTICLE, winnow
from hypothesis import given
from hypothesis import strategies as st

HEAD = ["id", "other", "text"]
NUL = "\0" if sys.version_info >= (3, 11) else ""  # which Python 3.10's csv neither writes nor reads
ALL = "reporting,opinion,comment,boilerplate"


def written(rows: list[list[str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def cells(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ","), ("a.tsv", "\t"), ("a.csv.gz", ",")])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_table_keeps_its_columns_and_gets_one_more(name: str, delimiter: str, mark: bytes, tmp_path: Path) -> None:
    rows = [HEAD, ["1", 'say "hi",\tthere', ARTICLE], ["", "", "lol 🌧"], ["3", "\r\n", "a\nb"]]
    data = mark + written(rows, delimiter).encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    ran = winnow("classify", tmp_path / name, "--output", f"{tmp_path}/out/")
    assert (ran.status, ran.err) == (0, "")
    out = (tmp_path / "out" / name).read_bytes()
    found = cells((gzip.decompress(out) if name.endswith("gz") else out).decode(), delimiter)
    assert [row[:3] for row in found] == rows and found[0][3:] == ["winnow"]
    assert json.loads(found[1][3])["segments"][0].keys() == {"start", "end", "label", "score"}
    assert cells(winnow("classify", tmp_path / name).out, delimiter) == found
    lines = winnow("classify", tmp_path / name, "--format", "jsonl").records()
    assert [line["id"] for line in lines] == ["1", f"{tmp_path / name}:{len(ARTICLE.splitlines()) + 3}", "3"]


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="" if NUL else "\0"), max_size=20)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=8))
def test_whatever_stands_in_a_cell_comes_back(pairs: list[tuple[str, str]]) -> None:
    rows = [["other", "text"], *map(list, pairs), ["last", "row"]]
    ran = winnow("filter", "--keep", ALL, "--input-format", "csv", "-", "--format", "csv", stdin=written(rows).encode())
    assert ran.status == 0
    assert [row[:2] for row in cells(ran.out)] == rows


def test_rows_that_do_not_fit_are_named_by_line_and_stay_out(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('id,text\n1,"two\nlines"\nshort\n2,b,long\n\n3,"open\rquote\n')
    ran = winnow("classify", path)
    assert ran.status == 1
    assert ran.err.splitlines() == [
        f"winnow: error: {path}:4: 1 cells, where the first line has 2",
        f"winnow: error: {path}:5: 3 cells, where the first line has 2",
    ]
    assert [row[0] for row in cells(ran.out)] == ["id", "1", "3"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"id,body\n1,x\n", 'no column "text" in its first line (--text-field)'),
        (b"text,text\n1,x\n", '2 columns "text" in its first line (--text-field)'),
        (b"", 'no column "text" in its first line (--text-field)'),
    ],
)
def test_a_table_without_texts_is_named(data: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    ran = winnow("classify", path)
    assert ran.status == 1 and ran.err == f"winnow: error: {path}: {said}\n"


def test_nul_huge_cells_other_encodings_and_cut_off_gzip(tmp_path: Path) -> None:
    huge = "Rain fell. " * 20_000
    path = tmp_path / "a.csv"
    path.write_text(written([["text"], [f"a{NUL}b"], [huge]]))
    ran = winnow("filter", "--keep", ALL, path)
    assert ran.status in (0, 1) and cells(ran.out.replace(huge, "huge"))[-1][0] == "huge"
    path.write_bytes(written([["text"], ["caf\xe9"]]).encode("utf-16"))
    assert cells(winnow("filter", "--keep", ALL, path).out)[1][0] == "caf\xe9"
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(written([["text"]] + [[ARTICLE]] * 300).encode())[:-20])
    ran = winnow("classify", tmp_path / "b.csv.gz")
    assert ran.status == 1 and f"{tmp_path}/b.csv.gz: cannot be read" in ran.err


def test_filter_and_split_write_tables_and_parquet_becomes_csv(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(written([HEAD, ["1", "x", ARTICLE]]))
    ran = winnow("split", tmp_path / "a.csv", "--output", tmp_path / "o.csv")
    assert ran.status == 0
    head, row = cells((tmp_path / "o.csv").read_text())
    assert head == [*HEAD, "parts"] and json.loads(row[3])["reporting"]
    (tmp_path / "b.csv").write_text("text\nRain fell.\n")
    ran = winnow("classify", tmp_path / "a.csv", tmp_path / "b.csv")
    assert ran.status == 1 and "other columns" in ran.err
    ran = winnow("classify", tmp_path / "a.csv", "--format", "tsv")
    assert ran.out.startswith("id\tstart\tend\tlabel\tscore\ttext\n1\t0\t")
    (tmp_path / "c.txt").write_text(ARTICLE)
    head, row = cells(winnow("filter", "--keep", "reporting", tmp_path / "c.txt", "--format", "csv").out)
    assert head == ["id", "text", "meta", "winnow"] and row[1] and json.loads(row[3])["dropped"]


def test_csv_loads_no_pyarrow(tmp_path: Path) -> None:
    import subprocess
    import sys

    (tmp_path / "a.csv").write_text("text\nRain fell.\n")
    (tmp_path / "a.jsonl").write_text('{"text": "Rain fell."}\n')
    code = (
        "import sys; from classifier.cli import cli\n"
        "cli(['classify', *sys.argv[1:], '--format', 'jsonl'], standalone_mode=False)\n"
        "assert not {'pyarrow', 'resiliparse', 'fsspec', 'fastwarc', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path / "a.csv", tmp_path / "a.jsonl"], check=True)
