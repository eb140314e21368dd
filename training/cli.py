"""``winnow train``: make a model from labelled documents."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from classifier import artifact

from .config import TrainingConfig
from .corpus import read_comments, read_corpus, read_sentences, read_trails
from .progress import clocked

if TYPE_CHECKING:
    from .gather import Material
    from .search import Estimate

_EXAMPLES = """\b
Examples:
  winnow train data/written.jsonl data/pages.jsonl --output my-model
  winnow train mine.jsonl --base default --output my-model
  winnow train mine.jsonl --base default --groups site --search quick --output my-model
  winnow train mine.jsonl --base default --groups site --search quick --output my-model --resume
  winnow train pages.jsonl --comments comments.jsonl --trails trails.jsonl --exclude-source blogs --output my-model
  winnow evaluate pages.jsonl --split dev --model ./my-model
"""
_FOLDS = "Judge every document by a model that did not see its group.  [default: 5 up to 500 documents, else 0]"


@click.command(epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("corpus", nargs=-1, required=True, type=click.Path())
@click.option("--output", required=True, type=click.Path(path_type=Path), help="Folder of the new model.")
@click.option("--base", metavar="NAME_OR_PATH", help="Start from this model, as far as that pays.")
@click.option("--comments", type=click.Path(), help="JSONL of reader comments: text, thread, split.")
@click.option(
    "--trails", type=click.Path(), multiple=True, help="JSONL of comment trails: article, comments, split; repeatable."
)
@click.option("--sentences", type=click.Path(), help="JSONL of single labelled sentences: text, label, split.")
@click.option(
    "--teacher", type=click.Path(path_type=Path), metavar="PATH", help="JSONL of a teacher's verdicts on the documents."
)
@click.option("--config", "settings", type=click.Path(path_type=Path), help="JSON object: fields of TrainingConfig.")
@click.option(
    "--report", type=click.Path(path_type=Path), metavar="PATH", help="Page of the report.  [default: in the folder]"
)
@click.option(
    "--groups", metavar="FIELD", help="Part documents by document, site, source or any field.  [default: auto]"
)
@click.option("--cross-validate", "folds", type=click.IntRange(0), metavar="K", help=_FOLDS)
@click.option("--search", metavar="quick|full|N", help="Choose among settings by cross-validation.")
@click.option("--resume", is_flag=True, help="Go on where an interrupted run of the same corpus was.")
@click.option("--seed", type=click.IntRange(0), help="Of everything drawn at random.  [default: 0]")
@click.option("--exclude-source", "excluded", multiple=True, metavar="NAME", help="Leave a source out; repeatable.")
@click.option(
    "--licensed-only", is_flag=True, help="Leave out every document and comment whose source states no licence."
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=lambda: os.cpu_count() or 1,
    help="Worker processes.  [default: all cores]",
)
def train(
    corpus: Sequence[str],
    output: Path,
    comments: str | None,
    trails: Sequence[str],
    sentences: str | None,
    teacher: Path | None,
    settings: Path | None,
    report: Path | None,
    base: str | None,
    groups: str | None,
    folds: int | None,
    search: str | None,
    resume: bool,
    seed: int | None,
    excluded: Sequence[str],
    licensed_only: bool,
    jobs: int,
) -> None:
    """Make a model from a CORPUS: JSONL files or tables, or folders of them, with "text" and "spans".

    Documents of split "dev" are never learned from; they set how sure the model is of itself. Where there are none,
    some are held out. The labels are those of the corpus. With --base, another model (default is
    ours) is adapted to a small corpus; that can pay from about twenty documents on. An interrupted run goes on with
    --resume.
    """
    from .adapt import Base
    from .gather import Material
    from .run import Run
    from .search import check_how
    from .soft import read_soft
    from .terms import Choice

    if teacher and licensed_only:
        raise click.UsageError("A teacher has learned from what --licensed-only leaves out: give one or the other.")
    config = TrainingConfig.read(settings, seed=seed, groups=groups)
    choice = Choice(tuple(excluded), licensed_only)
    start, how = Base.load(base) if base else None, check_how(search) if search else None
    run = Run(output, config, choice, start, how, folds, resume, jobs)
    documents = read_corpus(corpus)
    read = Material(
        documents,
        [s for s in read_sentences(sentences) if s.split != "dev_test"] if sentences else [],
        read_comments(comments) if comments else [],
        [trail for path in trails for trail in read_trails(path)],
        read_soft(teacher, documents) if teacher else None,
    )
    try:
        material, estimate = run.carry_out(read, clocked(lambda line: click.echo(line, err=True)))
    except KeyboardInterrupt:
        click.echo("what is finished is kept; the same command with --resume goes on from there", err=True)
        raise
    _reported(output, material, estimate, report, config.seed)


def _reported(output: Path, material: Material, estimate: Estimate | None, report: Path | None, seed: int) -> None:
    """Say how good the new model is, and write its report: of all documents where they were cross-validated."""
    from .held_out import judged, record_scores
    from .report import HELD_OUT, crossed, write_report

    suites = judged(output, material)
    for suite, figures in record_scores(output, suites).items():
        _tell(f"{suite}, held out", figures)
    if estimate is not None:
        _tell(f"cross-validated in {estimate.folds} folds", {"macro_f1": estimate.macro_f1})
        also = {f"{name}, held out": verdicts for name, verdicts in suites.items()}
        written = write_report(output, estimate.verdicts, crossed(estimate.folds), report, also, seed)
    elif suites:
        composites = {name: verdicts for name, verdicts in suites.items() if name != "pages"}
        written = write_report(output, suites["pages"], HELD_OUT, report, composites, seed)
    else:
        written = []
    click.echo("report: " + ", ".join(map(str, written)) if written else "no report: nothing was held out", err=True)
    click.echo(f"{output}: {(output / artifact.WEIGHTS).stat().st_size / 1e6:.1f} MB", err=True)


def _tell(what: str, figures: Mapping[str, float]) -> None:
    click.echo(f"{what}: " + ", ".join(f"{name} {value:.3f}" for name, value in figures.items()), err=True)
