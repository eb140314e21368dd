"""Hears what a run over parts has to say."""

from __future__ import annotations

from typing import Any


class Told:
    """Keeps it."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.done = self.parts = self.documents = 0

    def __call__(self, item: Any) -> None:
        self.problems.append(f"{item.where}: {item.reason}")

    def passed(self, amount: int, parts: int = 0, before: bool = False) -> None:
        self.done += amount
        self.parts += parts

    def count(self, documents: int, foreign: int, left_out: int, before: bool = False) -> None:
        self.documents += documents

    def tick(self) -> None: ...
