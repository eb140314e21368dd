"""Folders that somebody else filled: odd names, links, devices, records that would lead elsewhere."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from console import winnow

TEXT = "It rained all night, the mayor said.\n"
PLAIN = ["a\nb.txt", "..x.txt", " .txt", "-o.txt", "\x1b[31m.txt", "né😀.txt"]
NAMES = [*PLAIN, "a\\b.txt", "$(x).txt", "%s.txt", "x" * 240 + ".txt"]


def fill(root: Path) -> list[str]:
    for name in NAMES:
        (root / name).write_text(TEXT)
    with open(os.fsencode(root) + b"/bad\xff\xfe.txt", "w") as file:  # noqa: PTH123
        file.write(TEXT)
    (root / "d\n").mkdir()
    (root / "d\n" / "in.txt").write_text(TEXT)
    return [*NAMES, "bad\udcff\udcfe.txt", "d\n/in.txt"]


def test_any_name_is_an_input_and_its_output_lies_at_the_same_place(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    names = fill(tmp_path / "in")
    ran = winnow("classify", tmp_path / "in", "--output", f"{tmp_path}/out/")
    assert (ran.status, ran.err) == (0, "")
    written = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.jsonl")}
    assert written == {name.removesuffix(".txt") + ".jsonl" for name in names}
    one = json.loads((tmp_path / "out" / "a\nb.jsonl").read_text())
    assert one["id"] == f"{tmp_path}/in/a\nb.txt"


def test_links_devices_and_pipes_in_a_folder_are_named_and_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.txt").write_text(TEXT)
    for name, target in (("self.txt", "self.txt"), ("up.txt", ".."), ("zero.txt", "/dev/zero"), ("none.txt", "gone")):
        (folder / name).symlink_to(target)
    (folder / "loop").symlink_to("../in")
    os.mkfifo(folder / "pipe.txt")
    ran = winnow("classify", folder)
    assert ran.status == 1 and len(ran.records()) == 1
    said = {line.split(f"{folder}/")[1] for line in ran.err.splitlines()}
    assert said == {
        "none.txt: no such file or directory",
        "pipe.txt: is not a regular file",
        "self.txt: too many levels of symbolic links",
        "up.txt: is a link to a folder; such links are not followed",
        "zero.txt: is not a regular file",
    }


def test_a_folder_that_goes_away_is_named(tmp_path: Path) -> None:
    deep = tmp_path / "in"
    deep.mkdir()
    (deep / "a.txt").symlink_to(tmp_path / "other")
    ran = winnow("classify", deep)
    assert ran.status == 1 and "no such file" in ran.err and "Traceback" not in ran.err


@pytest.mark.parametrize("identity", ["../../evil", "/tmp/evil", "a/b", "\0", "a\nb"])
def test_an_id_leads_no_output_anywhere(identity: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_text(json.dumps({"id": identity, "text": TEXT}) + "\n")
    for command in (["classify"], ["filter", "--keep", "reporting"], ["split"]):
        out = tmp_path / command[0]
        assert winnow(*command, tmp_path / "in", "--output", f"{out}/").status == 0
        written = [path for path in out.rglob("*") if path.is_file() and ".winnow" not in path.parts]
        assert written and all(path.parent == out and path.name.startswith("a.") for path in written)
        assert {json.loads(path.read_text())["id"] for path in written} == {identity}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["classify", "filter", "in", "split"]


def test_records_that_are_hostile_cost_only_themselves(tmp_path: Path) -> None:
    rows = [
        '{"id": 1, "text": "It rained."}',
        "[" * 100_000,
        '{"text": "a", "x": ' + '{"a":' * 100_000 + "1" + "}" * 100_001,
        '{"id": 2, "text": "It rained.", "n": ' + "9" * 1_000_000 + "}",
        '{"id": 3, "text": "It rained.", "n": 1e' + "9" * 1_000_000 + "}",
        '{"id": ' + "9" * 5000 + ', "text": "It rained."}',
        '{"id": 4, "text": "\\ud800It rained\\udc00"}',
        '{"id": 5, "text": "a", "text": "It rained."}',
        '{"id": NaN, "text": "It rained."}',
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(rows))
    ran = winnow("classify", tmp_path / "a.jsonl")
    assert ran.status == 1 and len(ran.err.splitlines()) == 2
    place = f"{tmp_path}/a.jsonl"
    assert [record["id"] for record in ran.records()] == [1, 2, 3, f"{place}:6", 4, 5, f"{place}:9"]
    kept = winnow("filter", tmp_path / "a.jsonl", "--drop", "comment")
    assert [line.count("9" * 1_000_000) for line in kept.out.splitlines()] == [0, 1, 1, 0, 0, 0, 0]
