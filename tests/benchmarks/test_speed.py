from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "benchmarks")]

from lengths import LENGTHS, documents, plot, slope  # noqa: E402
from pages import length, read_texts, repeated, write_folder, write_jsonl  # noqa: E402
from processes import Watched, descendants, held, pinned, watched  # noqa: E402
from rivals import one_line  # noqa: E402
from speed import BEGIN, END, filled, machine  # noqa: E402
from stages import STAGES  # noqa: E402
from tables import markdown, table  # noqa: E402

TEXTS = ["Rain fell.\nIt stopped.", "Ein Käfer."]
FIGURES: dict[str, Any] = {
    "megabytes": 100.0,
    "runs": 5,
    "machine": {"processor": "Abacus", "cores": 2, "python": "3.12", "load": 0.25, "pinned": True},
    "throughput": {"winnow classify, JSONL": 12.5, "scikit-learn pipeline": 0.25, "UTF-8 decoded": 1250.0},
    "cold": {"winnow --help": 0.075, "python -c pass": 0.015},
    "workers": {
        "megabytes": 500.0,
        "rows": [
            {"into": "one file", "jobs": "1", "rate": 12.5, "cpu": 40.0},
            {"into": "one file", "jobs": "2", "rate": 24.0, "cpu": 41.5},
            {"into": "a folder", "jobs": "1", "rate": 10.0, "cpu": 40.0},
            {"into": "a folder", "jobs": "2", "rate": 19.5, "cpu": 41.5},
        ],
        "peaks": [60.0],
    },
    "stream": {"megabytes": 1200.0, "at 25 %": 90.0, "at 100 %": 90.5, "growth": 0.5},
    "lengths": {"one line": [{"megabytes": 0.001, "seconds": 0.004, "memory": 2.0}]},
    "slopes": {"one line": 1.0},
    "stages": {"started": 0.3, "tokens": 0.7},
}


def test_pages_are_repeated_up_to_a_size_with_an_id_each(tmp_path: Path) -> None:
    assert list(repeated(TEXTS, 40)) == [TEXTS[0], TEXTS[1], TEXTS[0]]
    assert write_jsonl(tmp_path / "a.jsonl", TEXTS, 40) == 2 * length(TEXTS[0]) + length(TEXTS[1]) == 22 + 11 + 22
    records = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text("utf-8").splitlines()]
    assert len({record["id"] for record in records}) == len(records) == 3
    assert read_texts(tmp_path / "a.jsonl", 23) == TEXTS and len(read_texts(tmp_path / "a.jsonl")) == 3


def test_text_files_lie_in_folders_of_a_thousand(tmp_path: Path) -> None:
    assert write_folder(tmp_path, ["abcd"], 4004) == 4004
    files = sorted(tmp_path.rglob("*.txt"))
    assert [len(list(folder.iterdir())) for folder in sorted(tmp_path.iterdir())] == [1000, 1]
    assert len({file.name for file in files}) == 1001 and files[-1].read_text() == "abcd"


def test_documents_of_each_length_are_made_in_lines_or_in_one() -> None:
    lines, line = (list(documents(TEXTS * 20, 0.01, shape)) for shape in ("lines", "line"))
    wanted = [int(size * 1e6) for size in LENGTHS if size <= 0.01]
    assert [len(text) for text in lines] == [len(text) for text in line] == wanted
    assert "\n" in lines[0] and not any("\n" in text for text in line)


@pytest.mark.parametrize("power", [1.0, 2.0])
def test_the_slope_is_the_power_with_which_cost_grows(power: float) -> None:
    points = [{"megabytes": size, "seconds": 3 * size**power} for size in (0.5, 1, 10, 50)]
    noise = [{"megabytes": 0.001, "seconds": 1.0}]
    assert slope(noise + points) == pytest.approx(power)
    assert math.isnan(slope(noise))


def test_the_plot_is_drawn_within_its_frame() -> None:
    curve = [{"megabytes": 0.001, "seconds": 0.004}, {"megabytes": 50.0, "seconds": 5.0}]
    drawn = ET.fromstring(plot({"many lines": curve, "one line": curve[:1]}))
    places = [(float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in drawn.iter() if dot.tag.endswith("circle")]
    assert len(places) == 3 and places[0] == places[2]
    assert places[0][0] < places[1][0] and places[0][1] > places[1][1]
    assert all(0 < x < 720 and 0 < y < 400 for x, y in places)
    said = [text.text for text in drawn.iter() if text.tag.endswith("text")]
    assert {"many lines", "one line", "0.001", "100", "10 s"} <= set(said)


def test_a_table_sets_figures_to_the_right() -> None:
    assert table(["a", "b"], [["x", "1.5"], ["y", "-"]]) == "| a | b |\n| --- | ---: |\n| x | 1.5 |\n| y | - |\n"


def test_every_part_has_its_table() -> None:
    shown = markdown(FIGURES)
    assert "| scikit-learn pipeline | call on texts in memory | 0.25 | 50.00 |" in shown
    assert "| winnow --help | 0.075 | 5.0 |" in shown
    assert "| into one file, `--jobs 2` | 24.00 | 1.92 | 41.5 |" in shown and ": 60 MB.\n" in shown
    assert "| into a folder, `--jobs 2` | 19.50 | 1.95 | 41.5 |" in shown
    assert "| 1200 MB | 90.0 | 90.5 | 0.5 |" in shown
    assert "| 0.001 | 0.2 | 2 |" in shown and "one line 1.00" in shown
    assert "| tokens | 7.00 | 70.0 % |" in shown
    assert shown.endswith("100 MB, medians of 5; Abacus, 2 cores, Python 3.12, load before the run 0.2.\n")
    assert markdown(FIGURES, ["cold"]).count("| ---") < markdown(FIGURES).count("| ---")


@pytest.mark.parametrize("name", ["docs/speed.md", "README.md"])
def test_figures_take_their_place_in_the_documents(name: str) -> None:
    document = (ROOT / name).read_text("utf-8")
    new = filled(document, "| one |\n")
    assert f"{BEGIN}| one |\n{END}" in new and filled(new, "| two |\n") == filled(document, "| two |\n")
    assert new.startswith(document.partition(BEGIN)[0]) and new.endswith(document.partition(BEGIN)[2].partition(END)[2])


def test_sentences_are_made_ready_for_fasttext() -> None:
    assert one_line(' "No,"\nhe SAID. ') == '" no , " he said .'


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux")
def test_memory_is_read_of_a_process_and_of_those_it_started() -> None:
    script = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'x = bytearray(80 << 20); input()'])"
    command = [sys.executable, "-c", script]
    with watched(command, 1, stdin=subprocess.PIPE) as run:
        while not any(held(child, "VmRSS") > 80 for child in descendants(run.running.pid)):
            assert run.running.poll() is None
        run.look()
        assert run.running.stdin
        run.running.stdin.close()
    assert isinstance(run, Watched) and [int(peak) // 80 for peak in run.peaks] == [1]
    assert held(run.running.pid, "VmRSS") == 0 and descendants(run.running.pid) == []


def test_the_machine_says_what_it_is() -> None:
    about = machine()
    assert about["cores"] == os.cpu_count() and about["pinned"] == (pinned(["x"], 1) != ["x"])
    assert pinned(["winnow"], 1)[-1] == "winnow"


def test_a_stopwatch_hangs_at_every_stage(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "It rained on Monday. What a shame!"}\n')
    command = [sys.executable, str(ROOT / "benchmarks" / "stages.py"), str(tmp_path / "a.jsonl")]
    settings = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, check=True)
    stages = json.loads(ran.stdout)
    assert list(stages) == ["started", *STAGES, "the rest"] and all(seconds > 0 for seconds in stages.values())
