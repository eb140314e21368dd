"""The same documents under two models: what changed, most telling first."""

from __future__ import annotations

from .changes import Change, Difference, compare
from .page import write_page
from .sides import Both, Pair, Results, side
from .told import told, told_as_record

__all__ = [
    "Both",
    "Change",
    "Difference",
    "Pair",
    "Results",
    "compare",
    "side",
    "told",
    "told_as_record",
    "write_page",
]
