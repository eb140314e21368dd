"""``python -m training.teacher.export``: checkpoints -> ``encoder.onnx`` in whole numbers, and its tokenizer.

Of several checkpoints that began from the same weights their average is written, which has seen what all have (Wortsman
et al. 2022, "Model soups"). With documents to read, it says how often the whole numbers come to another label than the
floats they stand for.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np
from numpy.typing import NDArray

from classifier.artifact import NETWORK, TOKENIZER
from classifier.classify import Classifier
from classifier.encoder import Encoder
from classifier.encoder.windows import Window
from classifier.errors import ClassifierError
from classifier.labels import LABELS
from classifier.sheets import lay_down

from ..corpus import read_corpus
from ..split import held_out
from .graph import Weights, network
from .network import origin, read_weights


class Agreement(NamedTuple):
    """How near the whole numbers come to the floats.

    Attributes:
        segments: how many were judged.
        same: share of them with the same label.
        apart: mean distance of their logits.
        windows, characters: how many a second of one core, in whole numbers.
    """

    segments: int
    same: float
    apart: float
    windows: float
    characters: float


def averaged(several: Sequence[Weights]) -> dict[str, NDArray[np.float32]]:
    """Return the mean of each weight."""
    first, *others = several
    return {name: sum((one[name] for one in others), first[name]) / np.float32(len(several)) for name in first}


def silenced(weights: Weights, column: int) -> dict[str, NDArray[np.float32]]:
    """Return weights whose logit in ``column`` is always the mean of the others: nothing is said of that label."""
    made = dict(weights)
    for name in ("head.weight", "head.bias"):
        made[name] = weights[name].copy()
        made[name][column] = np.delete(weights[name], column, axis=0).mean(axis=0)
    return made


class Counting(Encoder):
    """An encoder that counts the windows it reads."""

    windows = 0

    def judge(self, read: Window) -> NDArray[np.float64]:
        """As an ``Encoder`` does."""
        self.windows += 1
        return super().judge(read)


def agreement(weights: Weights, tokenizer: bytes, texts: Sequence[str]) -> Agreement:
    """Judge ``texts`` in whole numbers and in floats; raises MissingExtra where onnxruntime is not installed."""
    k = len(weights["head.bias"])
    whole, exact = (Counting(network(weights, some), tokenizer, k) for some in (True, False))
    parts = Classifier.load()._parts
    sheets = [(text, lay_down([text], parts.rules, parts.model.first.logits)) for text in texts]
    found = []
    spent = 0.0
    for text, sheet in sheets:
        if sheet is not None:
            given = [text], sheet.segments.document, sheet.starts, sheet.ends, sheet.segments.breaks
            began = time.process_time()
            mine = whole.logits(*given)
            spent += time.process_time() - began
            found.append((mine, exact.logits(*given)))
    mine, other = (np.concatenate(logits) for logits in zip(*found, strict=True))
    same, apart = float((mine.argmax(1) == other.argmax(1)).mean()), float(np.abs(mine - other).mean())
    return Agreement(len(mine), same, apart, whole.windows / spent, sum(map(len, texts)) / spent)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("checkpoints", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--output", required=True, type=click.Path(path_type=Path), help="Folder of the two files.")
@click.option("--silent", metavar="LABEL", type=click.Choice(sorted(LABELS)), help="Say nothing of this label.")
@click.option("--check", multiple=True, type=click.Path(), help="A corpus whose dev documents are read; repeatable.")
@click.option("--documents", type=click.IntRange(1), default=40, show_default=True, help="How many, at most.")
def main(checkpoints: Sequence[Path], output: Path, silent: str | None, check: Sequence[str], documents: int) -> None:
    """Write the network of CHECKPOINTS, or of their average, and the tokenizer of the model they began from."""
    try:
        weights, tokenizer = averaged([read_weights(one) for one in checkpoints]), (origin() / TOKENIZER).read_bytes()
        if silent is not None:
            weights = silenced(weights, sorted(LABELS).index(silent))
        made = network(weights)
        output.mkdir(parents=True, exist_ok=True)
        (output / NETWORK).write_bytes(made)
        (output / TOKENIZER).write_bytes(tokenizer)
        click.echo(f"{output / NETWORK}: {len(made) / 1e6:.1f} MB")
        if check:
            texts = [d.text for d in held_out(read_corpus(check))]
            some = texts[:: -(-len(texts) // documents)]
            found = agreement(weights, tokenizer, some)
            click.echo(
                f"{len(some)} documents, {found.segments} segments: {found.same:.4f} as the floats have it, "
                f"logits {found.apart:.3f} apart; {found.windows:.0f} windows and {found.characters / 1e3:.1f} KB a "
                "second of one core"
            )
    except ClassifierError as error:
        raise click.ClickException(str(error)) from None


if __name__ == "__main__":
    main()
