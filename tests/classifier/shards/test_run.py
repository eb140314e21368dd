"""Runs into a folder: what is done, done again, left alone; that nothing depends on how it was cut."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from console import ARTICLE, ROOT, Ran, outputs, winnow

LINES = [json.dumps({"id": i, "text": f"{ARTICLE} It was the {i}th time."}) for i in range(30)]
NAMELESS = [json.dumps({"text": f"{ARTICLE} It was the {i}th time."}) for i in range(30)]
SMALL = ("--part", "4000")


@pytest.fixture()
def folder(tmp_path: Path) -> Path:
    """Inputs of several kinds, two of which are cut, with a mistake far down in one."""
    root = tmp_path / "in"
    (root / "deep").mkdir(parents=True)
    (root / "a.txt").write_text(ARTICLE)
    (root / "deep" / "b.txt").write_text(ARTICLE * 2)
    (root / "named.jsonl").write_text("\n".join(LINES))
    (root / "nameless.jsonl").write_text("\n".join([*NAMELESS[:25], "broken", *NAMELESS[25:]]) + "\n")
    (root / "packed.jsonl.gz").write_bytes(gzip.compress("\n".join(LINES[:5]).encode(), mtime=0))
    (root / "none.jsonl").touch()
    return root


def classify(folder: Path, *options: object) -> Ran:
    return winnow("classify", folder, "--output", folder.parent / "out", *options)


def forecast(folder: Path, *options: object) -> dict[str, str]:
    rows = [line.split("\t") for line in classify(folder, "--dry-run", *options).out.splitlines()]
    return {Path(path).name: what for what, _, path in rows}


@pytest.mark.parametrize("options", [(), SMALL, (*SMALL, "--jobs", "2")])
@pytest.mark.parametrize("command", [["classify"], ["filter", "--keep", "reporting", "--format", "text"], ["split"]])
def test_outputs_are_those_of_each_input_alone_however_it_was_cut(
    command: list[str], options: tuple[str, ...], folder: Path
) -> None:
    out = folder.parent / "out"
    ran = winnow(*command, folder, "--output", out, *options)
    assert (ran.status, ran.err) == (
        1,
        f"winnow: error: {folder}/nameless.jsonl:26: broken JSON (Expecting value, column 1)\n",
    )
    if command == ["split"]:
        assert len(outputs(out)) == 6 * 4
        return
    for name in ("a.txt", "named.jsonl", "nameless.jsonl", "packed.jsonl.gz"):
        alone = winnow(*command, folder / name).out.encode()
        stem = name.partition(".")[0]
        (found,) = [data for path, data in outputs(out).items() if path.startswith(f"{stem}.")]
        assert (gzip.decompress(found) if found[:2] == b"\x1f\x8b" else found) == alone


def test_a_second_run_does_nothing_and_says_the_same(folder: Path) -> None:
    first = classify(folder, *SMALL)
    out = folder.parent / "out"
    times = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file() and path.name != "lock"}
    assert classify(folder, *SMALL) == first and first.status == 1
    assert {path: path.stat().st_mtime_ns for path in times if path.name != "ledger"}.items() <= times.items()
    assert set(forecast(folder, *SMALL).values()) == {"done"}
    assert not list((out / ".winnow" / "parts").iterdir())


def test_only_what_is_missing_or_changed_is_done_again(folder: Path) -> None:
    classify(folder)
    out = folder.parent / "out"
    (out / "packed.jsonl.gz").unlink()
    damaged = out / "deep" / "b.jsonl"
    damaged.write_bytes(damaged.read_bytes().replace(b"reporting", b"repor1ing"))
    page, times = folder / "a.txt", (folder / "a.txt").stat()
    page.write_text(ARTICLE.replace("Tuesday", "Tuesdaz"))
    os.utime(page, ns=(times.st_atime_ns, times.st_mtime_ns))
    (folder / "new.txt").write_text("Rain fell.")
    expected = {"a.txt": "redo", "b.txt": "redo", "packed.jsonl.gz": "redo", "new.txt": "do"}
    expected |= dict.fromkeys(("named.jsonl", "nameless.jsonl", "none.jsonl"), "done")
    assert forecast(folder) == expected and not (out / "new.jsonl").exists()
    assert winnow("classify", folder, "--output", folder.parent / "fresh").status == classify(folder).status == 1
    assert outputs(out) == outputs(folder.parent / "fresh")


def test_other_options_or_another_model_change_everything(folder: Path, tiny_folder: Path) -> None:
    classify(folder)
    assert set(forecast(folder, "--probabilities").values()) == {"redo"}
    assert set(forecast(folder, "--model", tiny_folder).values()) == {"redo"}
    assert set(forecast(folder, "--overwrite").values()) == {"redo"}
    assert set(forecast(folder).values()) == {"done"}


def test_a_copied_tree_is_known_by_its_content(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    assert winnow("classify", "in", "--output", "out").status == 1
    subprocess.run(["cp", "-r", folder.parent, folder.parent.parent / "copy"], check=True)
    monkeypatch.chdir(folder.parent.parent / "copy")
    rows = winnow("classify", "in", "--output", "out", "--dry-run").out.splitlines()
    assert len(rows) == 6 and all(row.startswith("done\t") for row in rows)


def test_parts_of_a_file_that_has_grown_are_kept(folder: Path) -> None:
    pytest.importorskip("resource")
    named, out = folder / "named.jsonl", folder.parent / "out"
    named.write_text("\n".join(LINES) + "\n")
    size = len(winnow("classify", named).out) // 2  # enough for each of the parts, too little for the whole
    code = f"import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))\n"
    code += "from classifier.cli import main\nmain()"
    options = map(str, ["classify", named, "--output", f"{out}/", *SMALL])
    ran = subprocess.run([sys.executable, "-c", code, *options], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, outputs(out)) == (1, {})
    assert ran.stderr == (
        f"winnow: error: {out}/: no space left; 0 outputs and every finished part stay; run again when there is room\n"
    )
    assert forecast_rows(folder)["named.jsonl"].startswith(f"do\t{named.stat().st_size} bytes")  # all parts are there
    with named.open("a") as file:
        file.write(LINES[0] + "\n")
    assert forecast_rows(folder)["named.jsonl"].startswith("do\t1 part,")
    assert winnow("classify", named, "--output", f"{out}/", *SMALL).status == 0
    assert outputs(out) == {"named.jsonl": winnow("classify", named).out.encode()}


def forecast_rows(folder: Path) -> dict[str, str]:
    rows = classify(folder, "--dry-run", *SMALL).out.splitlines()
    return {Path(row.split("\t")[2]).name: row for row in rows}


def test_what_is_dropped_is_gathered_from_runs_old_and_new(folder: Path) -> None:
    def dropped(*options: object) -> str:
        target = folder.parent / "rest.tsv"
        winnow("filter", folder, "--keep", "reporting", "--dropped", target, *options)
        return target.read_text()

    whole = dropped("--output", folder.parent / "all.jsonl")
    assert dropped("--output", folder.parent / "out", *SMALL) == whole
    (folder.parent / "rest.tsv").unlink()
    (folder.parent / "out" / "a.txt").unlink()
    assert dropped("--output", folder.parent / "out", *SMALL) == whole


def test_standard_input_can_be_one_of_several(folder: Path) -> None:
    for _ in range(2):  # it is read each time, as there is nothing to compare it with
        ran = winnow("classify", folder, "-", "--output", folder.parent / "out", stdin=ARTICLE.encode())
        assert ran.status == 1
        assert json.loads((folder.parent / "out" / "stdin.jsonl").read_text())["id"] == "-"
        (folder.parent / "out" / "stdin.jsonl").unlink()


def test_an_output_outside_of_the_folder_is_refused(folder: Path) -> None:
    out = folder.parent / "out"
    out.mkdir()
    (folder.parent / "elsewhere").mkdir()
    (out / "deep").symlink_to(folder.parent / "elsewhere")
    ran = classify(folder)
    assert f"{out}/deep/b.jsonl: cannot be written (it would lie outside of the output folder)" in ran.err
    assert list((folder.parent / "elsewhere").iterdir()) == [] and "a.jsonl" in outputs(out)


def test_an_input_is_never_written_over_and_a_folder_in_the_way_is_named(folder: Path) -> None:
    before = (folder / "named.jsonl").read_bytes()
    (folder / "a.jsonl").mkdir()
    ran = winnow(
        "filter", folder / "named.jsonl", folder / "a.txt", "--format", "jsonl", "-o", f"{folder}/", "--keep", "opinion"
    )
    assert "named.jsonl: cannot be written (it is the input)" in ran.err
    assert "a.jsonl: cannot be written (is a directory)" in ran.err
    assert (folder / "named.jsonl").read_bytes() == before


def test_a_document_that_is_left_out_now_leaves_nothing_of_an_earlier_run(folder: Path) -> None:
    out = folder.parent / "out"
    options = ["filter", folder / "a.txt", "--keep", "reporting", "--output", f"{out}/"]
    assert winnow(*options).status == 0 and "a.txt" in outputs(out)
    assert winnow(*options, "--min-words", "999", "--skip-empty").err == "winnow: 1 document left out, nothing kept\n"
    assert outputs(out) == {}


def test_folder_options_need_a_folder(folder: Path) -> None:
    for option in (["--overwrite"], ["--dry-run"], ["--retry-failed"], ["--engine", "ray"]):
        ran = winnow("classify", folder / "a.txt", *option)
        assert ran.status == 2 and "needs a folder as --output" in ran.err


def test_progress_for_machines_is_one_object_a_line(folder: Path) -> None:
    ran = classify(folder, *SMALL, "--progress", "json")
    events = [json.loads(line) for line in ran.err.splitlines()]
    last = events[-1]
    assert last["event"] == "summary" and last["done"] == last["total"] == sum(
        path.stat().st_size for path in folder.rglob("*") if path.is_file()
    )
    assert last["documents"] == 30 + 30 + 5 + 2 and last["failed"] == 1 and last["before"] == 0
    (error,) = [event for event in events if event["event"] == "error"]
    assert error["where"] == f"{folder}/nameless.jsonl:26"
    again = classify(folder, *SMALL, "--progress", "json")
    assert json.loads(again.err.splitlines()[-1])["before"] == 67
    bar = classify(folder, *SMALL, "--progress", "bar", "--overwrite").err
    assert "67 documents, 1 problems (" in bar.splitlines()[-1]
