"""``python -m training.teacher.fit``: fine-tune the encoder on a corpus.

It learns from all documents to learn from, or from all but one fold of them (``--fold``): what a second verdict learns
from must come from an encoder that did not see the document.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np

from classifier.classify import Classifier
from classifier.encoder.judging import open_tokenizer
from classifier.errors import ClassifierError
from classifier.segments import SentenceRules

from ..config import TrainingConfig
from ..corpus import labels_of, read_comments, read_corpus, read_sentences, read_trails
from ..gather import Gathered, Material, gather
from ..progress import Say, clocked
from .network import batch_of, logits, origin, torch_, untrained
from .pages import Read, Shelf
from .settings import TeacherConfig

_SAVED_EVERY = 600.0  # seconds
_SAID_EVERY = 50  # steps


def material_of(corpus: Sequence[str], comments: str | None, trails: Sequence[str], sentences: str | None) -> Material:
    """Read everything that a model learns from; raises InputError."""
    return Material(
        read_corpus(corpus),
        [s for s in read_sentences(sentences) if s.split != "dev_test"] if sentences else [],
        read_comments(comments) if comments else [],
        [trail for path in trails for trail in read_trails(path)],
    )


def gathered_of(material: Material, rules: SentenceRules, config: TeacherConfig) -> tuple[Gathered, tuple[str, ...]]:
    """Lay out what is learned from; return it with the labels."""
    learn = material.of_split("train")
    labels = labels_of(learn.documents)
    how = TrainingConfig(
        seed=config.seed, folds=config.folds, groups=config.groups, composite_rounds=1, crops=0.0, emphasis=0
    )
    return gather(learn, labels, how, rules), labels


def shelf_of(gathered: Gathered, labels: Sequence[str], held: int | None) -> Shelf:
    """Return what is learned from, as tokens and without the fold ``held``."""
    import tokenizers

    tokenizer = open_tokenizer(tokenizers, (origin() / "tokenizer.json").read_bytes())
    return Shelf.of(gathered, labels, tokenizer, held)


def write_folds(gathered: Gathered, path: Path) -> None:
    """Write which fold each document is in: another corpus is parted otherwise, and what was seen stays seen."""
    found = {
        json.dumps(laid.documents[document].id): int(one)
        for laid, fold in gathered.whole
        for document, one in zip(laid.document.tolist(), fold, strict=True)
    }
    path.write_text(json.dumps(found, indent=0) + "\n", "utf-8")


@dataclass
class Course:
    """A network on its way: how far it is, and what brings it further."""

    net: Any
    optimiser: Any
    config: TeacherConfig
    steps: int = 0
    seconds: float = 0.0

    @classmethod
    def begin(cls, net: Any, config: TeacherConfig) -> Course:
        """Return the beginning of a course for ``net``."""
        net["bert"].embeddings.position_embeddings.weight.requires_grad = False
        head = list(net["head"].parameters())
        named = [(name, weight) for name, weight in net["bert"].named_parameters() if weight.requires_grad]
        decayed = [weight for name, weight in named if weight.ndim > 1 and "word_embeddings" not in name]
        plain = [weight for name, weight in named if weight.ndim == 1 or "word_embeddings" in name]
        groups = [
            {"params": decayed, "lr": config.rate, "weight_decay": config.decay},
            {"params": plain, "lr": config.rate, "weight_decay": 0.0},
            {"params": head, "lr": config.head_rate, "weight_decay": config.decay},
        ]
        for group in groups:
            group["full"] = group["lr"]
        return cls(net, torch_().optim.AdamW(groups, betas=(0.9, 0.98), eps=1e-6), config)

    @property
    def share(self) -> float:
        """How much of it is behind, 0 to 1."""
        return self.config.share(self.steps, self.seconds)

    def step(self, reads: Sequence[Read]) -> float:
        """Learn from some windows; return the loss."""
        torch = torch_()
        began = time.monotonic()
        for group in self.optimiser.param_groups:
            group["lr"] = group["full"] * self.config.slope(self.share)
        self.net.train()
        loss = self._loss(reads)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.steps, self.seconds = self.steps + 1, self.seconds + time.monotonic() - began
        return float(loss.detach())

    def _loss(self, reads: Sequence[Read]) -> Any:
        torch = torch_()
        batch = batch_of([read.window for read in reads])
        y, weight = np.full(batch.marks.shape, -1), np.zeros(batch.marks.shape, np.float32)
        for row, (page, window) in enumerate(reads):
            mine = list(window.segments)
            y[row, : len(mine)], weight[row, : len(mine)] = page.y[mine], page.weight[mine]
        weight *= y >= 0
        with torch.autocast("cpu", dtype=torch.bfloat16):
            found = logits(self.net, batch)
        meant, worth = torch.from_numpy(y.clip(min=0)), torch.from_numpy(weight)
        each = torch.nn.functional.cross_entropy(found.float().transpose(1, 2), meant, reduction="none")
        return (each * worth).sum() / worth.sum().clamp(min=1)

    def save(self, path: Path) -> None:
        """Write everything that going on needs, whole or not at all."""
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        state = {"net": self.net.state_dict(), "optimiser": self.optimiser.state_dict()}
        try:
            torch_().save({**state, "steps": self.steps, "seconds": self.seconds}, temporary)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)

    def resume(self, path: Path) -> None:
        """Go on from what was saved."""
        state = torch_().load(path, map_location="cpu", weights_only=True)
        self.net.load_state_dict(state["net"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.steps, self.seconds = state["steps"], state["seconds"]


def batches(shelf: Shelf, config: TeacherConfig, done: int = 0) -> Iterator[list[Read]]:
    """Yield windows to learn from, pass after pass without end; ``done`` batches are left out."""
    turn = 0
    while True:
        reads = shelf.a_pass(config, np.random.default_rng([config.seed, turn]))
        whole = range(0, max(1, len(reads) - config.batch + 1), config.batch)
        yield from (reads[at : at + config.batch] for at in list(whole)[done:])
        done = max(0, done - len(whole))
        turn += 1


def learn(course: Course, shelf: Shelf, output: Path, say: Say) -> None:
    """Go through a course to its end, and write the checkpoint now and then."""
    losses, saved = [], time.monotonic()
    for reads in batches(shelf, course.config, course.steps):
        if course.share >= 1:
            break
        losses.append(course.step(reads))
        if course.steps % _SAID_EVERY == 0:
            say(f"step {course.steps}: loss {np.mean(losses):.4f}", course.share)
            losses = []
        if time.monotonic() - saved > _SAVED_EVERY:
            course.save(output)
            saved = time.monotonic()
    course.save(output)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("corpus", nargs=-1, required=True, type=click.Path())
@click.option("--output", required=True, type=click.Path(path_type=Path), help="File of the checkpoint.")
@click.option("--comments", type=click.Path(), help="As for winnow train.")
@click.option("--trails", type=click.Path(), multiple=True, help="As for winnow train.")
@click.option("--sentences", type=click.Path(), help="As for winnow train.")
@click.option("--fold", type=click.IntRange(0), metavar="I", help="Leave this fold out.  [default: none]")
@click.option("--folds", type=click.IntRange(2), default=2, show_default=True, help="How many folds there are.")
@click.option("--steps", type=click.IntRange(0), help="Batches in all.  [default: 2500, or as many as the time allows]")
@click.option("--minutes", type=click.FloatRange(0), default=0.0, help="End after that time at the latest.")
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--resume", is_flag=True, help="Go on from the checkpoint that is there.")
def main(
    corpus: Sequence[str],
    output: Path,
    comments: str | None,
    trails: Sequence[str],
    sentences: str | None,
    fold: int | None,
    folds: int,
    steps: int | None,
    minutes: float,
    threads: int,
    seed: int,
    resume: bool,
) -> None:
    """Fine-tune the encoder on a CORPUS as winnow train reads it, and write a checkpoint.

    Beside it, in a file .folds.json, it is written which fold each document is in.
    """
    config = TeacherConfig(seed, folds, steps=(0 if minutes else 2500) if steps is None else steps, minutes=minutes)
    torch_().set_num_threads(threads)
    torch_().manual_seed(seed)
    try:
        material = material_of(corpus, comments, trails, sentences)
        gathered, labels = gathered_of(material, Classifier.load()._parts.rules, config)
        write_folds(gathered, output.with_suffix(".folds.json"))
        shelf = shelf_of(gathered, labels, fold)
        del gathered  # the features of a large corpus take gigabytes
        course = Course.begin(untrained(len(labels), origin()), config)
        if resume and output.exists():
            course.resume(output)
        learn(course, shelf, output, clocked(lambda line: click.echo(line, err=True)))
    except ClassifierError as error:
        raise click.ClickException(str(error)) from None


if __name__ == "__main__":
    main()
