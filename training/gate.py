"""The floors under the shipped model: it is judged on dev and must not fall below what was recorded.

``python -m training.gate`` checks; ``--pin`` records what the model reaches now and refuses to lower a floor, unless
``--allow-lower`` says so. The record names the corpus by its digest: floors of another corpus mean nothing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from classifier.errors import ClassifierError, InputError

from .compose import dev_composites
from .corpus import corpus_digest, read_comments, read_corpus, read_sentences, read_trails
from .evaluate import Report, report, sentence_report
from .split import held_out
from .verdicts import Judge, judge, judge_sentences

FORMAT = 1
ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT.parent / "shared" / "corpus"
RECORD = ROOT / "tests" / "gate.json"
_SENTENCE_SPLIT = "dev_test"

Figures = dict[str, float]


class GateError(ClassifierError):
    """Pinning would lower a floor."""


@dataclass(frozen=True)
class Record:
    """Floors by suite and figure (``{"pages": {"macro_f1": 0.8}}``), and the digest of the corpus they belong to.

    ``corpus`` is None in a record that holds for any corpus.
    """

    corpus: str | None
    floors: Mapping[str, Mapping[str, float]]

    @classmethod
    def read(cls, path: Path) -> Record:
        """Read a record; raises InputError where it is none."""
        try:
            content = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(str(path), f"cannot be read ({error})") from None
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise InputError(str(path), f"not a gate record of format {FORMAT}")
        return cls(content["corpus"], content["floors"])

    def write(self, path: Path) -> None:
        """Write the record, whole or not at all."""
        content = {"format": FORMAT, "corpus": self.corpus, "floors": self.floors}
        beside = path.with_name(path.name + ".new")
        beside.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
        beside.replace(path)


def measure(model: Judge, corpus: Path = CORPUS, n_jobs: int = 1) -> Record:
    """Judge ``model`` on the corpus's dev pages, dev composites and judging sentences; the figures as a record."""
    pages = held_out(read_corpus([corpus / "pages.jsonl"]))
    trails, comments = read_trails(corpus / "trails.jsonl"), read_comments(corpus / "comments.jsonl")
    composites = dev_composites(pages, trails, comments)
    sentences = [s for s in read_sentences(corpus / "sentences.jsonl") if s.split == _SENTENCE_SPLIT]
    figures = {
        "pages": figures_of(report(judge(model, pages, n_jobs), resamples=1)),
        "composites": figures_of(report(judge(model, composites, n_jobs), resamples=1)),
        "sentences": {"macro_f1": float(sentence_report(*judge_sentences(model, sentences, n_jobs))["macro_f1"] or 0)},
    }
    return Record(corpus_digest(pages, composites, sentences), figures)


def failures(measured: Record, pinned: Record) -> list[str]:
    """Return one line for each floor that is not reached, and one where the corpus is another; empty is well."""
    found = []
    if pinned.corpus not in (None, measured.corpus):
        found.append("the corpus is not the one the floors were recorded on: run `python -m training.gate --pin`")
    for suite, floors in pinned.floors.items():
        for name, floor in floors.items():
            value = measured.floors.get(suite, {}).get(name)
            if value is None or value < floor:
                found.append(
                    f"{suite} {name}: {'not measured' if value is None else f'{value:.4f}'}, floor {floor:.3f}"
                )
    return found


def pin(measured: Record, pinned: Record, allow_lower: bool = False) -> Record:
    """Return a record whose floors are the measured figures, rounded down to three decimals.

    Raises GateError where a floor would be lowered or lost, unless ``allow_lower``.
    """
    floors = {suite: {name: _down(value) for name, value in some.items()} for suite, some in measured.floors.items()}
    record = Record(measured.corpus, floors)
    lowered = failures(record, Record(None, pinned.floors))
    if lowered and not allow_lower:
        raise GateError("would lower a floor (--allow-lower to do it all the same): " + "; ".join(lowered))
    return record


def figures_of(found: Report) -> Figures:
    """Return the figures of a report that floors can be set for, by name."""
    named: dict[str, Any] = {"macro_f1": found.macro_f1, "clean": found.clean}
    named |= {f"{label} f1": figures["f1"] for label, figures in found.labels.items()}
    named["trails_cut_exactly"] = found.trails_cut_exactly
    return {name: float(value) for name, value in named.items() if value is not None}


def _down(value: float) -> float:
    return math.floor(value * 1000 + 1e-9) / 1000


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--model", help="Model to judge; the shipped one unless given.")
@click.option("--corpus", type=click.Path(path_type=Path), default=CORPUS, show_default=True)
@click.option("--record", type=click.Path(path_type=Path), default=RECORD, show_default=True)
@click.option("--pin", "pinning", is_flag=True, help="Record what the model reaches now.")
@click.option("--allow-lower", is_flag=True, help="Let --pin lower a floor.")
def main(model: str | None, corpus: Path, record: Path, pinning: bool, allow_lower: bool) -> None:
    """Check a model against the recorded floors; exit 1 where it falls below one."""
    from classifier.classify import Classifier

    try:
        measured, pinned = measure(Classifier.load(model), corpus), Record.read(record)
        if pinning:
            pin(measured, pinned, allow_lower).write(record)
    except ClassifierError as error:
        raise click.ClickException(str(error)) from None
    click.echo(json.dumps(measured.floors, indent=2))
    if not pinning and (fallen := failures(measured, pinned)):
        raise click.ClickException("; ".join(fallen))


if __name__ == "__main__":
    main()
