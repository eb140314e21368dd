from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from classifier.errors import InputError
from classifier.io import Source, walk


def make(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x")


def found(*paths: object, **options: object) -> list[tuple[str, str, str, str]]:
    sources = walk(map(str, paths), **options)  # type: ignore[arg-type]
    return [(s.path, s.relative, s.format, s.codec) for s in sources if isinstance(s, Source)]


def problems(*paths: object) -> list[tuple[str, str]]:
    return [(s.where, s.reason) for s in walk(map(str, paths)) if isinstance(s, InputError)]


def test_a_folder_gives_its_known_files_in_order_of_relative_path(tmp_path: Path) -> None:
    names = ["b.txt", "a/z.jsonl", "a.txt", "a-b/c.jsonl.gz", "a/b/c.jsonl.zst", "B.TXT", "note.md", "x.json", "README"]
    make(tmp_path, *names)
    relative = [s[1] for s in found(tmp_path)]
    assert relative == sorted(n for n in names if n not in ("note.md", "x.json", "README"))
    assert found(tmp_path)[0] == (f"{tmp_path}/B.TXT", "B.TXT", "text", "")
    kinds = {s[1]: s[2:] for s in found(tmp_path)}
    assert kinds["a-b/c.jsonl.gz"] == ("jsonl", "gz") and kinds["a/b/c.jsonl.zst"] == ("jsonl", "zst")


@pytest.mark.parametrize("given", ["pages", "pages/", "./pages", "pages/../pages"])
def test_a_document_is_called_by_its_folder_as_given_joined_with_its_relative_path(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "pages/a/b.txt")
    monkeypatch.chdir(tmp_path)
    assert found(given)[0][:2] == (given.rstrip("/") + "/a/b.txt", "a/b.txt")


def test_files_given_by_name_are_text_unless_their_suffix_or_the_option_says_otherwise(tmp_path: Path) -> None:
    make(tmp_path, "page.php", "a.jsonl", "b.txt", "c.gz")
    assert [s[2:] for s in found(*(tmp_path / n for n in ("page.php", "a.jsonl", "b.txt")))] == [
        ("text", ""),
        ("jsonl", ""),
        ("text", ""),
    ]
    assert found(tmp_path / "c.gz", input_format="jsonl")[0][2:] == ("jsonl", "gz")
    assert found(tmp_path / "a.jsonl", input_format="text")[0][2:] == ("text", "")


@pytest.mark.parametrize("name", ["page.txt.gz", "page.html.ZST", "pages.zip", "a.gz"])
def test_a_compressed_file_that_nothing_unpacks_is_not_taken_for_text(name: str, tmp_path: Path) -> None:
    make(tmp_path, name)
    (wrong,) = walk([str(tmp_path / name)])
    assert isinstance(wrong, InputError) and "is compressed" in str(wrong)


def test_in_a_folder_a_given_format_chooses_the_files(tmp_path: Path) -> None:
    make(tmp_path, "a.jsonl", "b.txt")
    assert [s[1] for s in found(tmp_path, input_format="text")] == ["b.txt"]
    assert [s[1] for s in found(tmp_path, input_format="jsonl")] == ["a.jsonl"]


def test_standard_input_is_text_unless_told(tmp_path: Path) -> None:
    assert found("-") == [("-", "stdin", "text", "")]
    assert found("-", input_format="jsonl") == [("-", "stdin", "jsonl", "")]


def test_what_is_missing_or_empty_is_named_and_the_rest_found(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "other/readme.md")
    paths = [tmp_path / "nowhere", tmp_path / "other", tmp_path / "a.txt", "a\0b"]
    assert [s[1] for s in found(*paths)] == ["a.txt"]
    (missing, why_missing), (empty, why_empty), (nul, _) = problems(*paths)
    assert (missing, why_missing) == (f"{tmp_path}/nowhere", "no such file or directory")
    assert empty == f"{tmp_path}/other" and why_empty.startswith("no documents found")
    assert nul == "a\0b"


def test_links_to_folders_are_named_not_followed_and_a_loop_ends(tmp_path: Path) -> None:
    make(tmp_path, "pages/a.txt", "elsewhere/b.txt")
    (tmp_path / "pages/loop").symlink_to(tmp_path / "pages")
    (tmp_path / "pages/loop.txt").symlink_to("loop.txt")
    (tmp_path / "pages/link.txt").symlink_to(tmp_path / "elsewhere/b.txt")
    (tmp_path / "pages/folder.txt").symlink_to(tmp_path / "elsewhere")
    assert [s[1] for s in found(tmp_path / "pages")] == ["a.txt", "link.txt"]
    assert [Path(where).name for where, _ in problems(tmp_path / "pages")] == ["folder.txt", "loop.txt"]


def test_pipes_sockets_and_dangling_links_in_a_folder_are_named_not_opened(tmp_path: Path) -> None:
    make(tmp_path, "a.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "gone")
    (tmp_path / "zero.jsonl").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket.txt"))
        assert [Path(where).name for where, _ in problems(tmp_path)] == [
            "gone.txt",
            "pipe.txt",
            "socket.txt",
            "zero.jsonl",
        ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_cannot_be_listed_is_named(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "shut/b.txt")
    (tmp_path / "shut").chmod(0)
    try:
        assert problems(tmp_path) == [(f"{tmp_path}/shut/", "permission denied")]
    finally:
        (tmp_path / "shut").chmod(0o700)


def test_the_outputs_of_the_run_are_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a.txt", "out/a.jsonl", "all.jsonl", "deep/out/b.txt")
    monkeypatch.chdir(tmp_path)
    avoid = {str(tmp_path.resolve() / "out"), str(tmp_path.resolve() / "all.jsonl")}
    assert [s[1] for s in found(".", avoid=avoid)] == ["a.txt", "deep/out/b.txt"]


def test_folders_may_be_nested_deeper_than_python_recurses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(1500):
        Path("d").mkdir()
        os.chdir("d")
    Path("a.txt").write_text("x")
    try:
        assert [s[1] for s in found(tmp_path)] == ["d/" * 1500 + "a.txt"]
    finally:  # pytest would recurse to clean up
        Path("a.txt").unlink()
        for _ in range(1500):
            os.chdir("..")
            Path("d").rmdir()


def test_names_that_are_not_utf8_and_names_with_line_breaks_are_found(tmp_path: Path) -> None:
    odd = os.fsdecode(b"caf\xe9\n.txt")
    (tmp_path / odd).write_text("x")
    assert found(tmp_path)[0][1] == odd
