"""How far a run has come, and how long it will take from there."""

from __future__ import annotations

import time
from collections.abc import Callable

Say = Callable[[str, float], None]  # what is being done now, and the share of the work that is behind
_TOO_EARLY = 0.03  # of the work: before that any guess is wild


def silent(line: str, done: float) -> None:
    """Say nothing."""


def within(say: Say, low: float, high: float) -> Say:
    """Return a voice for a part of the work that reaches from ``low`` to ``high``."""
    return lambda line, done: say(line, low + done * (high - low))


def clocked(write: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> Say:
    """Return a voice that writes each line with the seconds since the beginning and about how many are left."""
    began = clock()

    def say(line: str, done: float) -> None:
        passed = clock() - began
        left = f"  ({_spoken(passed / done - passed)} left)" if _TOO_EARLY < done < 1 else ""
        write(f"{passed:6.0f} s  {line}{left}")

    return say


def _spoken(seconds: float) -> str:
    return f"about {seconds:.0f} s" if seconds < 100 else f"about {seconds / 60:.0f} min"
