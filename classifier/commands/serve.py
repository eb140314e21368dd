"""``winnow serve``."""

from __future__ import annotations

import os

import click

from ..errors import InputError
from .options import examples, model_option
from .report import say

EXAMPLES = examples(
    "winnow serve                          # then open the address that it prints",
    "winnow serve --model ./my-model --port 9000 --jobs 4",
    "curl -s --data-binary @page.txt -H 'Content-Type: text/plain' localhost:8475/classify",
    "curl -s --data-binary @page.txt -H 'Content-Type: text/plain' 'localhost:8475/filter?keep=reporting'",
    "curl -sT crawl.jsonl -X POST -H 'Content-Type: application/x-ndjson' localhost:8475/classify",
)
_MEGABYTES = click.IntRange(1, 4000)


@click.command(epilog=EXAMPLES)
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", metavar="N", type=click.IntRange(0, 65535), default=8475, show_default=True, help="0: any.")
@click.option("--allow-host", metavar="NAME", multiple=True, help="Answer also to this name in the Host header.")
@model_option
@click.option("--jobs", metavar="N", type=click.IntRange(1, 256), help="Workers. [default: one a core, at most 4]")
@click.option("--max-body", metavar="MB", type=_MEGABYTES, default=32, show_default=True, help="One body, or line.")
@click.option("--max-document", metavar="MB", type=_MEGABYTES, default=16, show_default=True, help="One document.")
@click.option(
    "--max-documents", metavar="N", type=click.IntRange(1), default=1000, show_default=True, help="In a list."
)
def serve(
    host: str,
    port: int,
    allow_host: tuple[str, ...],
    model: str | None,
    jobs: int | None,
    max_body: int,
    max_document: int,
    max_documents: int,
) -> None:
    """Serve a page to paste text into, and answers over HTTP, on this machine.

    POST /classify and /filter take one record, a list, a stream of lines, or plain text; /openapi.json says all. Text
    is held in memory while it is judged and written nowhere. Needs the extra: pip install newswinnow[serve].
    """
    try:
        from ..serve import Limits
        from ..serve.server import address_of, is_loopback, listen
        from ..serve.server import serve as run
    except ImportError as error:
        raise InputError("serve", f"needs the package {error.name}: pip install newswinnow[serve]") from None
    from ..classify import Classifier

    classifier = Classifier.load(model)
    limits = Limits(max_body * 1_000_000, max_document * 1_000_000, max_documents)
    with listen(host, port) as bound:
        if not is_loopback(bound):
            say("warning: whoever reaches this address can use the server; it asks nobody who they are")
        told = f"the model {classifier.name} listens on {address_of(bound)} (Ctrl-C ends it)"
        run(bound, classifier, limits, jobs or _cores(), {name.lower() for name in allow_host}, lambda: say(told))


def _cores() -> int:
    return min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
