"""One worker process and the pipe to it.

The process is joblib's (loky's, which asks of a script no guard around its main part), the watching over it is not:
loky's executor gives up all its workers where one is killed, and those of a killed parent live on. Ours end with their
pipe.
"""

from __future__ import annotations

import os
import pickle
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import ClassifierError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Tell = Callable[[int], None]
Errand = Callable[[Tell], Any]  # is given a function that it may tell how far it has come since it last told
# One worker is one core: threads of a numerical library would only take it from another, and spin while they wait.
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "BLIS", "VECLIB_MAXIMUM")}
_ROOM = 1 << 20  # bytes that an answer may have and still leave at one go, without its reader being woken twice
# From Python 3.11 on nothing is imported from the folder that a process happens to start in.
_SAFE_PATH = {"PYTHONSAFEPATH": "1"}
_STARTING = threading.Lock()  # the environment belongs to all threads


class Answer(NamedTuple):
    """What came of an errand: a value, an exception, or how its worker died; or only word of how far it has come."""

    number: int
    value: Any = None
    error: BaseException | None = None
    died: str = ""
    told: int | None = None


class Worker:
    """One process; ``errands`` are the numbers of what it was given and has not answered, ``line`` is the pipe."""

    def __init__(self) -> None:
        from joblib.externals.loky.backend.process import LokyProcess

        _start_trackers()
        self.line, theirs = _pipe()
        self.errands: list[int] = []
        with _signals_later():
            self._process = LokyProcess(target=_serve, args=(theirs,), daemon=True, env={**ONE_THREAD, **_SAFE_PATH})
            self._process.start()
        theirs.close()

    def send(self, number: int, errand: Errand) -> None:
        """Give it an errand; whatever can be sent to another process can be one."""
        from joblib.externals.loky.backend.reduction import dumps

        message = dumps(errand)
        self.errands.append(number)
        with suppress(OSError):  # it died; that is found when its answer is waited for
            self.line.send_bytes(message)

    def receive(self) -> Answer:
        """Return what it says next; raises EOFError or OSError where it is no more."""
        told, value, error = pickle.loads(self.line.recv_bytes())
        if told is not None:
            return Answer(self.errands[0], told=told)
        return Answer(self.errands.pop(0), value, error)

    def obituary(self) -> list[Answer]:
        """Return an answer for each errand that died with it."""
        self._process.join(5)
        code = self._process.exitcode
        died = f"a worker died ({_how(code)})" if code else "a worker died"
        self.kill()
        return [Answer(number, died=died) for number in self.errands]

    def kill(self) -> None:
        """End it at once."""
        if self._process.exitcode is None and self._process.pid:  # loky's processes know terminate() only
            with suppress(OSError):
                os.kill(self._process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        self._process.join(5)
        self.line.close()


def _pipe() -> tuple[Connection, Connection]:
    from multiprocessing import Pipe

    ours, theirs = Pipe()
    if hasattr(socket, "AF_UNIX"):
        with suppress(OSError), socket.fromfd(theirs.fileno(), socket.AF_UNIX, socket.SOCK_STREAM) as end:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ROOM)
    return ours, theirs


def _start_trackers() -> None:
    """Start what a first process brings along: doing so lets signals through again, whatever held them back."""
    from multiprocessing import resource_tracker as standard

    from joblib.externals.loky.backend import resource_tracker

    with _safe_path():
        for tracker in (standard, resource_tracker):
            if hasattr(tracker, "ensure_running"):
                tracker.ensure_running()


@contextmanager
def _safe_path() -> Iterator[None]:
    with _STARTING:
        before = os.environ.get("PYTHONSAFEPATH")
        os.environ.update(_SAFE_PATH)
        try:
            yield
        finally:
            if before is None:
                del os.environ["PYTHONSAFEPATH"]
            else:
                os.environ["PYTHONSAFEPATH"] = before


def _how(code: int) -> str:
    return signal.Signals(-code).name if -code in set(signal.Signals) else f"status {code}"


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
        value, error = tried(_Unpacked(waiting.get()), lambda amount: _say(line, amount, None, None))
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
    try:
        line.send_bytes(packed)
    except OSError:
        os._exit(1)  # as above: nobody waits for it


class _Unpacked:
    """An errand as it was sent; what is wrong with the sending is an answer, too."""

    def __init__(self, packed: bytes) -> None:
        self._packed = packed

    def __call__(self, tell: Tell) -> Any:
        return pickle.loads(self._packed)(tell)


def tried(errand: Errand, tell: Tell) -> tuple[Any, BaseException | None]:
    """Run an errand; return its value, or what it raised."""
    try:
        return errand(tell), None
    except Exception as error:
        return None, error
