"""The record of a report -> the card of somebody's own model, ``README.md`` in its folder.

The card of the shipped model is ``training.card``'s. skops' card tools describe scikit-learn estimators, which a winnow
model is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from classifier.io import visible
from classifier.labels import LABELS

from ..tables import bounds, share
from ..terms import TERMS
from .page import advice, summary

_USE = """\
It labels every sentence of the plain text of a page with one of the labels below, each with a calibrated probability:
`winnow classify --model PATH page.txt`, `winnow filter --model PATH --keep LABELS page.txt`. Some labels are wrong, and
nobody should be judged by one of them. On pages unlike those it was judged on, the figures do not hold."""


def model_card(record: Mapping[str, Any], report: str | None = None) -> str:
    """Return the card, as Markdown with the front matter that model hubs read; ``report`` is the page's file name."""
    model, link = record["model"], f" The whole report, with pictures: [{report}]({report})." if report else ""
    parts = {
        "Use": _USE,
        "How good it is": f"{summary(record)}{link}\n\n{_figures(record)}",
        "Before you trust it": "\n".join(f"- {_plain(caution)}" for caution in record["cautions"]),
        "What to use": "\n".join(f"- {_plain(said)}" for said in _advice(record)),
        "Labels": _table(["label", "meaning"], [[label, LABELS.get(label, "")] for label in model["labels"]]),
        "What it learned from": _corpus(record["corpus"]),
        "Settings": _table(["setting", "value"], [[name, value] for name, value in record["settings"].items()]),
        "Made with": ", ".join(f"{name} {version}" for name, version in model.get("created_with", {}).items()),
    }
    sections = "".join(f"\n## {name}\n\n{text}\n" for name, text in parts.items() if text)
    return f"{_front(model)}\n# Model card: {_plain(model['name'])}\n{sections}"


def _front(model: Mapping[str, Any]) -> str:
    languages = "".join(f"\n- {_plain(language)}" for language in model.get("languages", []))
    return f"---\nlibrary_name: newswinnow\npipeline_tag: token-classification\nlanguage:{languages or ' []'}\n---\n"


def _figures(record: Mapping[str, Any]) -> str:
    figures, rows = record["figures"], []
    for label, found in figures["labels"].items():
        interval = bounds(figures["intervals"]["labels"][label]["f1"])
        rows.append([label, *(share(found[part]) for part in ("precision", "recall", "f1")), interval, found["words"]])
    rows.append(
        ["macro-F1", "", "", share(figures["macro_f1"]), bounds(figures["intervals"]["macro_f1"]), figures["words"]]
    )
    return _table(["label", "precision", "recall", "F1", "95 %", "words"], rows)


def _advice(record: Mapping[str, Any]) -> list[str]:
    return [advice(label, row) for label, rows in record["thresholds"].items() for row in rows]


def _corpus(corpus: Mapping[str, Any]) -> str:
    counts = ", ".join(f"{value:,} {name}" for name, value in corpus.items() if type(value) is int)
    opening = f"{counts or 'Not recorded'}; SHA-256 of all of it `{corpus.get('digest', 'not known')}`."
    if base := corpus.get("base"):
        opening += f" It started from the model {_plain(base.get('name'))} (weights `{_plain(base.get('weights'))}`)."
    sources = corpus.get("sources")
    rows = [
        [
            name,
            found.get("documents", ""),
            found.get("comments", ""),
            found.get("sentences", ""),
            TERMS.get(name, "not known"),
        ]
        for name, found in sorted(sources.items() if isinstance(sources, Mapping) else [])
    ]
    head = ["source", "documents", "comments", "sentences", "terms"]
    return opening + (f"\n\n{_table(head, rows)}" if rows else "")


def _table(head: list[str], rows: list[list[Any]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_plain(cell) for cell in row)} |" for row in lines) if rows else ""


def _plain(value: object) -> str:
    """Return a value as it may stand in a line of Markdown: no markup of its own, no second line."""
    shown = visible(str(value))
    for sign in "\\|<>[]`":
        shown = shown.replace(sign, f"\\{sign}")
    return shown
