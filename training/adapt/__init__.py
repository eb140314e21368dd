"""From a base and a small corpus to a model of one's own: every stage is the base's, corrected as far as that pays.

How far is chosen by cross-validation, and not at all is among the choices: what comes out judges unseen documents of
the corpus no worse than the base did.
"""

from .origin import Base
from .stages import adapt

__all__ = ["Base", "adapt"]
