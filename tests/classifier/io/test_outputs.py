from __future__ import annotations

import gzip
import os
import sys
from pathlib import Path

import pytest
import zstandard

from classifier.errors import InputError
from classifier.io import Destination, Folder, OneFile, Source, format_of


def write(place: Destination, *texts: str) -> None:
    with place:
        for text in texts:
            place.write(text)


@pytest.mark.parametrize(
    ("output", "kind"),
    [("a.jsonl", "jsonl"), ("a.JSONL.gz", "jsonl"), ("a.tsv", "tsv"), ("a.txt", "text"), ("a", None), ("a.json", None)],
)
def test_a_known_suffix_names_one_file_and_its_format(output: str, kind: str | None) -> None:
    assert format_of(output) == kind


def test_a_file_appears_whole_under_its_name_with_the_usual_rights(tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    with OneFile(str(target), "head\n") as place:
        place.write("body\ud800\n")
        assert [p.suffix for p in tmp_path.iterdir()] == [".tmp"]
    assert target.read_text() == "head\nbody\ufffd\n"
    (tmp_path / "plain").touch()
    assert target.stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert len(list(tmp_path.iterdir())) == 2


def test_after_an_exception_the_old_output_stands_and_nothing_lies_about(tmp_path: Path) -> None:
    for name in ("out.txt", "out.jsonl.gz", "out.jsonl.zst"):
        target = tmp_path / name
        target.write_text("old")
        target.chmod(0o640)
        with pytest.raises(KeyboardInterrupt), OneFile(str(target)) as place:
            place.write("new" * (1 << 20))
            raise KeyboardInterrupt
        assert target.read_text() == "old" and target.stat().st_mode & 0o777 == 0o640
    assert len(list(tmp_path.iterdir())) == 3
    write(OneFile(str(tmp_path / "out.txt")), "new")
    assert (tmp_path / "out.txt").read_text() == "new" and (tmp_path / "out.txt").stat().st_mode & 0o777 == 0o640


def test_compressed_outputs_read_back_and_are_the_same_every_time(tmp_path: Path) -> None:
    packed = []
    for name in ("a.jsonl.gz", "b.jsonl.gz"):
        write(OneFile(str(tmp_path / name)), *["line\n"] * 200_000)
        packed.append((tmp_path / name).read_bytes())
    assert packed[0] == packed[1] and gzip.decompress(packed[0]) == b"line\n" * 200_000
    write(OneFile(str(tmp_path / "c.jsonl.zst")), "line\n")
    assert zstandard.ZstdDecompressor().decompressobj().decompress((tmp_path / "c.jsonl.zst").read_bytes()) == b"line\n"


def test_a_link_to_a_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    write(OneFile(str(tmp_path / "link.txt")), "new")
    assert (tmp_path / "link.txt").is_symlink() and (tmp_path / "real.txt").read_text() == "new"


def test_a_device_is_written_to_and_stays_a_device() -> None:
    write(OneFile(os.devnull), "gone")
    assert Path(os.devnull).is_char_device()


@pytest.mark.parametrize(
    "output", ["missing/out.jsonl", "file/out.jsonl", "folder.jsonl", "a\0b.txt", "x" * 300 + ".txt"]
)
def test_an_output_that_cannot_be_written_says_so_at_once(output: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder.jsonl").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        write(OneFile(str(tmp_path / output)), "x")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder.jsonl"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux")
def test_a_full_disk_is_an_input_error_at_the_output(tmp_path: Path) -> None:
    (tmp_path / "full.jsonl.gz").symlink_to("/dev/full")
    for output in ("/dev/full", str(tmp_path / "full.jsonl.gz")):
        with pytest.raises(InputError, match="no space left"):
            write(OneFile(output), "x" * (1 << 20), os.urandom(1 << 20).hex())


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    write(OneFile(f"/dev/fd/{writing}"), "through")
    os.close(writing)
    assert os.read(reading, 100) == b"through"
    os.close(reading)


def test_a_write_protected_file_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "out.txt"
    target.write_text("old")
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everywhere
    with pytest.raises(InputError, match="write-protected"):
        write(OneFile(str(target)), "new")
    assert target.read_text() == "old"


def test_text_can_be_asked_onto_a_line_of_its_own(tmp_path: Path) -> None:
    with OneFile(str(tmp_path / "o.txt")) as place:
        for text in ("a", "", "b\n", "c"):
            place.write(text, fresh_line=True)
    assert (tmp_path / "o.txt").read_text() == "a\nb\nc"


def test_standard_output_that_is_closed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(InputError, match="standard output is closed"):
        write(OneFile("-"), "x")


def sources(*names: str) -> list[Source]:
    return [Source(name, name, "text" if name.endswith(".txt") else "jsonl") for name in names]


def fill(root: Path, *names: str) -> list[InputError]:
    problems: list[InputError] = []
    with Folder(str(root), lambda source: ".jsonl", problems.append, "head\n") as place:
        for source in sources(*names):
            place.begin(source)
            place.write(source.path)
    return problems


def test_a_folder_is_laid_out_like_its_input(tmp_path: Path) -> None:
    root = tmp_path / "new" / "out"
    assert fill(root, "a.txt", "deep/er/b.jsonl", "c.page") == []
    written = {str(p.relative_to(root)): p.read_text() for p in root.rglob("*") if p.is_file()}
    assert written == {
        "a.jsonl": "head\na.txt",
        "deep/er/b.jsonl": "head\ndeep/er/b.jsonl",
        "c.page.jsonl": "head\nc.page",
    }


def test_inputs_that_differ_only_in_their_suffix_get_an_output_each(tmp_path: Path) -> None:
    assert fill(tmp_path, "a.jsonl", "a.txt") == []
    assert (tmp_path / "a.jsonl").read_text() == "head\na.jsonl" and (
        tmp_path / "a.txt.jsonl"
    ).read_text() == "head\na.txt"
    (problem,) = fill(tmp_path, "a.txt", "a.txt", "a.txt")
    assert problem.where == "a.txt" and "taken by another input" in problem.reason


def test_one_output_that_cannot_be_written_does_not_stop_the_next(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").mkdir()
    (tmp_path / "c").touch()
    problems = fill(tmp_path, "a.txt", "b.txt", "c/d.txt", "e.txt")
    assert [problem.where for problem in problems] == [f"{tmp_path}/b.jsonl", f"{tmp_path}/c/d.jsonl"]
    assert (tmp_path / "e.jsonl").read_text() == "head\ne.txt"


def test_records_give_an_output_though_there_are_none_and_a_text_that_is_left_out_does_not(tmp_path: Path) -> None:
    problems: list[InputError] = []
    with Folder(str(tmp_path), lambda source: ".jsonl", problems.append) as place:
        for source in sources("empty.jsonl", "left-out.txt"):
            place.begin(source)
    assert [p.name for p in tmp_path.iterdir()] == ["empty.jsonl"] and problems == []


def test_an_output_is_never_written_over_its_own_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.jsonl").write_text("input")
    (problem,) = fill(Path(), "a.jsonl")
    assert "it is the input" in problem.reason and Path("a.jsonl").read_text() == "input"
