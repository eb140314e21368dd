"""Annotations that travel without their text: spans, and the digest of the text they belong to."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from classifier.errors import InputError

from .corpus import json_objects, span_of
from .soft import digest_of

_EXAMPLES = """\b
Examples:
  winnow corpus join data/annotations.jsonl.gz ../shared/corpus/unlabelled.jsonl --output annotated.jsonl.gz
"""


def join(annotations: Path, texts: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """Lay each annotation over the text of the same id and yield corpus records, in the order of the annotations.

    A text ends where its last span ends: what nobody labelled is not learned from.

    Raises:
        InputError: a text is missing, or is not the one that was annotated (its SHA-256 differs).
    """
    rows = list(json_objects(annotations))
    wanted = {json.dumps(row.get("id")) for _, row in rows}
    found: dict[str, str] = {}
    for path in texts:
        for _, record in json_objects(path):
            name = json.dumps(record.get("id"))
            if name in wanted and isinstance(record.get("text"), str):
                found[name] = record["text"]
    for where, row in rows:
        text = found.get(json.dumps(row.get("id")))
        if text is None:
            raise InputError(where, f"there is no text with id {row.get('id')!r}")
        yield _joined(where, row, text)


def _joined(where: str, row: dict[str, Any], text: str) -> dict[str, Any]:
    if digest_of(text) != row.get("sha256"):
        raise InputError(where, f"the text of {row.get('id')!r} is not the one that was annotated (its digest differs)")
    spans = row.get("spans")
    if not isinstance(spans, list) or not spans:
        raise InputError(where, '"spans" must be a list of [start, end, label]')
    end = max(span_of(where, span, len(text))[1] for span in spans)
    rest = {key: value for key, value in row.items() if key not in ("sha256", "spans")}
    return {**rest, "text": text[:end], "spans": spans}


@click.command(name="join", epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("annotations", type=click.Path(path_type=Path))
@click.argument("texts", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--output", required=True, type=click.Path(path_type=Path), help="JSONL, .gz by its name.")
def join_command(annotations: Path, texts: tuple[Path, ...], output: Path) -> None:
    """Lay stand-off ANNOTATIONS over the TEXTS they belong to; the result is a corpus for ``winnow train``."""
    lines = "".join(json.dumps(record) + "\n" for record in join(annotations, texts)).encode()
    beside = output.with_name(output.name + ".new")
    beside.write_bytes(gzip.compress(lines, mtime=0) if output.suffix == ".gz" else lines)
    beside.replace(output)
    click.echo(f"{output}: {lines.count(10)} documents", err=True)
