"""Formats: files, folders and streams in, records with a name out; results back into files, whole or not at all."""

from __future__ import annotations

from .outputs import Destination, Folder, OneFile, format_of
from .reading import Caution, Fields, Record, Stretch, read, records
from .records import rewrite
from .sources import Source, walk
from .writing import TSV_HEADER, dump, segment_rows, visible

__all__ = [
    "TSV_HEADER",
    "Caution",
    "Destination",
    "Fields",
    "Folder",
    "OneFile",
    "Record",
    "Source",
    "Stretch",
    "dump",
    "format_of",
    "read",
    "records",
    "rewrite",
    "segment_rows",
    "visible",
    "walk",
]  # fmt: skip
