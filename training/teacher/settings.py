"""The settings of the training of an encoder."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class TeacherConfig:
    """Settings; the learning rates rise over the first part of the run and fall to nearly nothing at its end.

    Attributes:
        seed: of everything drawn at random.
        folds: parts of the corpus, as ``TrainingConfig`` has them.
        groups: what no part may divide, likewise.
        steps: batches in all; 0 is as many as fit into the time.
        minutes: time there is; 0 is as long as the steps take.
        batch: windows a step.
        rate: learning rate of the network that was there before.
        head_rate: of the layer that is new.
        decay: weight decay.
        rise: share of the run in which the rates rise.
        of_page: windows of a page at most, in a pass.
        of_made: windows with comments of a composite at most, in a pass.
        sentence_copies: how often each single sentence is seen in a pass.
    """

    seed: int = 0
    folds: int = 2
    groups: str = "auto"
    steps: int = 2500
    minutes: float = 0.0
    batch: int = 16
    rate: float = 1.5e-4
    head_rate: float = 1e-3
    decay: float = 0.01
    rise: float = 0.05
    of_page: int = 40
    of_made: int = 6
    sentence_copies: int = 2

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain JSON values."""
        return asdict(self)

    def share(self, steps: int, seconds: float) -> float:
        """Return how much of the run is behind after so many ``steps`` and ``seconds``, 0 to 1."""
        by_steps = steps / self.steps if self.steps else 0.0
        by_time = seconds / (60 * self.minutes) if self.minutes else 0.0
        return min(1.0, max(by_steps, by_time))

    def slope(self, share: float) -> float:
        """Return the factor on the learning rates when that ``share`` of the run is behind."""
        return min(1.0, (share + 1e-3) / self.rise) * max(0.02, 1 - share)
