"""One worker process and the pipe to it.

A process of our own rather than loky's or multiprocessing's: the first brings all of joblib into every worker before it
can begin, gives up all workers where one is killed, and leaves those of a killed parent alive; the second asks of every
script a guard around its main part. Ours end with their pipe.
"""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import sys
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
_LINE = "PipeConnection" if os.name == "nt" else "Connection"
_MAIN = """import sys
sys.path[:] = filter(None, sys.path)  # nothing is imported from the folder that it happens to run in
from multiprocessing.connection import {line} as Line
line = Line({number})
try:
    sys.path[:] = line.recv()
except (EOFError, OSError):  # whoever started it has gone
    sys.exit(1)
from classifier.processes import serve
serve(line)"""


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
        self.errands: list[int] = []
        with _signals_later():
            self._process, self.line = _started()
        with suppress(OSError):
            self.line.send(sys.path)

    def send(self, number: int, errand: Errand) -> None:
        """Give it an errand; whatever can be sent to another process can be one."""
        message = _packed(errand)
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
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        code = self._process.poll()
        died = f"a worker died ({_how(code)})" if code else "a worker died"
        self.kill()
        return [Answer(number, died=died) for number in self.errands]

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        self.line.close()


def _started() -> tuple[subprocess.Popen[bytes], Connection]:
    """Start a worker; return it with our end of the pipe."""
    from multiprocessing import Pipe

    ours, theirs = Pipe()
    with theirs:
        number = theirs.fileno()
        command = [sys.executable, *_flags(), "-c", _MAIN.format(line=_LINE, number=number)]
        if os.name == "nt":
            os.set_handle_inheritable(number, True)  # type: ignore[attr-defined]
            passed: dict[str, Any] = {"close_fds": False}
        else:
            _make_room(number)
            passed = {"pass_fds": [number]}
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, env={**os.environ, **ONE_THREAD}, **passed)
    return process, ours


def _make_room(number: int) -> None:
    with suppress(OSError), socket.fromfd(number, socket.AF_UNIX, socket.SOCK_STREAM) as end:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ROOM)


def _flags() -> list[str]:
    """Return the options of this interpreter that change what the worker may read or write."""
    letters = {"B": "dont_write_bytecode", "E": "ignore_environment", "s": "no_user_site"}
    return [f"-{letter}" for letter, name in letters.items() if getattr(sys.flags, name)]


def _packed(errand: Errand) -> bytes:
    """Return what is sent; what is defined in a script, or on the spot, goes along as a whole, as joblib sends it."""
    with suppress(Exception):
        if b"__main__" not in (message := pickle.dumps(errand, pickle.HIGHEST_PROTOCOL)):
            return message
    from joblib.externals.loky.backend.reduction import dumps

    return bytes(dumps(errand))


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


def serve(line: Connection) -> None:
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
