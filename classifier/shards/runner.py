"""A plan -> errands for an engine -> outputs; what dies is tried again, what is whole is put in its place."""

from __future__ import annotations

import errno
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any, NoReturn

from ..errors import InputError
from ..io import Source
from ..io.sources import why
from ..workers import Answer, Engine, Errand, Here
from .assembly import Assembly, told
from .cutting import travels
from .desk import Desk
from .ledger import Ledger
from .lock import Lock
from .places import PARTS
from .planning import Given, Orders, Plan, Watcher
from .work import FULL, Bench, Made, count_lines, put_together

ATTEMPTS = 4  # of a part whose worker dies
_EVERY = 0.2  # seconds between two looks at the clock


@dataclass
class _Task:
    """An errand with what it is for: ``make`` parts, ``number`` the lines of a source, ``join`` its parts."""

    kind: str
    errand: Errand
    given: list[Given]
    attempts: int = 1
    told: int = 0

    @property
    def weight(self) -> int:
        return sum(assembly.part(number).weight for assembly, number in self.given) if self.kind == "make" else 0


class Run:
    """One run over some sources into a folder."""

    def __init__(self, orders: Orders, desk: Desk, watch: Watcher) -> None:
        self._orders, self._desk, self._watch, self._bench = orders, desk, watch, Bench(desk)
        self._tasks: dict[int, _Task] = {}
        self._again: deque[_Task] = deque()
        self._numbers = count()
        self._running: _Task | None = None
        self._finished = 0
        self._settled: dict[str, Callable[[_Task, Any], None]] = {
            "make": self._made,
            "number": self._numbered,
            "join": self._joined,
        }

    def forecast(self, sources: Iterable[Source | InputError]) -> Iterator[tuple[str, Source, int]]:
        """Yield for each source what would be done (``do``, ``redo``, ``done``, ``failed``), and for how many parts."""
        ledger = Ledger(self._orders.folder, read_only=True)
        return Plan(self._orders, self._desk, ledger, self._watch).forecast(sources)

    def run(
        self, sources: Iterable[Source | InputError], start: Callable[[Callable[[int], None]], Engine]
    ) -> list[str]:
        """Do everything; return the paths of the outputs that stay inside ``.winnow``, in order.

        Args:
            sources: what is to be read.
            start: makes the engine, given a function that hears how far an errand in this process has come.

        Raises:
            InputError: the folder cannot be used, is in use by another run, or there is no room left in it.
        """
        with ExitStack() as stack:
            try:
                stack.enter_context(Lock(self._orders.folder))
                os.makedirs(os.path.join(self._orders.folder, PARTS), exist_ok=True)
                self._ledger = Ledger(self._orders.folder)
                stack.callback(self._ledger.close)
                self._clean()
                stack.callback(self._clean)
                engine = start(self._hear)
                stack.callback(engine.close)
                plan = Plan(self._orders, self._desk, self._ledger, self._watch)
                self._places = plan.places
                self._work(plan.bundles(sources), engine)
            except OSError as error:
                if error.errno in FULL:
                    self._no_room()
                raise InputError(self._orders.folder, f"cannot be written ({why(error)})") from error
            return plan.kept

    def _work(self, bundles: Iterator[list[Given]], engine: Engine) -> None:
        here = Here(self._hear)
        while True:
            while engine.room > 0 and (task := self._next(bundles)):
                where = engine if travels(task.given[0][0].source) else here
                self._give(task, where)
                if where is here:
                    self._settle(here.wait(0))
            if not engine.busy:
                return
            self._settle(engine.wait(_EVERY))
            self._watch.tick()

    def _next(self, bundles: Iterator[list[Given]]) -> _Task | None:
        if self._again:
            return self._again.popleft()
        bundle = next(bundles, None)
        if bundle is None:
            return None
        return self._joining(bundle[0][0]) if bundle[0][1] < 0 else self._making(bundle)

    def _give(self, task: _Task, engine: Engine) -> None:
        number = next(self._numbers)
        self._tasks[number] = self._running = task
        engine.give(number, task.errand)

    def _hear(self, amount: int) -> None:
        """Hear how far the errand in this process has come."""
        if self._running:
            self._running.told += amount
        self._watch.passed(amount)
        self._watch.tick()

    def _settle(self, answers: Iterable[Answer]) -> None:
        for answer in answers:
            task = self._tasks[answer.number]
            if answer.told is not None:
                task.told += answer.told
                self._watch.passed(answer.told)
                continue
            del self._tasks[answer.number]
            if answer.died or answer.error:
                self._watch.passed(-task.told)
                self._failed(task, answer)
            else:
                self._watch.passed(task.weight - task.told, len(task.given) * (task.kind == "make"))
                self._settled[task.kind](task, answer.value)

    # Errands

    def _making(self, given: list[Given], attempts: int = 1) -> _Task:
        return _Task("make", partial(self._bench, [a.part(number) for a, number in given]), given, attempts)

    def _numbering(self, assembly: Assembly) -> _Task:
        return _Task("number", partial(count_lines, assembly.source, assembly.ranges), [(assembly, -1)])

    def _joining(self, assembly: Assembly) -> _Task:
        pieces, targets = assembly.joining()
        return _Task("join", partial(put_together, pieces, targets), [(assembly, -1)])

    # What came of them

    def _failed(self, task: _Task, answer: Answer) -> None:
        """Try again, a bundle in two halves, so that what kills its worker is found out and takes nothing with it."""
        if len(task.given) > 1:
            half = len(task.given) // 2
            self._again += [self._making(task.given[:half]), self._making(task.given[half:])]
        elif answer.died and task.attempts < ATTEMPTS:
            task.attempts, task.told = task.attempts + 1, 0
            self._again.append(task)
        else:
            error = answer.error
            reason = f"{answer.died}, {task.attempts} times" if answer.died else f"{type(error).__name__}: {error}"
            self._give_up(task.given[0][0], reason)

    def _give_up(self, assembly: Assembly, reason: str) -> None:
        self._watch(InputError(assembly.source.path, reason))
        with suppress(OSError):
            self._ledger.put(assembly.name, assembly.given_up(reason))

    def _made(self, task: _Task, all_made: list[Made]) -> None:
        for (assembly, number), made in zip(task.given, all_made, strict=True):
            if made.full:
                self._no_room()
            elif made.numberless:
                self._watch.passed(-assembly.part(number).weight, -1)
                self._number(assembly, number)
            else:
                assembly.made[number] = made
                self._one_more(assembly, number)

    def _number(self, assembly: Assembly, number: int) -> None:
        """See that the lines are counted, and then make the part."""
        if assembly.lines:
            self._again.append(self._making([(assembly, number)]))
        elif assembly.waiting is None:
            assembly.waiting = [number]
            self._again.append(self._numbering(assembly))
        else:
            assembly.waiting.append(number)

    def _numbered(self, task: _Task, lines: list[int]) -> None:
        assembly = task.given[0][0]
        assembly.lines, waiting, assembly.waiting = lines, assembly.waiting or [], None
        self._again += [self._making([(assembly, number)]) for number in waiting]

    def _one_more(self, assembly: Assembly, number: int) -> None:
        several = len(assembly.ranges) > 1
        if several and assembly.made[number].good:
            self._ledger.put(assembly.part_name(number), assembly.part_entry(number))
        if not assembly.whole:
            return
        for problem in assembly.problems():
            self._watch(told(problem))
        if not assembly.usable:
            assembly.discard()
        elif several:
            self._again.append(self._joining(assembly))
        else:
            self._put(assembly, [[(0, file[0])] if file else [] for file in assembly.made[0].files], 0)

    def _joined(self, task: _Task, layouts: Any) -> None:
        assembly = task.given[0][0]
        if isinstance(layouts, OSError):
            raise layouts
        self._put(assembly, layouts, -1)
        for number in range(len(assembly.ranges)):
            self._ledger.drop(assembly.part_name(number))
        assembly.discard()

    def _put(self, assembly: Assembly, layouts: list[list[tuple[int, int]]], which: int) -> None:
        """Put what is whole in its place, and write that down."""
        for column, name in enumerate(assembly.names):
            if layouts[column]:
                self._places.put(assembly.temporary(which, column), name)
            elif self._ledger.get(assembly.name):  # an earlier run may have left something here
                with suppress(OSError):
                    os.unlink(self._places.path(name))
        if all(made.seal for made in assembly.made.values()):
            self._ledger.put(assembly.name, assembly.entry(layouts))
        self._watch.count(*assembly.counts)
        self._finished += 1

    def _no_room(self) -> NoReturn:
        done = f"{self._finished} output{'s' * (self._finished != 1)}"
        reason = f"no space left; {done} and every finished part stay; run again when there is room"
        raise InputError(self._orders.folder, reason) from OSError(errno.ENOSPC, "no space left on device")

    def _clean(self) -> None:
        """Remove what unfinished parts left behind, here or in a run that was killed."""
        folder = os.path.join(self._orders.folder, PARTS)
        known = {f"{key}.{number}" for key, number in self._ledger.parts()}
        with suppress(OSError):
            for name in os.listdir(folder):
                if name.rpartition(".")[0] not in known:
                    with suppress(OSError):
                        os.unlink(os.path.join(folder, name))
