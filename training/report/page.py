"""The record of a report -> one HTML page that needs nothing else and runs nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from classifier.labels import LABELS

from ..tables import bounds, share
from .markup import escape, foreign, policy, table
from .passages import mistakes
from .pictures import curve_picture, interval_picture, reliability_picture

Record = Mapping[str, Any]
_CODE = r"<code>\g<0></code>"
_OPTION = re.compile(r"--min-score( [\d.]*\d)?")


def page(record: Record) -> str:
    """Return the page of a record of ``evidence``."""
    style = stylesheet()
    sections = {
        "How good it is, by label": _labels(record),
        "What to use": _thresholds(record),
        "Can the scores be trusted": _reliability(record),
        "Precision and recall": _curves(record),
        "What is taken for what": _confusion(record),
        "Also judged": _suites(record["suites"]),
        "By source": _groups(record["by"].get("source", {}), record),
        "By site": _groups(record["by"].get("site", {}), record),
        "Worst mistakes": mistakes(record["mistakes"], colours(record)),
        "What it learned from": _corpus(record),
        "Settings and digests": _settings(record),
    }
    body = "".join(f"<section>\n<h2>{name}</h2>\n{text}</section>\n" for name, text in sections.items() if text)
    head = (files(__package__) / "assets" / "report.html").read_text("utf-8")
    name = escape(record["model"]["name"])
    title = f"<h1>How good is the model {foreign(record['model']['name'])}?</h1>\n"
    return (
        head.replace("{{policy}}", policy(style)).replace("{{style}}", style).replace("{{name}}", name)
        + f"<header>\n{title}{_opening(record)}</header>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )


def stylesheet() -> str:
    """Return the page's style: its own, after the labels' colours of the view's page, which are written there."""
    view = (files("classifier.view") / "assets" / "page.css").read_text("utf-8")
    shared = [line for line in view.splitlines() if line.startswith(".l") and "--c:" in line]
    return "\n".join(shared) + "\n" + (files(__package__) / "assets" / "report.css").read_text("utf-8")


def colours(record: Record) -> dict[str, str]:
    """Return the class that colours each label, in display order."""
    return {label: f"l{i % 20}" for i, label in enumerate(record["figures"]["labels"])}


def summary(record: Record) -> str:
    """Return the whole report in two or three plain sentences."""
    figures, basis = record["figures"], record["basis"]["sentence"]
    judged = f"Judged on {record['judged']['documents']:,} documents, {figures['words']:,} words: {basis}."
    if figures["macro_f1"] is None:
        return f"{judged} None of them has a label."
    found = {label: row["f1"] for label, row in figures["labels"].items() if row["f1"] is not None and row["words"]}
    best, least = max(found, key=lambda label: found[label]), min(found, key=lambda label: found[label])
    interval = figures["intervals"]["macro_f1"]
    between = f" (95 % interval {interval[0]:.3f} to {interval[1]:.3f})" if interval else ""
    ends = f" Best is {best} ({found[best]:.3f}), worst {least} ({found[least]:.3f})." if best != least else ""
    return f"{judged} Macro-F1 {figures['macro_f1']:.3f}{between}.{ends}"


def advice(label: str, row: Mapping[str, float | None]) -> str:
    """Return what a row of the threshold table says, as a sentence."""
    target = f"{100 * (row['target'] or 0):.0f} %"
    if row["min_score"] is None or row["kept"] is None:
        return f"No --min-score makes {label} {target} precise here, or too little would be left to tell."
    if row["min_score"] == 0:
        return f"{label} is {target} precise as it is: no --min-score is needed; you keep {100 * row['kept']:.0f} %."
    return (
        f"For {target} precise {label} use --min-score {score(row['min_score'])}: you keep {100 * row['kept']:.0f} %."
    )


def score(value: float) -> str:
    """Return a ``--min-score`` as one types it: two decimals, three where they are needed."""
    return f"{value:.2f}" if round(value, 2) == value else f"{value:g}"


def _opening(record: Record) -> str:
    said = [f'<p class="summary">{escape(summary(record))}</p>\n']
    if record["cautions"]:
        items = "".join(f"<li>{escape(caution)}</li>\n" for caution in record["cautions"])
        said.append(f'<div class="cautions"><h2>Before you trust it</h2>\n<ul>\n{items}</ul></div>\n')
    return "".join(said)


def _name(label: str, record: Record) -> str:
    return f'<span class="swatch {colours(record)[label]}">{foreign(label)}</span>'


def _labels(record: Record) -> str:
    figures, rows = record["figures"], []
    for label, found in figures["labels"].items():
        interval = figures["intervals"]["labels"][label]["f1"]
        picture = interval_picture(found["f1"], interval, f"F1 of {label}", colours(record)[label])
        parts = [share(found[part]) for part in ("precision", "recall", "f1")]
        rows.append([_name(label, record), *parts, bounds(interval), picture, f"{found['words']:,}"])
    macro, interval = figures["macro_f1"], figures["intervals"]["macro_f1"]
    picture = interval_picture(macro, interval, "macro-F1", "whole")
    rows.append(["macro-F1", "", "", share(macro), bounds(interval), picture, f"{figures['words']:,}"])
    note = "Counted in words. The bar shows F1 from 0 to 1 with its 95 % interval over resampled documents."
    head = ["label", "precision", "recall", "F1", "95 %", "", "words"]
    return table(head, rows, "labels") + f'<p class="note">{note}</p>\n' + _comments(figures)


def _comments(figures: Record) -> str:
    counts, said = figures["documents"], []
    if counts.get("with_comments"):
        said.append(f"{counts['cut_exactly']} of {counts['with_comments']} documents with comments are cut exactly.")
    if counts.get("free_of_comments"):
        said.append(f"{counts['clean']} of {counts['free_of_comments']} without comments have no word called comment.")
    return f"<p>{' '.join(said)}</p>\n" if said else ""


def _thresholds(record: Record) -> str:
    rows = []
    for label, found in record["thresholds"].items():
        for row in found:
            interval = None if row["low"] is None else (row["low"], row["high"])
            least = "none does" if row["min_score"] is None else score(row["min_score"])
            kept = "-" if row["kept"] is None else f"{100 * row['kept']:.0f} %"
            cells = [least, share(row["precision"]), bounds(interval), kept]
            rows.append([_name(label, record) if row is found[0] else "", f"{100 * row['target']:.0f} %", *cells])
    strictest = [advice(label, found[-1]) for label, found in record["thresholds"].items() if found]
    said = "".join(f"<li>{_OPTION.sub(_CODE, escape(sentence))}</li>\n" for sentence in strictest)
    note = (
        "The lowest <code>winnow filter --min-score</code> that reaches the precision on these documents and leaves "
        "100 words or more, and how much of the label's words it keeps. It was chosen on the same documents, so take "
        "the lower end of the interval."
    )
    head = ["label", "precision wanted", "--min-score", "precision", "95 %", "kept"]
    return f'<ul class="advice">\n{said}</ul>\n{table(head, rows)}<p class="note">{note}</p>\n'


def _reliability(record: Record) -> str:
    drawn = [
        _figure(label, reliability_picture(rows, label, colours(record)[label]), _error(record, label), record)
        for label, rows in record["reliability"].items()
        if rows
    ]
    note = (
        "On the diagonal, what the model calls 70 % probable is so 70 times in 100. Below it the model is too sure of "
        "itself, above it too modest. A larger dot stands for more words."
    )
    return f'<div class="grid">{"".join(drawn)}</div>\n<p class="note">{note}</p>\n' if drawn else ""


def _error(record: Record, label: str) -> str:
    return f"mean error {share(record['figures']['calibration'][label]['error'])}"


def _curves(record: Record) -> str:
    drawn = [
        _figure(
            label,
            curve_picture(curve, label, colours(record)[label]),
            f"average {share(curve['average_precision'])}",
            record,
        )
        for label, curve in record["curves"].items()
        if curve["recall"]
    ]
    note = "What becomes of precision as more of the label is caught, from the most probable word down."
    return f'<div class="grid">{"".join(drawn)}</div>\n<p class="note">{note}</p>\n' if drawn else ""


def _figure(label: str, picture: str, caption: str, record: Record) -> str:
    return f"<figure>{picture}<figcaption>{_name(label, record)} {escape(caption)}</figcaption></figure>\n"


def _confusion(record: Record) -> str:
    confusion: Mapping[str, Mapping[str, int]] = record["figures"]["confusion"]
    rows = []
    for gold, given in confusion.items():
        whole = sum(given.values())
        cells = [_heat(count, whole, gold == called) for called, count in given.items()]
        rows.append([foreign(gold), *cells])
    head = ["meant \\ called", *(foreign(label) for label in confusion)]
    note = "Words by the label they bear (rows) and the label they were given (columns); shares are of the row."
    return table(head, rows, "confusion") + f'<p class="note">{note}</p>\n'


def _heat(count: int, whole: int, right: bool) -> str:
    part = count / whole if whole else 0.0
    kind = f"{'right' if right else 'wrong'} h{min(int(part * 10 + 0.999), 10)}"
    shown = f"{100 * part:.1f} %" if count else ""
    return f'<td class="{kind}"><b>{count:,}</b><small>{shown}</small></td>'


def _suites(suites: Mapping[str, Record]) -> str:
    if not suites:
        return ""
    labels = list(next(iter(suites.values()))["labels"])
    rows = [
        [
            escape(name),
            f"{found['documents']['all']:,}",
            share(found["macro_f1"]),
            bounds(found["intervals"]["macro_f1"]),
            *(share(found["labels"][label]["f1"]) for label in labels),
            share(found["trails_cut_exactly"]),
        ]
        for name, found in suites.items()
    ]
    return table(["", "documents", "macro-F1", "95 %", *map(foreign, labels), "cut exactly"], rows)


def _groups(found: Record, record: Record) -> str:
    if not found:
        return ""
    labels = list(record["figures"]["labels"])
    rows = [
        [
            foreign(name),
            f"{group['documents']:,}",
            f"{group['words']:,}",
            share(group["macro_f1"]),
            bounds(group["interval"]),
            *(share(group["f1"][label]) for label in labels),
        ]
        for name, group in found["groups"].items()
    ]
    more = f'<p class="note">And {found["left_out"]} more, smaller ones.</p>\n' if found["left_out"] else ""
    return table(["", "documents", "words", "macro-F1", "95 %", *map(foreign, labels)], rows) + more


def _corpus(record: Record) -> str:
    corpus: Mapping[str, Any] = record["corpus"]
    counts = [[escape(name), f"{value:,}"] for name, value in corpus.items() if type(value) is int]
    sources = corpus.get("sources")
    kinds = ("documents", "sentences", "comments")
    rows = [
        [foreign(name), *(f"{found[kind]:,}" if kind in found else "" for kind in kinds)]
        for name, found in sorted(sources.items() if isinstance(sources, Mapping) else [])
    ]
    base = f"<p>It started from the model {foreign(corpus['base'].get('name'))}.</p>\n" if corpus.get("base") else ""
    return base + (table(["", "number"], counts) if counts else "") + (table(["source", *kinds], rows) if rows else "")


def _settings(record: Record) -> str:
    model, corpus = record["model"], record["corpus"]
    digests = {
        "judged documents": record["judged"]["digest"],
        "corpus": corpus.get("digest"),
        "weights": model.get("weights"),
    }
    rows: Sequence[tuple[str, Any]] = [(f"SHA-256 of the {name}", value) for name, value in digests.items() if value]
    made = [(name, version) for name, version in model.get("created_with", {}).items()]
    meanings = [(label, LABELS[label]) for label in model["labels"] if label in LABELS]
    cells = [
        [escape(name), f"<code>{escape(value)}</code>"] for name, value in (*rows, *record["settings"].items(), *made)
    ]
    told = table(["label", "meaning"], [[foreign(label), escape(text)] for label, text in meanings], "prose")
    return (
        f"<details><summary>Show</summary>\n{table(['', ''], cells, 'settings')}{told if meanings else ''}</details>\n"
    )
