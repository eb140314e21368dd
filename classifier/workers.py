"""Pieces of work -> their results, in order, from this process or from several, with few pieces under way at a time."""

from __future__ import annotations

import re
import signal
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from time import sleep
from typing import Any, TypeVar

from .errors import ClassifierError

Piece = TypeVar("Piece")
Result = TypeVar("Result")
AHEAD = 2  # pieces under way for each worker: one in its hands, one at its door
# One worker is one core: threads of a numerical library would only take it from another, and spin while they wait.
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "BLIS", "VECLIB_MAXIMUM")}


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
    from joblib import effective_n_jobs

    return _spread(work, pieces, effective_n_jobs(n_jobs))


def _spread(work: Callable[[Piece], Result], pieces: Iterable[Piece], workers: int) -> Iterator[Result]:
    # Not joblib.Parallel, whose generator goes on taking pieces and piling up results while nobody takes them.
    from joblib.externals.loky import BrokenProcessPool, ProcessPoolExecutor

    executor = ProcessPoolExecutor(workers, env=ONE_THREAD)
    under_way: deque[Any] = deque()
    try:
        for piece in pieces:
            with nullcontext() if under_way else _deaf_children():  # the first piece starts the workers
                under_way.append(executor.submit(work, piece))
            if len(under_way) >= AHEAD * workers:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    except BrokenProcessPool as error:
        raise ClassifierError(f"a worker died{_how(error)}; perhaps there was not enough memory") from error
    finally:
        _all_handed_over(under_way)
        executor.shutdown(wait=True, kill_workers=bool(under_way))


def _how(death: BaseException) -> str:
    """Return the signals that killed workers, where loky knows them."""
    told = re.search(r"\{(.*)\}", str(death))
    return f" ({told[1]})" if told else ""


def _all_handed_over(under_way: Collection[Any]) -> None:
    """Wait a moment for loky's thread, which stumbles where it is ended while a piece waits to be handed over."""
    for _ in range(1000):
        if all(future.running() or future.done() for future in under_way):
            return
        sleep(0.001)


@contextmanager
def _deaf_children() -> Iterator[None]:
    """A process that is started meanwhile never hears of Ctrl-C: that is for this one alone, which ends the others."""
    before = signal.getsignal(signal.SIGINT)
    if before is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
