"""Everything the library raises on purpose.

ClassifierError
├── InputError         a document, record or file that cannot be read; carries where
├── MissingExtra       a package that is not installed; names the extra that brings it
└── ModelError
    ├── ModelNotFound  no artifact at that name or path
    └── ModelMismatch  an artifact that is damaged, hostile, or of another format
"""

from __future__ import annotations


class ClassifierError(Exception):
    """Base class; its message is one line meant for a person."""


class InputError(ClassifierError):
    """Input that cannot be used; ``where`` is ``path`` or ``path:line``."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.where = where
        self.reason = reason

    def __reduce__(self) -> tuple[type[InputError], tuple[str, str]]:
        return type(self), (self.where, self.reason)


class MissingExtra(ClassifierError, ImportError):
    """A neighbour's package is not installed; whoever expects an ImportError gets one."""


class ModelError(ClassifierError):
    """A model that cannot be used."""


class ModelNotFound(ModelError):
    """No artifact at the name or path given."""


class ModelMismatch(ModelError):
    """The artifact is damaged, hostile, or of a format this version does not read."""
