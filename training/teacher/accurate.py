"""``python -m training.teacher.accurate``: a model that hears an encoder beside its first verdict.

The first verdict is learned as ever. The encoder's verdicts on what the second learns from come from encoders that did
not see the document; then the second verdict is fitted as that of any model, averaged with the fast model's (see
``joining``), and the chain fitted to both.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from classifier import artifact
from classifier.errors import ClassifierError, InputError
from classifier.model import FirstVerdict, Model, SecondVerdict

from ..calibrate import fit_chain, reluctant
from ..checkpoints import Checkpoints
from ..config import TrainingConfig
from ..first import fit_folds, out_of_fold, steps, vars_of
from ..fit import second_upon
from ..gather import COMMENT, Gathered, Material, gather
from ..held_out import judged, record_scores
from ..laid import Laid
from ..origin import manifest_of
from ..progress import Say, clocked, within
from .fit import material_of
from .hearing import Heard, Steps, Upon
from .joining import averaged

Arrays = dict[str, NDArray[Any]]


def fit_upon(
    gathered: Gathered,
    firsts: Sequence[FirstVerdict],
    heard: Heard,
    fast: SecondVerdict,
    labels: Sequence[str],
    config: TrainingConfig,
    say: Say,
) -> Arrays:
    """Fit the second verdict and the chain upon both opinions.

    Args:
        gathered: what is learned from.
        firsts: the first verdict, and those without each fold, as ``fit_folds`` gives them.
        heard: the encoder's verdicts.
        fast: the second verdict of the fast model, which is averaged in.
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
    say(f"second verdict: {len(X)} segments, {X.shape[1]} features", 0.0)
    second = second_upon(X, [laid for (laid, _), _ in parts], len(labels), config, say)
    model = Model(firsts[0], averaged(fast, second, len(labels)))
    features = [(laid, _contexts(laid, steps(firsts[0], laid.X), also)) for laid, also in heard.held]
    held = [(laid, model.second.logits(context.astype(np.float32))) for laid, context in features]
    chain = fit_chain([laid for laid, _ in (*gathered.whole, *gathered.more)], held, len(labels))
    if COMMENT in labels:
        chain = reluctant(chain, labels.index(COMMENT), config.trail_begins, config.trail_ends)
    return {**model.arrays(), **chain.arrays()}


def _contexts(laid: Laid, first: Steps, also: Steps) -> NDArray[np.int8]:
    return laid.contexts(np.concatenate([first, also], axis=1))


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
    kept = Checkpoints.beside(output, upon.key(material, config), resume=True)
    say("features", 0.01)
    gathered = gather(learn, labels, config, base.rules)
    kept.keep("first None", vars_of(base.model.first))  # it is the base's, and is not fitted again
    firsts = fit_folds(gathered.examples(config), len(labels), config, jobs, within(say, 0.05, 0.2), kept)
    heard = upon.heard(gathered, judge, config, jobs, within(say, 0.2, 0.8), kept)
    arrays = {
        **base.rules.arrays(),
        **fit_upon(gathered, firsts, heard, base.model.second, labels, config, within(say, 0.8, 1.0)),
    }
    manifest = manifest_of(output.resolve().name, labels, material, config)
    artifact.save(output, manifest, arrays, upon.encoder)
    kept.clear()


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("corpus", nargs=-1, required=True, type=click.Path())
@click.option("--output", required=True, type=click.Path(path_type=Path), help="Folder of the new model.")
@click.option("--base", default="default", show_default=True, help="A fast model of the same corpus.")
@click.option(
    "--fold", "encoders", multiple=True, required=True, type=click.Path(path_type=Path),
    help="Folder of the encoder that did not see fold 0; then 1, and so on.",
)  # fmt: skip
@click.option("--encoder", required=True, type=click.Path(path_type=Path), help="Folder of the one that is shipped.")
@click.option(
    "--parted", type=click.Path(path_type=Path),
    help="JSON: which fold each document was in.  [default: as fit parts this corpus]",
)  # fmt: skip
@click.option("--comments", type=click.Path(), help="As for winnow train.")
@click.option("--trails", type=click.Path(), multiple=True, help="As for winnow train.")
@click.option("--sentences", type=click.Path(), help="As for winnow train.")
@click.option("--config", "settings", type=click.Path(path_type=Path), help="As for winnow train.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True)
def main(
    corpus: Sequence[str],
    output: Path,
    base: str,
    encoders: Sequence[Path],
    encoder: Path,
    parted: Path | None,
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
        build(material, Upon.read(base, encoders, encoder, parted), output, TrainingConfig.read(settings), jobs, say)
        for suite, figures in record_scores(output, judged(output, material)).items():
            told = ", ".join(f"{name} {value:.3f}" for name, value in figures.items())
            click.echo(f"{suite}, held out: {told}", err=True)
    except ClassifierError as error:
        raise click.ClickException(str(error)) from None


if __name__ == "__main__":
    main()
