"""winnow: reporting, opinion, comments and boilerplate of a page's text, told apart sentence by sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import ClassifierError, InputError, ModelError, ModelMismatch, ModelNotFound
from .labels import LABELS

if TYPE_CHECKING:
    from .classify import Classifier
    from .integrations.sklearn import WinnowFilter
    from .result import DocumentResult, Segment
    from .text import Document

__version__ = "0.1.0"
__all__ = [
    "LABELS", "Classifier", "ClassifierError", "Document", "DocumentResult", "InputError", "ModelError",
    "ModelMismatch", "ModelNotFound", "Segment", "WinnowFilter", "__version__",
]  # fmt: skip
_LAZY = {
    "Classifier": "classify", "Document": "text", "DocumentResult": "result", "Segment": "result",
    "WinnowFilter": "integrations.sklearn",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_LAZY[name]}", __name__), name)
