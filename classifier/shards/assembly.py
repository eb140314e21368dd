"""One source while its parts are done: what is planned, what has been made, and what is written down of it."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

from ..errors import InputError
from ..io import Caution, Source, format_of
from ..io.joining import TABLES
from .cutting import Range, border_of, lasts
from .desk import UNKNOWN
from .ledger import Entry
from .places import PARTS, Places, short
from .seal import Seal, content, digest_of, holds, look, own
from .work import Column, Made, Part, Problem

_TOLD = 100  # problems of a source that are remembered


class Assembly:
    """A source, its parts, and what was made of them.

    Attributes:
        names: its outputs, relative to the output folder.
        key: a digest of everything but the content of the source that its outputs depend on.
        made: by number of the part.
        lines: the number of each part's first line, where they had to be counted; ``waiting``: for that, these parts.
    """

    def __init__(
        self, source: Source, names: tuple[str, ...], ranges: list[Range], signature: str, places: Places
    ) -> None:
        self.source, self.names, self.ranges, self._places = source, names, ranges, places
        self.key = short("\n".join([signature, source.path, *names]))
        self.made: dict[int, Made] = {}
        self.lines: list[int] | None = None
        self.waiting: list[int] | None = None

    @property
    def name(self) -> str:
        """What it is called in the ledger."""
        return self.names[0]

    def part_name(self, number: int) -> str:
        """Return what a part is called in the ledger."""
        return f"{self.name}#{number}"

    @property
    def whole(self) -> bool:
        """Tell whether every part has been made."""
        return len(self.made) == len(self.ranges)

    def part(self, number: int) -> Part:
        """Return a part, to be made."""
        line = self.lines[number] if self.lines else UNKNOWN if number else 1
        header = number == 0
        columns = tuple(
            Column(self.temporary(number, i), self._places.path(name), shape.header if header else "")
            for i, (name, shape) in enumerate(zip(self.names, self._places.shapes, strict=True))
        )
        return Part(self.source, number, self.ranges[number], line, columns)

    def temporary(self, number: int, column: int) -> str:
        """Return where a part's output is until the whole is there; -1 is the whole."""
        return self._places.path(f"{PARTS}/{self.key}.{number}.{column}")

    def part_entry(self, number: int) -> Entry:
        """Return what is to be written down of a part."""
        return {"key": self.key, "range": list(self.ranges[number]), **_written(self.made[number])}

    def adopt(self, number: int, entry: Entry | None) -> bool:
        """Take over a part that was made before, where what it was made of has not changed and its files are there."""
        if not entry or entry.get("key") != self.key or len(self.ranges) == 1:
            return False
        seal = Seal.from_json(entry["input"])
        if entry["range"] != list(self.ranges[number]) or not self._unchanged(number, seal):
            return False
        for column, file in enumerate(entry["files"]):
            if file and not content(self.temporary(number, column), [(0, file[0], file[1])]):
                return False
        self.made[number] = _read(entry, seal)
        return True

    def _unchanged(self, number: int, seal: Seal) -> bool:
        """Tell whether a part still begins and ends where it did, with the same between; the rest may have grown."""
        path, ((start, size, _),) = self.source.path, seal.pieces
        try:
            if seal.look.same(look(path)):
                return True
            with open(path, "rb", buffering=0) as file:
                borders = [border_of(self.source, file, at) for at in self.ranges[number]]
        except OSError:
            return False
        return borders == [start, start + size] and content(path, seal.pieces)

    def entry(self, layouts: list[list[tuple[int, int]]]) -> Entry:
        """Return what is to be written down of the whole; ``layouts``: where each part lies in each output."""
        all_made = [self.made[number] for number in range(len(self.ranges))]
        seals = [made.seal for made in all_made if made.seal]
        pieces = tuple(piece for seal in seals for piece in seal.pieces)
        outputs = []
        for name, layout, column in zip(self.names, layouts, range(len(self.names)), strict=True):
            files = [made.files[column] for made in all_made]
            laid = [(start, size, file[1]) for (start, size), file in zip(layout, files, strict=False) if file]
            if len(files) > 1 and format_of(name) in TABLES and laid:  # no part's bytes are in the whole
                laid = [(0, layout[0][1], digest_of(self._places.path(name)))]
            outputs.append([name, own(self._places.path(name), laid).to_json()] if laid else [name, None])
        problems = [problem for problem in self.problems() if problem.error]
        return {
            "key": self.key,
            "input": Seal(seals[0].look, pieces).to_json(),
            "outputs": outputs,
            "counts": self.counts,
            "failed": any(made.failed for made in all_made),
            "problems": [list(problem) for problem in problems[:_TOLD]],
            "untold": max(0, len(problems) - _TOLD),
        }

    def given_up(self, reason: str) -> Entry:
        """Return what is to be written down where a part cannot be made; raises OSError."""
        return {
            "key": self.key,
            "input": Seal(look(self.source.path), ()).to_json(),
            "outputs": [[name, None] for name in self.names],
            "counts": [0, 0, 0],
            "failed": True,
            "problems": [list(Problem(True, self.source.path, reason))],
            "untold": 0,
        }

    @property
    def counts(self) -> tuple[int, int, int]:
        """Documents, those in another language, those left out."""
        made = self.made.values()
        return sum(m.documents for m in made), sum(m.foreign for m in made), sum(m.left_out for m in made)

    @property
    def usable(self) -> bool:
        """Tell whether what was made may be put in its place: all of it, or of a damaged source all there is."""
        if len(self.ranges) > 1:
            return all(made.good for made in self.made.values())
        made = self.made[0]
        return not made.unwritten and (made.seal is not None or not lasts(self.source))

    def joining(self) -> tuple[list[list[tuple[str, bool]]], list[tuple[str, str]]]:
        """Return for each output the files that it is joined of, and whether each ends with a line; where it goes."""
        pieces, targets = [], []
        for column, name in enumerate(self.names):
            files = [self.made[number].files[column] for number in range(len(self.ranges))]
            pieces.append([(self.temporary(n, column), file[2]) for n, file in enumerate(files) if file])
            targets.append((self.temporary(-1, column), name))
        return pieces, targets

    def discard(self) -> None:
        """Remove the files of the parts; those that are not there any more are in their place."""
        for number in self.made:
            for column in range(len(self.names)):
                with suppress(OSError):
                    os.unlink(self.temporary(number, column))

    def problems(self) -> list[Problem]:
        """Return the problems of all parts in order, with the numbers of their lines in the source."""
        found, line = [], 1
        for number in sorted(self.made):
            made = self.made[number]
            for problem in made.problems:
                if problem.line >= 0:
                    where = f"{problem.where}:{line + problem.line}"
                    problem = problem._replace(where=where, line=-1)
                found.append(problem)
            line += made.lines
        return found


def told(problem: Problem) -> InputError | Caution:
    """Return a problem as it is told to a person."""
    return (InputError if problem.error else Caution)(problem.where, problem.reason)


def stands(entry: Entry | None, key: str, path: str, places: Places) -> Entry | None:
    """Return the entry of a source for which nothing is to be done, as fresh as it can be; None where there is."""
    if not entry or entry.get("key") != key:
        return None
    seal = Seal.from_json(entry["input"])
    if not (now := holds(seal, path)):
        return None
    outputs: list[Any] = []
    for name, written in entry["outputs"]:
        if written is None:
            outputs.append([name, None])
            continue
        output = Seal.from_json(written)
        if not (found := holds(output, places.path(name))):
            return None
        outputs.append([name, output._replace(look=found._replace(settled=True)).to_json()])
    return {**entry, "input": seal._replace(look=now).to_json(), "outputs": outputs}


def _written(made: Made) -> Entry:
    assert made.seal
    return {
        "input": made.seal.to_json(),
        "lines": made.lines,
        "counts": [made.documents, made.foreign, made.left_out],
        "files": made.files,
        "problems": [list(problem) for problem in made.problems],
    }


def _read(entry: Entry, seal: Seal) -> Made:
    files = [tuple(file) if file else None for file in entry["files"]]
    problems = [Problem(*problem) for problem in entry["problems"]]
    documents, foreign, left_out = entry["counts"]
    return Made(seal, entry["lines"], documents, foreign, left_out, files, problems)
