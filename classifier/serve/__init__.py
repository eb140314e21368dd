"""A small local server: the viewer to paste text into, and the same answers as the command line over HTTP."""

from __future__ import annotations

from .limits import Limits

__all__ = ["Limits"]
