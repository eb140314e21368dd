"""``python -m training.teacher.accurate``: a model that hears an encoder beside its first verdict.

The first verdict is learned as ever. The encoder's verdicts on what the second learns from come from encoders that did
not see the document; then the second verdict and the chain are fitted by the same functions as those of any model.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from classifier import artifact
from classifier.artifact import NETWORK, TOKENIZER
from classifier.encoder import Encoder
from classifier.encoder.windows import Window
from classifier.errors import ClassifierError, InputError
from classifier.model import FirstVerdict, Model, in_steps

from ..adapt import Base
from ..calibrate import fit_chain, reluctant
from ..checkpoints import Checkpoints, key_of
from ..config import TrainingConfig
from ..corpus import corpus_digest
from ..first import fit_folds, out_of_fold, steps, vars_of
from ..fit import calibrating
from ..gather import COMMENT, Gathered, Material, gather
from ..held_out import judged, record_scores
from ..laid import Laid
from ..origin import manifest_of
from ..progress import Say, clocked, within
from ..second import fit_second
from .fit import material_of
from .pages import spans_of

Arrays = dict[str, NDArray[Any]]
Steps = NDArray[np.int32]


class Remembering(Encoder):
    """An encoder that reads each window once: pages stand again in what is made of them."""

    def __init__(self, network: bytes, tokenizer: bytes, k: int) -> None:
        super().__init__(network, tokenizer, k)
        self._known: dict[bytes, NDArray[np.float64]] = {}

    def judge(self, read: Window) -> NDArray[np.float64]:
        """As an ``Encoder`` does."""
        key = hashlib.sha256(np.array([read.tokens, read.owner], np.int32).tobytes()).digest()
        if key not in self._known:
            self._known[key] = super().judge(read)
        return self._known[key]


def verdicts(laid: Laid, fold: NDArray[np.int64] | None, encoders: Sequence[Encoder], k: int, jobs: int = 1) -> Steps:
    """Return encoders' verdicts in steps, int32 (n, k): on each document those of the encoder of its fold.

    ``fold`` is int64 (n,); with None all are judged by the one encoder there is.
    """
    starts, ends = spans_of(laid)
    opens = np.flatnonzero(np.diff(laid.document, prepend=-1)).tolist()

    def of(low: int, high: int) -> NDArray[np.float64]:
        encoder = encoders[0 if fold is None else int(fold[low])]
        text, mine = laid.documents[laid.document[low]].text, slice(low, high)
        none = np.zeros(high - low, np.int64)
        return encoder.logits([text], none, starts[mine], ends[mine], laid.breaks[mine])

    with ThreadPoolExecutor(jobs) as pool:
        parts = list(pool.map(of, opens, [*opens[1:], len(laid)]))
    return in_steps(np.concatenate([np.zeros((0, k)), *parts]))


@dataclass(frozen=True)
class Heard:
    """What encoders say of all that is learned from.

    Attributes:
        learned: one int32 (n, k), in steps, for each part of ``whole``, ``more`` and ``singles``, in that order; by
            encoders that did not see the document.
        held: the documents that calibration is fitted on, with the verdicts of the encoder that is shipped.
    """

    learned: list[Steps]
    held: list[tuple[Laid, Steps]]


def fit_upon(
    gathered: Gathered,
    firsts: Sequence[FirstVerdict],
    heard: Heard,
    labels: Sequence[str],
    config: TrainingConfig,
    say: Say,
) -> Arrays:
    """Fit the second verdict and the chain upon both opinions.

    Args:
        gathered: what is learned from.
        firsts: the first verdict, and those without each fold, as ``fit_folds`` gives them.
        heard: the encoder's verdicts.
        labels: sorted.
        config: the settings.
        say: told how far it is.

    Returns:
        The arrays of the model but for those of ``SentenceRules``.
    """
    folded = [*gathered.whole, *gathered.more, *gathered.singles]
    parts = list(zip(folded, heard.learned, strict=True))
    parts += parts[len(parts) - len(gathered.singles) :] * (config.sentence_copies - 1)
    X = np.concatenate([_contexts(laid, out_of_fold(firsts, laid.X, fold), also) for (laid, fold), also in parts])
    y = np.concatenate([laid.y for (laid, _), _ in parts])
    say(f"second verdict: {len(y)} segments, {X.shape[1]} features", 0.0)
    model = Model(firsts[0], fit_second(X[y >= 0], y[y >= 0], len(labels), config, say))
    features = [(laid, _contexts(laid, steps(firsts[0], laid.X), also)) for laid, also in heard.held]
    held = [(laid, model.second.logits(context.astype(np.float32))) for laid, context in features]
    chain = fit_chain([laid for laid, _ in (*gathered.whole, *gathered.more)], held, len(labels))
    if COMMENT in labels:
        chain = reluctant(chain, labels.index(COMMENT), config.trail_begins, config.trail_ends)
    return {**model.arrays(), **chain.arrays()}


def _contexts(laid: Laid, first: Steps, also: Steps) -> NDArray[np.int8]:
    return laid.contexts(np.concatenate([first, also], axis=1))


@dataclass(frozen=True)
class Upon:
    """What an accurate model is built upon.

    Attributes:
        base: a fast model of the same corpus, whose sentences and first verdict are kept.
        folds: for each fold the files of the encoder that did not see it.
        encoder: the files of the one that is shipped.
    """

    base: Base
    folds: list[dict[str, bytes]]
    encoder: dict[str, bytes]

    @classmethod
    def read(cls, base: str, folds: Sequence[Path], encoder: Path) -> Upon:
        """Read it; raises ModelError, or InputError where a file of an encoder cannot be read."""
        return cls(Base.load(base), [_files(folder) for folder in folds], _files(encoder))

    def key(self, material: Material, config: TrainingConfig) -> str:
        """Return a name for everything that what is kept depends on."""
        digests = [
            hashlib.sha256(content).hexdigest() for some in (*self.folds, self.encoder) for content in some.values()
        ]
        parts = [getattr(material, part.name) for part in fields(material)]
        return key_of(corpus_digest(*parts), dict(self.base.manifest.files), digests, config.to_dict())

    def heard(self, gathered: Gathered, judge: Material, jobs: int, say: Say, kept: Checkpoints) -> Heard:
        """Let the encoders judge everything; raises ModelMismatch where they cannot."""
        labels = self.base.manifest.labels
        k = len(labels)
        encoders = [_encoder(some, k) for some in self.folds]
        parts = [*gathered.whole, *gathered.more, *gathered.singles]
        learned = []
        for i, (laid, fold) in enumerate(parts):
            say(f"encoder: {len(laid)} segments", i / (len(parts) + 1))
            made = partial(verdicts, laid, fold, encoders, k, jobs)
            learned.append(kept.once(f"encoder {i}", lambda made=made: {"steps": made()})["steps"])  # type: ignore[misc]
        say("encoder: documents held out", len(parts) / (len(parts) + 1))
        held = calibrating(judge, labels, self.base.rules)
        mine = [_encoder(self.encoder, k)]
        return Heard(learned, [(laid, verdicts(laid, None, mine, k, jobs)) for laid in held])


def _files(folder: Path) -> dict[str, bytes]:
    try:
        return {name: (folder / name).read_bytes() for name in artifact.ENCODER}
    except OSError as error:
        raise InputError(str(folder), f"is no encoder ({error.strerror})") from None


def _encoder(files: dict[str, bytes], k: int) -> Encoder:
    return Remembering(files[NETWORK], files[TOKENIZER], k)


def build(material: Material, upon: Upon, output: Path, config: TrainingConfig, jobs: int, say: Say) -> None:
    """Make an accurate model and write it to ``output``; a run that was interrupted goes on where it was.

    Raises:
        InputError: nothing is held out to calibrate it on, or the corpus has too few groups of documents.
        ModelMismatch: an encoder cannot be used.
    """
    learn, judge = material.of_split("train"), material.of_split("dev")
    if not judge.documents:
        raise InputError("corpus", "no document is of split dev; calibration needs some")
    labels, base = upon.base.manifest.labels, upon.base
    config = replace(config, folds=len(upon.folds))
    kept = Checkpoints.beside(output, upon.key(material, config), resume=True)
    say("features", 0.01)
    gathered = gather(learn, labels, config, base.rules)
    kept.keep("first None", vars_of(base.model.first))  # it is the base's, and is not fitted again
    firsts = fit_folds(gathered.examples(config), len(labels), config, jobs, within(say, 0.05, 0.2), kept)
    heard = upon.heard(gathered, judge, jobs, within(say, 0.2, 0.8), kept)
    arrays = {**base.rules.arrays(), **fit_upon(gathered, firsts, heard, labels, config, within(say, 0.8, 1.0))}
    manifest = manifest_of(output.resolve().name, labels, material, config)
    artifact.save(output, manifest, arrays, upon.encoder)
    kept.clear()


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("corpus", nargs=-1, required=True, type=click.Path())
@click.option("--output", required=True, type=click.Path(path_type=Path), help="Folder of the new model.")
@click.option("--base", default="default", show_default=True, help="A fast model of the same corpus.")
@click.option(
    "--fold", "folds", multiple=True, required=True, type=click.Path(path_type=Path),
    help="Folder of the encoder that did not see fold 0; then 1, and so on.",
)  # fmt: skip
@click.option("--encoder", required=True, type=click.Path(path_type=Path), help="Folder of the one that is shipped.")
@click.option("--comments", type=click.Path(), help="As for winnow train.")
@click.option("--trails", type=click.Path(), multiple=True, help="As for winnow train.")
@click.option("--sentences", type=click.Path(), help="As for winnow train.")
@click.option("--config", "settings", type=click.Path(path_type=Path), help="As for winnow train.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True)
def main(
    corpus: Sequence[str],
    output: Path,
    base: str,
    folds: Sequence[Path],
    encoder: Path,
    comments: str | None,
    trails: Sequence[str],
    sentences: str | None,
    settings: Path | None,
    jobs: int,
) -> None:
    """Make an accurate model from the CORPUS that its fast base and its encoders learned from."""
    try:
        material = material_of(corpus, comments, trails, sentences)
        say = clocked(lambda line: click.echo(line, err=True))
        build(material, Upon.read(base, folds, encoder), output, TrainingConfig.read(settings), jobs, say)
        for suite, figures in record_scores(output, judged(output, material)).items():
            told = ", ".join(f"{name} {value:.3f}" for name, value in figures.items())
            click.echo(f"{suite}, held out: {told}", err=True)
    except ClassifierError as error:
        raise click.ClickException(str(error)) from None


if __name__ == "__main__":
    main()
