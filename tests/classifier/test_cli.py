from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from console import ARTICLE, ROOT, process, winnow

import classifier
from classifier.cli import COMMANDS

OURS = [name for name, (module, *_) in COMMANDS.items() if module.startswith("classifier.")]


def loaded_by(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return set(out.split())


def test_importing_the_command_line_loads_nothing_that_takes_time() -> None:
    loaded = loaded_by("import classifier.cli")
    assert "click" in loaded
    assert loaded.isdisjoint({"numpy", "sklearn", "nltk", "scipy", "pandas", "joblib", "zstandard", "training"})


def test_the_list_of_commands_and_the_version_load_no_command() -> None:
    for option in ("--help", "-h", "--version"):
        call = (
            f"from classifier.cli import main; sys.argv = ['winnow', {option!r}]\ntry: main()\nexcept SystemExit: pass"
        )
        loaded = loaded_by(call)
        assert "numpy" not in loaded and not any(name.startswith("training") for name in loaded)


def test_classifying_does_without_the_libraries_of_training() -> None:
    run = "from classifier.cli import main; sys.argv = ['winnow', 'classify', '/dev/null']"
    assert loaded_by(f"{run}\ntry: main()\nexcept SystemExit: pass").isdisjoint(
        {"sklearn", "nltk", "pandas", "joblib", "training"}
    )


def test_help_names_every_command() -> None:
    ran = winnow("-h")
    assert ran.status == 0
    for name, (_, _, summary) in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(summary)}$", ran.out, re.MULTILINE)
    assert winnow("--version").out == f"winnow, version {classifier.__version__}\n"


@pytest.mark.parametrize("name", OURS)
def test_every_command_has_help_that_says_what_the_list_says_and_gives_an_example(name: str) -> None:
    ran = winnow(name, "-h")
    assert ran.status == 0 and winnow(name, "--help") == ran
    summary = COMMANDS[name][2]
    assert summary.rstrip(".") in " ".join(ran.out.split())
    example = re.search(rf"Examples:\n +(.*winnow {name}.*)", ran.out)
    assert example


@pytest.mark.parametrize("name", ["classify", "filter", "split"])
def test_the_shared_options_are_there(name: str) -> None:
    out = winnow(name, "-h").out
    for option in ("--input-format", "--text-field", "--id-field", "--encoding", "--output", "--model", "--jobs"):
        assert option in out


def test_info_shows_the_manifest() -> None:
    ran, as_json = winnow("info"), winnow("info", "--json")
    manifest = json.loads(as_json.out)
    assert manifest["languages"] == ["en"]
    assert re.search(r"^name +default$", ran.out, re.MULTILINE)
    assert re.search(r"^languages +en$", ran.out, re.MULTILINE)
    for key in manifest:
        assert re.search(rf"^{re.escape(key)}\b", ran.out, re.MULTILINE)


@pytest.mark.parametrize(
    "arguments",
    [
        ["clasify"],
        ["classify", "--formt", "tsv"],
        ["classify", "--format", "xml"],
        ["classify", "--jobs", "0"],
        ["classify", "--encoding", "no-such"],
        ["classify", "--encoding", "base64"],
        ["classify", "--model", "no-such-model"],
        ["classify", "--model", "/dev/null"],
        ["classify", "--model", ""],
        ["classify", "--output", ""],
        ["classify", "-", "-"],
        ["info", "--model", "/no/such/place"],
        ["split", "--output", "x.html"],
    ],
)
def test_bad_options_and_a_bad_model_are_status_two_and_say_why(arguments: list[str]) -> None:
    ran = winnow(*arguments, stdin=b"Rain fell.")
    assert (ran.status, ran.out) == (2, "") and ran.err


def test_what_cannot_be_used_is_named_with_its_reason_and_the_rest_is_written(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(ARTICLE)
    (tmp_path / "mixed.jsonl").write_text('{"text": "Rain."}\n{"text": 5}\nbroken\n{"text": "Snow."}\n')
    (tmp_path / "line\nbreak.jsonl").write_text("nonsense\n")
    paths = [tmp_path / name for name in ("missing.txt", "good.txt", "mixed.jsonl", "line\nbreak.jsonl")]
    ran = winnow("classify", *paths)
    assert ran.status == 1 and len(ran.records()) == 3
    assert ran.err.splitlines() == [
        f"winnow: error: {tmp_path}/missing.txt: no such file or directory",
        f'winnow: error: {tmp_path}/mixed.jsonl:2: field "text" is not a string but a number',
        f"winnow: error: {tmp_path}/mixed.jsonl:3: broken JSON (Expecting value, column 1)",
        f"winnow: error: {tmp_path}/line\\nbreak.jsonl:1: broken JSON (Expecting value, column 1)",
    ]


def test_what_was_read_all_the_same_is_a_warning_and_status_zero(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"text": "caf\xe9"}\n{"text": "caf\xe9"}\n')
    (tmp_path / "b.txt").write_bytes("Rain fell.".encode("utf-16"))
    (tmp_path / "c.txt").write_bytes(b"\0 \0")
    (tmp_path / "d.txt").write_bytes(b" \n")
    ran = winnow("filter", tmp_path, "--drop", "comment")
    assert ran.status == 0
    assert ran.err.splitlines() == [
        f"winnow: warning: {tmp_path}/a.jsonl: invalid UTF-8, decoded with replacement (--encoding names another)",
        f"winnow: warning: {tmp_path}/b.txt: UTF-16, decoded by its byte order mark",
    ]
    assert winnow("classify", "--encoding", "cp1252", tmp_path / "a.jsonl").err == ""


def test_no_documents_found_is_status_one_and_leaves_an_old_output_alone(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "none.jsonl").touch()
    output = tmp_path / "out.jsonl"
    output.write_text("old")
    for path in (tmp_path / "empty", tmp_path / "none.jsonl", tmp_path / "missing"):
        ran = winnow("classify", path, "--output", output)
        assert ran.status == 1 and str(path) in ran.err and output.read_text() == "old"
    assert (
        winnow("classify", tmp_path / "none.jsonl").err == f"winnow: error: {tmp_path}/none.jsonl: no documents found\n"
    )


@pytest.mark.parametrize("output", ["missing/out.jsonl", "folder.jsonl"])
def test_an_output_that_cannot_be_written_is_named(output: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE)
    (tmp_path / "folder.jsonl").mkdir()
    ran = winnow("classify", tmp_path / "a.txt", "--output", tmp_path / output)
    assert ran.status == 1 and ran.err.startswith(f"winnow: error: {tmp_path / output}: cannot be written (")
    both = winnow(
        "filter", tmp_path / "a.txt", "--keep", "opinion", "--output", tmp_path / "x", "--dropped", tmp_path / output
    )
    assert both.status == 1 and sorted(p.name for p in tmp_path.iterdir()) == ["a.txt", "folder.jsonl"]


def test_input_and_output_cannot_be_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "Rain."}\n')
    (tmp_path / "link.jsonl").symlink_to("a.jsonl")
    for path, output in (
        ("a.jsonl", "a.jsonl"),
        ("a.jsonl", "link.jsonl"),
        (".", "."),
        ("a.jsonl", f"../{tmp_path.name}/a.jsonl"),
    ):
        ran = winnow("filter", tmp_path / path, "--keep", "opinion", "--output", tmp_path / output)
        assert ran.status == 2 and "input and output at once" in ran.err
    assert (tmp_path / "a.jsonl").read_text() == '{"text": "Rain."}\n'


def test_without_a_path_a_terminal_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    script = f"import pty, sys; sys.exit(pty.spawn([{sys.executable!r}, '-m', 'classifier', 'classify']) >> 8)"
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, stdin=subprocess.DEVNULL, check=False
    )
    assert ran.returncode == 2 and b"no PATH given" in ran.stdout


def test_the_package_runs_as_a_module() -> None:
    ran = process("--version")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"winnow, version {classifier.__version__}\n", "")
