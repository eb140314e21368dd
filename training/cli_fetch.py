"""``winnow corpus fetch``: bring the corpus that the shipped model learned from, and prove that it is the same."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import click

from classifier import artifact
from classifier.artifact import model_folder
from classifier.errors import ClassifierError, InputError

from .corpus import corpus_digest, read_comments, read_corpus, read_sentences, read_trails
from .fetching import Source, fetch, read_registry
from .standoff import join

DATA = Path(__file__).resolve().parents[1] / "data"
ANNOTATED = "annotated.jsonl.gz"
_OURS = ("written.jsonl", "pages.jsonl")  # lie in the folder of the registry, with the annotations
_EXAMPLES = """\b
Examples:
  winnow corpus fetch --list
  winnow corpus fetch --output corpus --from https://mirror.example/winnow
  winnow corpus fetch --output corpus --from ../shared/corpus --verify default
"""


@click.command(name="fetch", epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--output", type=click.Path(path_type=Path), metavar="DIR", help="Folder for the corpus.")
@click.option("--from", "served", metavar="URL_OR_DIR", help="Who serves the files.  [default: each one's own address]")
@click.option("--verify", metavar="MODEL", default="default", show_default=True, help="Whose corpus it should be.")
@click.option("--data", type=click.Path(path_type=Path), default=DATA, help="Folder with sources.json and annotations.")
@click.option("--list", "listing", is_flag=True, help="Show what would be fetched from where; fetch nothing.")
def fetch_command(output: Path | None, served: str | None, verify: str, data: Path, listing: bool) -> None:
    """Fetch the texts that the shipped model learned from, lay our annotations over them, and check the whole.

    Every file is checked by its SHA-256 and taken up again where a download broke off. The texts belong to their
    authors and sites and are not part of winnow; for a source without a stable public address, --from says who serves
    it. At the end the digest of the corpus is held against the one in MODEL's manifest: exit status 0 where they are
    the same.
    """
    sources = read_registry(data / "sources.json")
    if listing:
        click.echo("\n".join(_listed(source) for source in sources))
        return
    if output is None:
        raise click.UsageError("Missing option '--output'.")
    _bring(sources, output, served)
    _annotate(data, output)
    _prove(data, output, verify)
    click.echo(f"winnow train {_command(data, output)} --output my-default", err=True)


def _listed(source: Source) -> str:
    where = source.url or "no stable public address"
    return f"{source.name}\t{source.bytes / 1e6:.1f} MB\t{source.licence}\t{where}\t{source.holds}"


def _bring(sources: list[Source], output: Path, served: str | None) -> None:
    """Fetch what is not there; what fails is named, the rest is fetched, and then it ends."""
    failed = 0
    for source in sources:
        try:
            with click.progressbar(
                length=source.bytes, label=source.name, file=sys.stderr, hidden=not sys.stderr.isatty()
            ) as bar:
                brought = fetch(source, output, served, bar.update)
            click.echo(f"{output / source.name}: {'fetched' if brought else 'there already'}", err=True)
        except InputError as error:
            failed += 1
            click.echo(f"winnow: error: {error}", err=True)
    if failed:
        raise click.exceptions.Exit(1)


def _annotate(data: Path, output: Path) -> None:
    records = join(data / "annotations.jsonl.gz", [output / "unlabelled.jsonl"])
    lines = "".join(json.dumps(record) + "\n" for record in records).encode()
    beside = output / f".{ANNOTATED}.new"
    beside.write_bytes(gzip.compress(lines, mtime=0))
    beside.replace(output / ANNOTATED)
    click.echo(f"{output / ANNOTATED}: {lines.count(10)} annotated documents", err=True)


def corpus_of(data: Path, corpus: Path) -> str:
    """Return the digest of the corpus as training would write it into a manifest; raises InputError."""
    documents = read_corpus([corpus / "pages.jsonl", corpus / ANNOTATED, *(data / name for name in _OURS)])
    sentences = [s for s in read_sentences(corpus / "sentences.jsonl") if s.split != "dev_test"]
    trails = [trail for folder in (corpus, data) for trail in read_trails(folder / "trails.jsonl")]
    return corpus_digest(documents, sentences, read_comments(corpus / "comments.jsonl"), trails)


def _prove(data: Path, output: Path, model: str) -> None:
    recorded = artifact.read_manifest(model_folder(model)).corpus
    found, wanted = corpus_of(data, output), recorded.get("read", recorded.get("digest"))
    if found != wanted:
        raise ClassifierError(
            f"{output} is not the corpus that {model} learned from: its SHA-256 is {found}, not {wanted}"
        )
    click.echo(f"{output}: the corpus that {model} learned from, SHA-256 {found}", err=True)


def _command(data: Path, output: Path) -> str:
    pages = [output / "pages.jsonl", output / ANNOTATED, *(data / name for name in _OURS)]
    more = [f"--{kind} {output / f'{kind}.jsonl'}" for kind in ("comments", "trails", "sentences")]
    return " ".join([*map(str, pages), *more, f"--trails {data / 'trails.jsonl'}"])
