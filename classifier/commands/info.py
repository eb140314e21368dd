"""``winnow info``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from ..classify import Classifier
from ..io import OneFile, dump, visible
from .options import examples, model_option

EXAMPLES = examples("winnow info", "winnow info --model models/mine", "winnow info --json | jq .scores")


@click.command(epilog=EXAMPLES)
@model_option
@click.option("--json", "as_json", is_flag=True, help="The manifest as one JSON object.")
def info(model: str | None, as_json: bool) -> None:
    """Show what a model is: labels, languages, training, scores."""
    manifest = Classifier.load(model).manifest.to_dict()
    shown = [dump(manifest)] if as_json else _lines(manifest)
    with OneFile("-") as output:
        output.write("".join([line + "\n" for line in shown]))


def _lines(value: dict[str, Any], indent: str = "") -> Iterator[str]:
    width = max([len(str(key)) for key in value], default=0)
    for key, item in value.items():
        name = visible(str(key))
        if isinstance(item, dict) and item:
            yield f"{indent}{name}"
            yield from _lines(item, indent + "  ")
        else:
            yield f"{indent}{name:<{width}}  {_shown(item)}"


def _shown(item: Any) -> str:
    if isinstance(item, list | tuple) and not any(isinstance(part, dict | list | tuple) for part in item):
        return ", ".join(map(_shown, item))
    return visible(item if isinstance(item, str) else dump(item))
