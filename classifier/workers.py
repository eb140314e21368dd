"""Errands -> their answers, from this process or from several; a worker that dies takes nothing with it but its errand.

The processes are loky's (they ask of a script no guard around its main part), the watching over them is not: loky's
executor gives up all its workers where one is killed, and those of a killed parent live on. Ours end with their pipe.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from multiprocessing.connection import Connection, wait
from queue import SimpleQueue
from typing import Any, NamedTuple, Protocol, TypeVar

from .errors import ClassifierError

Piece = TypeVar("Piece")
Result = TypeVar("Result")
Tell = Callable[[int], None]
Errand = Callable[[Tell], Any]  # is given a function that it may tell how far it has come since it last told
AHEAD = 2  # pieces under way for each worker: one in its hands, one at its door
# One worker is one core: threads of a numerical library would only take it from another, and spin while they wait.
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "BLIS", "VECLIB_MAXIMUM")}


class Answer(NamedTuple):
    """What came of an errand: a value, an exception, or how its worker died; or only word of how far it has come."""

    number: int
    value: Any = None
    error: BaseException | None = None
    died: str = ""
    told: int | None = None


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
        return [Answer(number, *_tried(errand, self._tell)) for number, errand in given]

    def close(self) -> None:
        """Forget what was given."""
        self._given = []


class Pool:
    """An engine of worker processes of this machine, started when there is work for them."""

    def __init__(self, workers: int, ahead: int = 1) -> None:
        """``ahead``: errands that a worker may have at once, the one in its hands included."""
        self._workers: list[_Worker | None] = [None] * workers
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
        worker = self._workers[place] = self._workers[place] or _Worker()
        worker.send(number, errand)

    def wait(self, seconds: float) -> list[Answer]:
        """Return the answers that have come; of a worker that died, one for each of its errands."""
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


class _Worker:
    """One process, the pipe to it, and what it was given."""

    def __init__(self) -> None:
        from joblib.externals.loky.backend.process import LokyProcess

        _start_trackers()
        self.line, theirs = _pipe()
        self.errands: list[int] = []
        with _signals_later():
            self._process = LokyProcess(target=_serve, args=(theirs,), daemon=True, env=ONE_THREAD)
            self._process.start()
        theirs.close()

    def send(self, number: int, errand: Errand) -> None:
        from joblib.externals.loky.backend.reduction import dumps

        message = dumps(errand)
        self.errands.append(number)
        with suppress(OSError):  # it died; that is found when its answer is waited for
            self.line.send_bytes(message)

    def receive(self) -> Answer:
        told, value, error = pickle.loads(self.line.recv_bytes())
        if told is not None:
            return Answer(self.errands[0], told=told)
        return Answer(self.errands.pop(0), value, error)

    def obituary(self) -> list[Answer]:
        self._process.join(5)
        code = self._process.exitcode
        died = f"a worker died ({_how(code)})" if code else "a worker died"
        self.kill()
        return [Answer(number, died=died) for number in self.errands]

    def kill(self) -> None:
        if self._process.exitcode is None and self._process.pid:  # loky's processes know terminate() only
            with suppress(OSError):
                os.kill(self._process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        self._process.join(5)
        self.line.close()


def _pipe() -> tuple[Connection, Connection]:
    from multiprocessing import Pipe

    return Pipe()


def _how(code: int) -> str:
    return signal.Signals(-code).name if -code in set(signal.Signals) else f"status {code}"


def _start_trackers() -> None:
    """Start what a first process brings along: doing so lets signals through again, whatever held them back."""
    from multiprocessing import resource_tracker as standard

    from joblib.externals.loky.backend import resource_tracker

    for tracker in (standard, resource_tracker):
        if hasattr(tracker, "ensure_running"):
            tracker.ensure_running()


@contextmanager
def _signals_later() -> Iterator[None]:
    """Hold back signals while a process is started, which then never hears Ctrl-C: that is for this one alone."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(line: Connection) -> None:
    """Be a worker: run errands until the pipe closes, however that comes about."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
    waiting: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(line, waiting), daemon=True).start()
    while True:
        value, error = _tried(_Unpacked(waiting.get()), lambda amount: _say(line, amount, None, None))
        _say(line, None, value, error)


def _listen(line: Connection, waiting: SimpleQueue[bytes]) -> None:
    with suppress(EOFError, OSError):
        while True:
            waiting.put(line.recv_bytes())
    os._exit(1)  # whoever gave the errands has gone, and nobody waits for an answer


def _say(line: Connection, *message: Any) -> None:
    try:
        packed = pickle.dumps(message)
    except Exception as error:
        packed = pickle.dumps((None, None, ClassifierError(f"an answer could not be sent ({error})")))
    line.send_bytes(packed)


class _Unpacked:
    """An errand as it was sent; what is wrong with the sending is an answer, too."""

    def __init__(self, packed: bytes) -> None:
        self._packed = packed

    def __call__(self, tell: Tell) -> Any:
        return pickle.loads(self._packed)(tell)


def _tried(errand: Errand, tell: Tell) -> tuple[Any, BaseException | None]:
    try:
        return errand(tell), None
    except Exception as error:
        return None, error


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
