"""``winnow train``: make a model from labelled documents."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from classifier import artifact

from .config import TrainingConfig
from .corpus import read_comments, read_corpus, read_sentences, read_trails

_EXAMPLES = """\b
Examples:
  winnow train data/written.jsonl data/pages.jsonl --output my-model
  winnow train pages.jsonl --comments comments.jsonl --trails trails.jsonl --exclude-source blogs --output my-model
  winnow evaluate pages.jsonl --split dev --model ./my-model
"""


@click.command(epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("corpus", nargs=-1, required=True, type=click.Path())
@click.option("--output", required=True, type=click.Path(path_type=Path), help="Folder of the new model.")
@click.option("--comments", type=click.Path(), help="JSONL of reader comments: text, thread, split.")
@click.option("--trails", type=click.Path(), help="JSONL of comment trails: article, comments, split.")
@click.option("--sentences", type=click.Path(), help="JSONL of single labelled sentences: text, label, split.")
@click.option("--config", "settings", type=click.Path(path_type=Path), help="JSON object of settings; see the manual.")
@click.option(
    "--report", type=click.Path(path_type=Path), metavar="PATH", help="Page of the report.  [default: in the folder]"
)
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
    trails: str | None,
    sentences: str | None,
    settings: Path | None,
    report: Path | None,
    seed: int | None,
    excluded: Sequence[str],
    licensed_only: bool,
    jobs: int,
) -> None:
    """Make a model from a CORPUS: JSONL files, or folders of them, with "text" and "spans".

    Documents of split "dev" are never learned from; they set how sure the model is of itself. The labels are those
    of the corpus.
    """
    from .fit import Material, fit
    from .held_out import judged, record_scores
    from .report import HELD_OUT, write_report
    from .terms import Choice

    config = TrainingConfig.read(settings, seed=seed)
    choice = Choice(tuple(excluded), licensed_only)
    material = Material(
        choice.of(read_corpus(corpus)),
        [s for s in choice.of(read_sentences(sentences)) if s.split != "dev_test"] if sentences else [],
        choice.of(read_comments(comments)) if comments else [],
        read_trails(trails) if trails else [],
    )
    manifest, arrays = fit(material, config, output.resolve().name, jobs, _clocked())
    artifact.save(output, manifest, arrays)
    suites = judged(output, material)
    for suite, figures in record_scores(output, suites).items():
        click.echo(
            f"{suite}, held out: " + ", ".join(f"{name} {value:.3f}" for name, value in figures.items()), err=True
        )
    if suites:
        composites = {name: verdicts for name, verdicts in suites.items() if name != "pages"}
        written = write_report(output, suites["pages"], HELD_OUT, report, composites, config.seed)
        click.echo("report: " + ", ".join(map(str, written)), err=True)
    click.echo(f"{output}: {(output / artifact.WEIGHTS).stat().st_size / 1e6:.1f} MB", err=True)


def _clocked() -> Callable[[str], None]:
    """Return a voice that says each stage with the seconds since the beginning."""
    began = time.monotonic()
    return lambda line: click.echo(f"{time.monotonic() - began:6.0f} s  {line}", err=True)
