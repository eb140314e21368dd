"""Where requests wait for a worker: each worker takes all that has come in meanwhile, as far as it fits into one batch.

A batch of sixty short pages costs four times one page, so this is what bears many clients at once; an answer does not
depend on what else is in the batch. Workers are processes, so that the server itself always answers.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait

from ..classify import Classifier
from .judging import Answer, Task, answer, refusal
from .limits import REQUESTS_TOGETHER, TOGETHER, Limits, Refused

_Waiting = tuple[Task, "asyncio.Future[Answer]"]


class Desk:
    """Answers tasks in worker processes; an async context manager, entered when all workers have loaded the model.

    Attributes:
        waiting: tasks that no worker has taken yet.
        restarts: workers that died and were replaced.
    """

    def __init__(self, classifier: Classifier, limits: Limits, workers: int) -> None:
        self._classifier, self._limits, self._workers = classifier, limits, workers
        self._queue: deque[_Waiting] = deque()
        self._come = asyncio.Condition()
        self._loops: list[asyncio.Task[None]] = []
        self.restarts = 0

    @property
    def waiting(self) -> int:
        """Tasks that no worker has taken yet."""
        return len(self._queue)

    async def __aenter__(self) -> Desk:
        started = [asyncio.get_running_loop().create_future() for _ in range(self._workers)]
        self._loops = [asyncio.create_task(self._work(ready)) for ready in started]
        await asyncio.gather(*started)
        return self

    async def __aexit__(self, *error: object) -> None:
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)

    async def answer(self, task: Task) -> Answer:
        """Return the answer to ``task``; one whose asker has gone before a worker took it is not worked on."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._queue.append((task, future))
        async with self._come:
            self._come.notify()
        return await future

    async def _work(self, ready: asyncio.Future[None]) -> None:
        """Be one worker's side of the desk."""
        worker = self._hire()
        try:
            await self._judge(worker, [])
            ready.set_result(None)
            while True:
                async with self._come:
                    await self._come.wait_for(lambda: self._queue)
                    batch = self._take()
                worker = await self._serve(worker, batch)
        except BaseException as error:
            if not ready.done():
                ready.set_exception(error)
            raise
        finally:
            worker.shutdown(wait=False, cancel_futures=True)

    def _take(self) -> list[_Waiting]:
        """Take the first that waits, and those behind it while they fit into one batch."""
        batch: list[_Waiting] = []
        size = 0
        while self._queue and len(batch) < REQUESTS_TOGETHER:
            task, future = self._queue[0]
            size += len(task.data)
            if batch and size > TOGETHER:
                break
            self._queue.popleft()
            if not future.done():
                batch.append((task, future))
        return batch

    async def _serve(
        self, worker: ProcessPoolExecutor, batch: Sequence[_Waiting], again: bool = True
    ) -> ProcessPoolExecutor:
        """Answer a batch, one by one where it fails as a whole; returns the worker, or the one who takes its place."""
        try:
            answers = await self._judge(worker, [task for task, _ in batch])
        except Exception as error:
            died = isinstance(error, BrokenProcessPool)
            worker = self._replace(worker) if died else worker
            if len(batch) > 1 or (died and again):
                for one in batch:
                    worker = await self._serve(worker, [one], again=False)
                return worker
            answers = [refusal(_failure(error))] * len(batch)
        for (_, future), made in zip(batch, answers, strict=True):
            if not future.done():
                future.set_result(made)
        return worker

    async def _judge(self, worker: ProcessPoolExecutor, tasks: Sequence[Task]) -> list[Answer]:
        return await asyncio.get_running_loop().run_in_executor(worker, _answer, tasks)

    def _hire(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(1, context, _begin, (self._classifier, self._limits))

    def _replace(self, worker: ProcessPoolExecutor) -> ProcessPoolExecutor:
        worker.shutdown(wait=False)
        self.restarts += 1
        return self._hire()


def _failure(error: Exception) -> Refused:
    if isinstance(error, BrokenProcessPool):
        return Refused(500, "the worker died over this request; most likely it needs more memory than there is")
    if isinstance(error, MemoryError):
        return Refused(500, "out of memory over this request")
    return Refused(500, f"the worker failed over this request ({type(error).__name__})")


_worker: list[tuple[Classifier, Limits]] = []  # in a worker process: what it works with


def _begin(classifier: Classifier, limits: Limits) -> None:
    """Prepare a worker: Ctrl-C is the server's business, and a worker does not outlive the server."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (wait([parent.sentinel]), os._exit(1)), daemon=True).start()
    _worker[:] = [(classifier, limits)]


def _answer(tasks: Sequence[Task]) -> list[Answer]:
    classifier, limits = _worker[0]
    return answer(classifier, tasks, limits)
