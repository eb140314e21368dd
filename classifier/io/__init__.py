"""Formats: files, folders and streams in, records with a name out; results back into files, whole or not at all."""

from __future__ import annotations

from .changes import Change, Verdicts
from .decoding import first_line
from .dolma import attributes, nothing
from .outputs import Destination, Folder, OneFile, format_of, sink_for
from .reading import Caution, Fields, Record, Stretch, read, records
from .records import rewrite
from .shapes import RECORDS, ending, joined, labelled, marked, written
from .sources import FORMATS, SUFFIXES, Source, is_folder, is_remote, known_suffix, walk
from .writing import TSV_HEADER, dump, segment_rows, visible

__all__ = [
    "FORMATS",
    "RECORDS",
    "SUFFIXES",
    "TSV_HEADER",
    "Caution",
    "Change",
    "Destination",
    "Fields",
    "Folder",
    "OneFile",
    "Record",
    "Source",
    "Stretch",
    "Verdicts",
    "attributes",
    "dump",
    "ending",
    "first_line",
    "format_of",
    "is_folder",
    "is_remote",
    "joined",
    "known_suffix",
    "labelled",
    "marked",
    "nothing",
    "read",
    "records",
    "rewrite",
    "segment_rows",
    "sink_for",
    "visible",
    "walk",
    "written",
]  # fmt: skip
