"""The settings of one training run, written down whole in the manifest of what it makes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from classifier.errors import InputError

_LEAST = {"folds": 2, "hidden": 1, "epochs": 1, "first_iterations": 1, "first_c": 1e-6, "learning_rate": 1e-9}


@dataclass(frozen=True)
class TrainingConfig:
    """Settings; ``--config FILE`` overrides them from a JSON object.

    Attributes:
        seed: of everything drawn at random.
        folds: parts of the corpus; each document's first verdict comes from a model that did not see its part.
        groups: what no part may divide: ``document``, ``site``, ``source`` or another field; ``auto`` is by site where
            the documents are of many, else by document.
        first_c: inverse strength of the first verdict's regularisation (scikit-learn's ``C``).
        first_iterations: steps of its solver at most.
        comment_weight: weight of a sentence of the comment pool in the first verdict, beside 1 for a page's.
        sentence_weight: the same for single labelled sentences.
        soft_share: how much of what is learned comes from a teacher, where one is given, rather than from the label.
        composite_rounds: composites made of each comment-free document, per round another trail.
        marked: share of composites whose comments wear user names, dates and buttons.
        closings: share of plain news that is also learned from with another page's opinion below it.
        emphasised: sources, with commas between, whose documents the second verdict sees ``emphasis`` times more.
        emphasis: how many times more.
        sentence_copies: how often the second verdict sees each single labelled sentence.
        crops: share of documents and composites that are also learned from in part.
        hidden: units of the second verdict's hidden layer.
        epochs: passes over the data in fitting it.
        alpha: its weight decay.
        learning_rate: its first learning rate.
        trail_begins: factor on the odds that a run of comments begins at any one place, after calibration.
        trail_ends: the same for its end.
        punkt_characters: how much text Punkt's parameters are learned from.
    """

    seed: int = 0
    folds: int = 5
    groups: str = "auto"
    first_c: float = 5.0
    first_iterations: int = 50
    comment_weight: float = 0.3
    sentence_weight: float = 2.0
    soft_share: float = 0.5
    composite_rounds: int = 2
    marked: float = 0.3
    closings: float = 0.0
    emphasised: str = "written,war"
    emphasis: int = 1
    sentence_copies: int = 1
    crops: float = 0.3
    hidden: int = 192
    epochs: int = 12
    alpha: float = 1e-3
    learning_rate: float = 1e-3
    trail_begins: float = 0.25
    trail_ends: float = 0.5
    punkt_characters: int = 6_000_000

    @classmethod
    def read(cls, path: Path | None, **given: Any) -> TrainingConfig:
        """Read a JSON object of settings; ``given`` ones that are not None win.

        Raises:
            InputError: not such an object, an unknown setting, or a value of another type.
        """
        settings: dict[str, Any] = {}
        if path is not None:
            try:
                settings = json.loads(path.read_text("utf-8"))
            except (OSError, ValueError, RecursionError) as error:
                raise InputError(str(path), f"cannot be read as settings ({error})") from None
            if not isinstance(settings, dict):
                raise InputError(str(path), "is not a JSON object of settings")
        settings = {**settings, **{name: value for name, value in given.items() if value is not None}}
        kinds = {f.name: type(getattr(cls(), f.name)) for f in fields(cls)}
        for name, value in settings.items():
            if name not in kinds:
                raise InputError(str(path), f"no setting {name!r}; there are {', '.join(kinds)}")
            kind = kinds[name]
            if not isinstance(value, kind if kind is str else (int, kind)) or isinstance(value, bool):
                raise InputError(str(path), f"{name} must be of the kind of {getattr(cls(), name)!r}")
            if not isinstance(value, str) and not _LEAST.get(name, 0) <= value < float("inf"):
                raise InputError(str(path), f"{name} must be at least {_LEAST.get(name, 0)}")
        return cls(**settings)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain JSON values."""
        return asdict(self)
