"""How good a model of one's own is after 20, 50 and 100 documents: the base as it is, from nothing, from the base.

The base must not have learned from the domain (``winnow train --exclude-source``). For each seed the domain's documents
are shuffled anew: the last are learned from, so that each size holds the smaller ones, and the others judge.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from classifier import artifact
from classifier.classify import Classifier
from training.adapt import Base
from training.config import TrainingConfig
from training.corpus import LabelledDocument, labels_of, read_corpus
from training.fit import Material, fit
from training.metrics import scores
from training.prepare import prepared
from training.verdicts import judge

_JUDGES = 100


def other_labels(document: LabelledDocument) -> LabelledDocument:
    """Another label set for the same page: reporting with a quotation in it is ``quote``, furniture has a new name."""

    def name(start: int, end: int, label: str) -> str:
        quoted = label == "reporting" and any(mark in document.text[start:end] for mark in '"“”')
        return "quote" if quoted else {"boilerplate": "furniture"}.get(label, label)

    return replace(document, spans=tuple((start, end, name(start, end, label)) for start, end, label in document.spans))


def macro_f1(model: Classifier, documents: Sequence[LabelledDocument]) -> float:
    return float(scores(judge(model, documents).tables.sum(0)).macro_f1)


def trained(
    documents: Sequence[LabelledDocument], seed: int, base: Base | None, judges: Sequence[LabelledDocument]
) -> float:
    config = TrainingConfig(seed=seed)
    material = prepared(Material(documents), config, base and base.manifest.labels)
    with tempfile.TemporaryDirectory() as folder:
        artifact.save(Path(folder) / "m", *fit(material, config, base=base))
        return macro_f1(Classifier.load(f"{folder}/m"), judges)


@click.command()
@click.argument("corpus", nargs=-1, required=True)
@click.option("--base", "base_name", required=True, help="A model that did not learn from the domain.")
@click.option("--source", "sources", multiple=True, required=True, help="The domain.")
@click.option("--other-labels", "others", is_flag=True, help="With another label set.")
@click.option("--sizes", default="20,50,100", show_default=True)
@click.option("--seed", "seeds", multiple=True, type=int, default=(0, 1, 2), show_default=True)
def main(
    corpus: Sequence[str], base_name: str, sources: Sequence[str], others: bool, sizes: str, seeds: Sequence[int]
) -> None:
    """Print one JSON line for each size and seed, then the table."""
    documents = [replace(d, split=None) for d in read_corpus(corpus) if d.source in sources]
    documents = [other_labels(d) for d in documents] if others else documents
    base, as_it_is = Base.load(base_name), Classifier.load(base_name)
    rows = {}
    for seed in seeds:
        shuffled = random.Random(seed).sample(documents, len(documents))
        largest = max(map(int, sizes.split(",")))
        judges = shuffled[largest:][:_JUDGES]
        for size in map(int, sizes.split(",")):
            learn = shuffled[:size]
            found = [macro_f1(as_it_is, judges), trained(learn, seed, None, judges), trained(learn, seed, base, judges)]
            rows[size, seed] = found
            click.echo(
                json.dumps(
                    {
                        "documents": size,
                        "seed": seed,
                        "judges": len(judges),
                        "labels": labels_of(learn),
                        "base, nothing, adapted": [round(f, 4) for f in found],
                    }
                )
            )
    for size in sorted({size for size, _ in rows}):
        some = np.array([found for (s, _), found in rows.items() if s == size])
        click.echo(
            f"| {size} | "
            + " | ".join(
                f"{m:.3f} ({lo:.3f}-{hi:.3f})" for m, lo, hi in zip(some.mean(0), some.min(0), some.max(0), strict=True)
            )
            + " |"
        )


if __name__ == "__main__":
    main()
