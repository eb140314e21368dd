"""Sources in, a folder of outputs out: cut into parts, done anywhere, whole or not at all, and never twice."""

from __future__ import annotations

from .desk import Desk, Drawing, Drawn, batches
from .engines import ENGINES, Where, start
from .places import Shape
from .planning import Orders, Watcher
from .runner import Run

__all__ = ["ENGINES", "Desk", "Drawing", "Drawn", "Orders", "Run", "Shape", "Watcher", "Where", "batches", "start"]
