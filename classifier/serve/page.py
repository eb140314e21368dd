"""The page to paste text into: the viewer, empty, with a place where documents come in."""

from __future__ import annotations

from functools import lru_cache

from ..labels import display_order
from ..view import SCRIPTS, about, head, policy, tail
from .limits import Limits

_SCRIPTS = (*SCRIPTS, "intake")
PAGE_POLICY = {"content-security-policy": policy(_SCRIPTS, served=True) + "; frame-ancestors 'none'"}


@lru_cache(maxsize=4)
def page(model: str, labels: tuple[str, ...], limits: Limits) -> str:
    """Return the page for a model with ``labels``."""
    known = about(model, display_order(labels)) | {"limits": {"body": limits.body, "documents": limits.documents}}
    return head(_SCRIPTS, served=True) + tail(known, scripts=_SCRIPTS)
