"""Errands -> their answers, from this process or from several; a worker that dies takes only its errand along."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import count
from typing import Any, Protocol, TypeVar

from .errors import ClassifierError
from .processes import ONE_THREAD, Answer, Errand, Tell, Worker, tried

__all__ = ["AHEAD", "ONE_THREAD", "Answer", "Engine", "Errand", "Here", "Pool", "Tell", "in_order"]
Piece = TypeVar("Piece")
Result = TypeVar("Result")
AHEAD = 2  # pieces under way for each worker: one in its hands, one at its door


class Engine(Protocol):
    """Where errands are run."""

    @property
    def room(self) -> int:
        """How many more errands it would take now."""

    @property
    def busy(self) -> int:
        """How many errands it has that it has not answered."""

    def give(self, number: int, errand: Errand) -> None:
        """Take an errand; its answer bears ``number``."""

    def wait(self, seconds: float) -> list[Answer]:
        """Return the answers that have come, waiting so long for the first."""

    def close(self) -> None:
        """End every worker at once, with what it has in its hands."""


class Here:
    """An engine that runs each errand in this process, while its answer is waited for."""

    def __init__(self, tell: Tell = lambda amount: None) -> None:
        """``tell`` hears at once how far an errand has come."""
        self._tell = tell
        self._given: list[tuple[int, Errand]] = []

    @property
    def room(self) -> int:
        """One errand at a time."""
        return 1 - len(self._given)

    @property
    def busy(self) -> int:
        """Errands given and not yet run."""
        return len(self._given)

    def give(self, number: int, errand: Errand) -> None:
        """Take an errand."""
        self._given.append((number, errand))

    def wait(self, seconds: float) -> list[Answer]:
        """Run what was given."""
        given, self._given = self._given, []
        return [Answer(number, *tried(errand, self._tell)) for number, errand in given]

    def close(self) -> None:
        """Forget what was given."""
        self._given = []


class Pool:
    """An engine of worker processes of this machine, started when there is work for them."""

    def __init__(self, workers: int, ahead: int = 1) -> None:
        """``ahead``: errands that a worker may have at once, the one in its hands included."""
        self._workers: list[Worker | None] = [None] * workers
        self._ahead = ahead

    @property
    def room(self) -> int:
        """Errands that would find a worker free, or its door."""
        return len(self._workers) * self._ahead - self.busy

    @property
    def busy(self) -> int:
        """Errands given and not yet answered."""
        return sum(len(worker.errands) for worker in self._workers if worker)

    def give(self, number: int, errand: Errand) -> None:
        """Take an errand; whatever can be sent to another process can be one."""
        loads = [len(worker.errands) if worker else 0 for worker in self._workers]
        place = loads.index(min(loads))
        worker = self._workers[place] = self._workers[place] or Worker()
        worker.send(number, errand)

    def wait(self, seconds: float) -> list[Answer]:
        """Return the answers that have come; of a worker that died, one for each of its errands."""
        from multiprocessing.connection import wait

        waiting = {worker.line: place for place, worker in enumerate(self._workers) if worker and worker.errands}
        answers: list[Answer] = []
        for line in wait(list(waiting), seconds):
            place = waiting[line]  # type: ignore[index]
            worker = self._workers[place]
            assert worker
            try:
                answers.append(worker.receive())
            except (EOFError, OSError):
                self._workers[place] = None
                answers += worker.obituary()
        return answers

    def close(self) -> None:
        """Kill the workers: none of them holds anything that outlives it."""
        workers, self._workers = self._workers, [None] * len(self._workers)
        for worker in filter(None, workers):
            worker.kill()


def in_order(work: Callable[[Piece], Result], pieces: Iterable[Piece], n_jobs: int = 1) -> Iterator[Result]:
    """Yield ``work(piece)`` for each piece, in order; a piece is taken only when there is room for it.

    Args:
        work: sent along with every piece, so small when it is pickled.
        pieces: may be endless; taken in this process.
        n_jobs: worker processes, as joblib counts them; 1 works in this process.

    Raises:
        ClassifierError: a worker died.
    """
    if n_jobs == 1:
        return map(work, pieces)
    if n_jobs < 1:
        from joblib import effective_n_jobs

        n_jobs = effective_n_jobs(n_jobs)
    return _spread(work, pieces, n_jobs)


def _spread(work: Callable[[Piece], Result], pieces: Iterable[Piece], workers: int) -> Iterator[Result]:
    pool, arrived, turn = Pool(workers, AHEAD), dict[int, Answer](), count()
    given = taken = 0
    try:
        for piece in pieces:
            pool.give(given, partial(_run, work, piece))
            given += 1
            if given - taken >= AHEAD * workers:
                yield _next(pool, arrived, next(turn))
                taken += 1
        while taken < given:
            yield _next(pool, arrived, next(turn))
            taken += 1
    finally:
        pool.close()


def _run(work: Callable[[Piece], Result], piece: Piece, tell: Tell) -> Result:
    return work(piece)


def _next(pool: Pool, arrived: dict[int, Answer], number: int) -> Any:
    while number not in arrived:
        for answer in pool.wait(1):
            if answer.died:
                raise ClassifierError(f"{answer.died}; perhaps there was not enough memory")
            arrived[answer.number] = answer
    answer = arrived.pop(number)
    if answer.error:
        raise answer.error
    return answer.value
