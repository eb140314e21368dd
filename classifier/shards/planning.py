"""Sources -> what is to be done for each of them, given what is written down of earlier runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..errors import InputError
from ..io import Caution, Source
from ..io.sources import why
from .assembly import Assembly, stands, told
from .cutting import PART, WHOLE, cut, travels
from .desk import Desk
from .ledger import Entry, Ledger
from .places import Places, Shape
from .work import Problem

_BUNDLE = 4 << 20  # bytes of small sources that travel together
_BUNDLED = 500  # sources
Given = tuple[Assembly, int]  # a part, by number


@dataclass(frozen=True)
class Orders:
    """What a run is to do.

    Attributes:
        folder: of the outputs.
        shapes: one for each text that the desk draws of a document.
        signature: whatever the outputs depend on beside the sources.
        overwrite: do everything again; ``retry_failed``: do again what was given up.
        part: bytes of a part.
    """

    folder: str
    shapes: Sequence[Shape]
    signature: str
    overwrite: bool = False
    retry_failed: bool = False
    part: int = PART


class Watcher(Protocol):
    """Who is told what happens."""

    def __call__(self, item: InputError | Caution) -> None:
        """Hear of something wrong."""

    def passed(self, amount: int, parts: int = 0, before: bool = False) -> None:
        """Hear that so many bytes and parts more have been done, now or ``before``."""

    def count(self, documents: int, foreign: int, left_out: int, before: bool = False) -> None:
        """Hear what was in a source that is whole now, or was ``before``."""

    def tick(self) -> None:
        """Be given time, a few times a second."""


class Plan:
    """What is to be done, source by source, made while it is carried out.

    Attributes:
        kept: paths of the outputs that stay inside ``.winnow``, in the order of the sources.
    """

    def __init__(self, orders: Orders, desk: Desk, ledger: Ledger, watch: Watcher) -> None:
        self.places = Places(orders.folder, orders.shapes)
        self.kept: list[str] = []
        self._orders, self._desk, self._ledger, self._watch = orders, desk, ledger, watch

    def bundles(self, sources: Iterable[Source | InputError]) -> Iterator[list[Given]]:
        """Yield parts that are to be made, small ones of several sources together.

        A source whose parts were all made before is yielded with -1 for the number.
        """
        bundle: list[Given] = []
        size = 0
        for source in sources:
            assembly = self._assembly(source)
            if not assembly or self._done(assembly):
                continue
            if assembly.ranges != [WHOLE] or assembly.source.size >= _BUNDLE or not travels(assembly.source):
                yield from self._parts(assembly)
                continue
            if len(bundle) == _BUNDLED or size + assembly.source.size > _BUNDLE:
                yield bundle
                bundle, size = [], 0
            bundle.append((assembly, 0))
            size += assembly.source.size
        if bundle:
            yield bundle

    def forecast(self, sources: Iterable[Source | InputError]) -> Iterator[tuple[str, Source, int]]:
        """Yield for each source ``done``, ``failed``, ``do`` or ``redo``, and how many parts there are to be made."""
        for source in sources:
            assembly = self._assembly(source, create=False)
            if not assembly:
                continue
            entry = self._standing(assembly)
            if entry and not self._again(entry):
                yield "failed" if entry["failed"] else "done", assembly.source, 0
            else:
                known = self._ledger.get(assembly.name) is not None
                yield "redo" if known else "do", assembly.source, self._adopted(assembly).count(False)

    def _assembly(self, source: Source | InputError, create: bool = True) -> Assembly | None:
        if isinstance(source, InputError):
            self._watch(source)
            return None
        try:
            names = self.places.names(source)
            for name in names:
                self.places.check(source, name, create)
            ranges = cut(source, self._desk.fields, self._orders.part)
        except InputError as error:
            self._watch(error)
            return None
        except OSError as error:
            self._watch(InputError(source.path, f"cannot be read ({why(error)})"))
            return None
        inside = [name for name, shape in zip(names, self._orders.shapes, strict=True) if not shape.ending]
        self.kept += map(self.places.path, inside)
        return Assembly(source, names, ranges, self._orders.signature, self.places)

    def _standing(self, assembly: Assembly) -> Entry | None:
        entry = None if self._orders.overwrite else self._ledger.get(assembly.name)
        return stands(entry, assembly.key, assembly.source.path, self.places)

    def _again(self, entry: Entry) -> bool:
        return bool(entry["failed"] and self._orders.retry_failed)

    def _done(self, assembly: Assembly) -> bool:
        """Tell whether nothing is to be done for a source, and if so, say what is known of it."""
        entry = self._standing(assembly)
        if not entry or self._again(entry):
            return False
        if entry != self._ledger.get(assembly.name):
            self._ledger.put(assembly.name, entry)
        for problem in entry["problems"]:
            self._watch(told(Problem(*problem)))
        if entry["untold"]:
            self._watch(InputError(assembly.source.path, f"{entry['untold']} more such errors"))
        self._watch.passed(assembly.source.size, len(assembly.ranges), before=True)
        documents, foreign, left_out = entry["counts"]
        self._watch.count(documents, foreign, left_out, before=True)
        return True

    def _adopted(self, assembly: Assembly) -> list[bool]:
        """Take over what parts there are; return for each whether it was."""
        names = [assembly.part_name(number) for number in range(len(assembly.ranges))]
        entries = [None if self._orders.overwrite else self._ledger.get(name) for name in names]
        return [assembly.adopt(number, entry) for number, entry in enumerate(entries)]

    def _parts(self, assembly: Assembly) -> Iterator[list[Given]]:
        adopted = self._adopted(assembly)
        for number, made in enumerate(adopted):
            if made:
                self._watch.passed(assembly.part(number).weight, 1, before=True)
            elif assembly.waiting is None:
                yield [(assembly, number)]
            else:
                assembly.waiting.append(number)
        if all(adopted):
            yield [(assembly, -1)]
