"""Where parts are done: in this process or others of this machine, by Ray, by Dask. An engine decides nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ..errors import ClassifierError
from ..workers import ONE_THREAD, Answer, Engine, Errand, Here, Pool, Tell


@dataclass(frozen=True)
class Where:
    """An engine by name, how many workers, and for Ray where it is: ``local``, ``auto`` or ``host:port``."""

    engine: str = "local"
    jobs: int = 1
    address: str = "local"


def start(where: Where, tell: Tell) -> Engine:
    """Return an engine; ``tell`` hears how far an errand has come that runs in this process.

    Raises:
        ClassifierError: it is not installed or does not answer.
    """
    return ENGINES[where.engine](where, tell)


def _local(where: Where, tell: Tell) -> Engine:
    return Here(tell) if where.jobs == 1 else Pool(where.jobs)


class _Futures:
    """An engine of somebody else's futures, kept by number."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._futures: dict[Any, int] = {}

    @property
    def room(self) -> int:
        return self._slots - len(self._futures)

    @property
    def busy(self) -> int:
        return len(self._futures)


def _alone(errand: Errand) -> Any:
    """Run an errand where nobody hears how far it has come."""
    return errand(lambda amount: None)


class _Ray(_Futures):
    """Ray Core, one task for each errand; Ray's own retries are off, since whoever gave the errand decides on that."""

    def __init__(self, where: Where, tell: Tell) -> None:
        try:
            import ray
        except ImportError:
            raise ClassifierError("--engine ray needs the package ray: pip install newswinnow[ray]") from None
        self._ray, self._ours = ray, not ray.is_initialized()
        if self._ours:
            self._begin(where)
        super().__init__(where.jobs if where.address == "local" else self._processors(where))
        self._task = ray.remote(num_cpus=1, max_retries=0)(_alone)

    def _begin(self, where: Where) -> None:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray would report to its makers over the network
        quiet = {"logging_level": "error", "log_to_driver": False, "include_dashboard": False}
        os.environ.setdefault(
            "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0"
        )  # silences a warning about machines without one
        try:
            if where.address == "local":
                os.environ.update(ONE_THREAD)  # which its workers inherit
                os.environ.setdefault("RAY_raylet_start_wait_time_s", "120")
                self._ray.init(address="local", num_cpus=where.jobs, **quiet)
            else:
                del quiet["include_dashboard"]
                self._ray.init(address=where.address, **quiet)
        except Exception as error:  # it raises of the plainest kind where a node does not start in time
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise ClassifierError(f"Ray cannot be reached ({where.address}: {reason})") from None

    def _processors(self, where: Where) -> int:
        there = int(self._ray.cluster_resources().get("CPU", 1))
        return min(where.jobs, there) if where.jobs > 1 else max(1, there)

    def give(self, number: int, errand: Errand) -> None:
        self._futures[self._task.remote(errand)] = number

    def wait(self, seconds: float) -> list[Answer]:
        given = list(self._futures)
        ready, _ = self._ray.wait(given, num_returns=1, timeout=seconds)
        if ready:
            ready, _ = self._ray.wait(given, num_returns=len(given), timeout=0)
        return [self._answer(self._futures.pop(future), future) for future in ready]

    def _answer(self, number: int, future: Any) -> Answer:
        errors = self._ray.exceptions
        try:
            return Answer(number, self._ray.get(future))
        except errors.RayTaskError as error:
            return Answer(number, error=error.cause if isinstance(error.cause, Exception) else error)
        except errors.RayError as error:
            return Answer(number, died=f"a worker died ({type(error).__name__})")

    def close(self) -> None:
        for future in self._futures:
            with suppress(Exception):
                self._ray.cancel(future, force=True)
        self._futures = {}
        if self._ours:
            self._ray.shutdown()


class _Dask(_Futures):
    """Dask's distributed scheduler: that of its configuration (DASK_SCHEDULER_ADDRESS), or one of this machine."""

    def __init__(self, where: Where, tell: Tell) -> None:
        try:
            import dask
            import distributed
        except ImportError:
            raise ClassifierError("--engine dask needs the package distributed: pip install newswinnow[dask]") from None
        # A lost worker's errand comes back to us at once; it is not tried elsewhere behind our back.
        dask.config.set({"distributed.scheduler.allowed-failures": 0, "distributed.admin.log-format": "%(message)s"})
        self._dask, self._cluster = distributed, None
        if not dask.config.get("scheduler-address", None):
            options = {"n_workers": where.jobs, "threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}
            self._cluster = distributed.LocalCluster(**options)
        self._client = distributed.Client(self._cluster)
        threads = sum(self._client.nthreads().values())
        super().__init__(where.jobs if self._cluster else max(1, threads))

    def give(self, number: int, errand: Errand) -> None:
        self._futures[self._client.submit(_alone, errand, pure=False)] = number

    def wait(self, seconds: float) -> list[Answer]:
        with suppress(TimeoutError, self._dask.TimeoutError):
            self._dask.wait(list(self._futures), timeout=seconds, return_when="FIRST_COMPLETED")
        ready = [future for future in self._futures if future.done()]
        return [self._answer(self._futures.pop(future), future) for future in ready]

    def _answer(self, number: int, future: Any) -> Answer:
        try:
            return Answer(number, future.result())
        except self._dask.scheduler.KilledWorker:
            return Answer(number, died="a worker died")
        except Exception as error:
            return Answer(number, error=error)

    def close(self) -> None:
        self._futures = {}
        self._client.close()
        if self._cluster:
            self._cluster.close()


ENGINES: dict[str, Callable[[Where, Tell], Engine]] = {"local": _local, "ray": _Ray, "dask": _Dask}
