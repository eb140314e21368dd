"""``python -m training.teacher.tell``: what the encoders say of the corpus, as the fast model learns from it.

Who speaks, the page or its readers, is a question to the whole page, and a window deep inside a trail looks like
opinion. So nothing is told of comments, nor of what the encoder takes for one; of all else, how near the other labels
were.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np

from classifier.decode import softmax
from classifier.errors import ClassifierError

from ..config import TrainingConfig
from ..corpus import labels_of, read_corpus
from ..gather import COMMENT, Gathered, Material
from ..laid import Laid, lay
from ..soft import soft_record
from .hearing import Steps, Upon, encoder_of, verdicts
from .pages import spans_of

_STEP = 16.0  # steps a logit
_TAKEN = 0.5  # for a comment, from this probability on


def told(laid: Laid, steps: Steps, labels: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield a line of ``soft.read_soft`` for each document, of the segments that something is told of.

    ``steps`` is int32 (n, k), the encoder's verdicts.
    """
    proba, (starts, ends) = softmax(steps / _STEP), spans_of(laid)
    some = laid.y >= 0
    if COMMENT in labels:
        comment = labels.index(COMMENT)
        some &= (laid.y != comment) & (proba[:, comment] < _TAKEN)
        proba[:, comment] = 0.0
    proba /= proba.sum(axis=1, keepdims=True)
    for i, document in enumerate(laid.documents):
        mine = np.flatnonzero((laid.document == i) & some)
        if len(mine):
            yield soft_record(document, starts[mine], ends[mine], proba[mine], labels)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("corpus", nargs=-1, required=True, type=click.Path())
@click.option("--output", required=True, type=click.Path(path_type=Path), help="JSONL, .gz by its name.")
@click.option("--base", default="default", show_default=True, help="A model whose sentences are cut.")
@click.option(
    "--fold", "encoders", multiple=True, required=True, type=click.Path(path_type=Path),
    help="Folder of the encoder that did not see fold 0; then 1, and so on.",
)  # fmt: skip
@click.option("--parted", type=click.Path(path_type=Path), help="JSON: which fold each document was in.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True)
def main(
    corpus: Sequence[str], output: Path, base: str, encoders: Sequence[Path], parted: Path | None, jobs: int
) -> None:
    """Write what encoders say of the documents of the CORPUS that they did not see."""
    try:
        upon = Upon.read(base, encoders, encoders[0], parted)
        learn = Material(read_corpus(corpus)).of_split("train")
        labels = labels_of(learn.documents)
        laid = lay(learn.documents, labels, upon.base.rules)
        (fold,) = upon.fold_of(Gathered([(laid, laid.document)], [], [], []), TrainingConfig())
        steps = verdicts(laid, fold, [encoder_of(some, len(labels)) for some in upon.folds], len(labels), jobs)
        lines = "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in told(laid, steps, labels)).encode()
        output.write_bytes(gzip.compress(lines, mtime=0) if output.suffix == ".gz" else lines)
        click.echo(f"{output}: {lines.count(10)} documents")
    except ClassifierError as error:
        raise click.ClickException(str(error)) from None


if __name__ == "__main__":
    main()
