"""What encoders say of everything that a second verdict learns from: on each document, one that did not see it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier import artifact
from classifier.artifact import NETWORK, TOKENIZER
from classifier.encoder import Encoder
from classifier.encoder.windows import Window
from classifier.errors import InputError
from classifier.model import in_steps

from ..adapt import Base
from ..checkpoints import Checkpoints, key_of
from ..config import TrainingConfig
from ..corpus import LabelledDocument, corpus_digest
from ..fit import calibrating
from ..gather import Gathered, Material, by_name
from ..laid import Laid
from ..progress import Say
from ..split import folds
from .pages import spans_of

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


@dataclass(frozen=True)
class Upon:
    """What an accurate model is built upon.

    Attributes:
        base: a fast model of the same corpus, whose sentences and first verdict are kept.
        folds: for each fold of the encoders the files of the one that did not see it.
        encoder: the files of the one that is shipped.
        parted: of each document, by its id as JSON, the encoders' fold. None where the corpus is the one they learned
            from, so that it is parted as it was then.
    """

    base: Base
    folds: list[dict[str, bytes]]
    encoder: dict[str, bytes]
    parted: Mapping[str, int] | None = None

    @classmethod
    def read(cls, base: str, folds: Sequence[Path], encoder: Path, parted: Path | None = None) -> Upon:
        """Read it; raises ModelError, or InputError where a file cannot be read."""
        known = _parted(parted, len(folds)) if parted is not None else None
        return cls(Base.load(base), [_files(folder) for folder in folds], _files(encoder), known)

    def fold_of(self, gathered: Gathered, config: TrainingConfig) -> list[NDArray[np.int64]]:
        """Return the encoders' fold of each segment, int64 (n,), for each part of ``whole``, ``more`` and ``singles``.

        A document that no encoder saw may be in any.
        """
        n, found = len(self.folds), self.parted
        if found is None:
            documents = [d for laid, _ in gathered.whole for d in laid.documents]
            parts = folds(documents, n, config.seed, config.groups)
            found = {json.dumps(d.id): int(fold) for d, fold in zip(documents, parts, strict=True)}
        known = found

        def of(document: LabelledDocument, page: Any) -> int:
            name = json.dumps(page)
            return known[name] if name in known else int(by_name([replace(document, id=page)], n)[0])

        names = [[of(d, d.id) for d in laid.documents] for laid, _ in gathered.whole]
        names += [[of(d, d.meta["article"]) for d in laid.documents] for laid, _ in gathered.more]
        names += [by_name(laid.documents, n).tolist() for laid, _ in gathered.singles]
        return [laid.spread(np.array(some)) for laid, some in zip(_all(gathered), names, strict=True)]

    def key(self, material: Material, config: TrainingConfig) -> str:
        """Return a name for everything that what is kept depends on."""
        digests = [
            hashlib.sha256(content).hexdigest() for some in (*self.folds, self.encoder) for content in some.values()
        ]
        return key_of(
            corpus_digest(*material.records.values()),
            dict(self.base.manifest.files),
            digests,
            config.to_dict(),
            self.parted,
        )

    def heard(
        self,
        gathered: Gathered,
        judge: Material,
        config: TrainingConfig,
        jobs: int,
        say: Say,
        kept: Checkpoints,
    ) -> Heard:
        """Let the encoders judge everything; raises ModelMismatch where they cannot."""
        labels = self.base.manifest.labels
        k = len(labels)
        encoders = [encoder_of(some, k) for some in self.folds]
        parts = list(zip(_all(gathered), self.fold_of(gathered, config), strict=True))
        learned = []
        for i, (laid, fold) in enumerate(parts):
            say(f"encoder: {len(laid)} segments", i / (len(parts) + 1))
            made = partial(verdicts, laid, fold, encoders, k, jobs)
            learned.append(kept.once(f"encoder {i}", lambda made=made: {"steps": made()})["steps"])  # type: ignore[misc]
        say("encoder: documents held out", len(parts) / (len(parts) + 1))
        held = calibrating(judge, labels, self.base.rules)
        mine = [encoder_of(self.encoder, k)]
        return Heard(learned, [(laid, verdicts(laid, None, mine, k, jobs)) for laid in held])


def _all(gathered: Gathered) -> list[Laid]:
    return [laid for laid, _ in (*gathered.whole, *gathered.more, *gathered.singles)]


def _parted(path: Path, count: int) -> dict[str, int]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(str(path), f"cannot be read as folds ({error})") from None
    if not isinstance(found, dict) or not all(type(fold) is int and 0 <= fold < count for fold in found.values()):
        raise InputError(str(path), f"is not a JSON object of folds below {count}")
    return found


def _files(folder: Path) -> dict[str, bytes]:
    try:
        return {name: (folder / name).read_bytes() for name in artifact.ENCODER}
    except OSError as error:
        raise InputError(str(folder), f"is no encoder ({error.strerror})") from None


def encoder_of(files: dict[str, bytes], k: int) -> Encoder:
    """Return an encoder that reads each window once; raises ModelMismatch where it cannot be used."""
    return Remembering(files[NETWORK], files[TOKENIZER], k)
