"""Learn Punkt's parameters with NLTK and write them down as the tables the splitter reads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from classifier.segments import SentenceRules, pair_keys
from classifier.text import lay_out
from classifier.tokens import Tokens, tokenize

# An orthographic context seen once or twice says little; Punkt itself ignores none, the table would be ten times as
# large.
MIN_ORTHO_COUNT = 3


def learn_sentence_rules(texts: Iterable[str]) -> SentenceRules:
    """Train NLTK's ``PunktTrainer`` on ``texts`` (Kiss and Strunk 2006) and return its parameters as key tables."""
    from nltk.tokenize.punkt import PunktTrainer

    trainer = PunktTrainer()
    seen: dict[str, int] = {}
    for text in texts:
        trainer.train(text, finalize=False)
        for word in re.findall(r"\w+", text.lower()):
            seen[word] = seen.get(word, 0) + 1
    trainer.finalize_training()
    parameters = trainer.get_params()
    ortho = {w: f for w, f in parameters.ortho_context.items() if f and seen.get(w, 0) >= MIN_ORTHO_COUNT}
    titles = _listed("titles.txt")
    abbreviations = set(parameters.abbrev_types) | _listed("abbreviations.txt") | titles
    words, word_keys = _single(ortho)
    keys, which = np.unique(word_keys, return_inverse=True)
    flags = np.zeros(len(keys), np.uint8)  # words that differ in their digits alone share a key
    np.bitwise_or.at(flags, which, np.array([ortho[w] for w in words], np.uint8))
    collocations = [f"{a} {b}" for a, b in parameters.collocations if not a.startswith("##")]
    return SentenceRules(
        abbreviations=np.union1d(_single(abbreviations)[1], _double(abbreviations, ".")),
        titles=np.unique(_single(titles)[1]),
        collocations=np.unique(_double(collocations, "")),
        starters=np.unique(_single(parameters.sent_starters)[1]),
        ortho_keys=keys,
        ortho_flags=flags,
    )


def _listed(name: str) -> set[str]:
    """Return the entries every English text uses, which a small corpus need not show often enough."""
    text = resources.files("training").joinpath(name).read_text("utf-8")
    return {line.strip().lower() for line in text.splitlines() if line.strip() and not line.startswith("#")}


def _cut(entries: Iterable[str]) -> tuple[list[str], Tokens, NDArray[np.int64]]:
    """Return the entries, their tokens, and where each entry's tokens begin (one more entry than entries)."""
    listed = sorted(entries)
    batch = lay_out(listed)
    tokens = tokenize(batch)
    return listed, tokens, np.searchsorted(tokens.start, np.append(batch.starts, len(batch.buffer)))


def _single(entries: Iterable[str]) -> tuple[list[str], NDArray[np.uint64]]:
    """Return the entries that are one token, and their keys."""
    listed, tokens, first = _cut(entries)
    keep = np.flatnonzero(np.diff(first) == 1)
    return [listed[i] for i in keep], tokens.key[first[keep]]


def _double(entries: Iterable[str], between: str) -> NDArray[np.uint64]:
    """Return the pair keys of the entries that are two words with the mark ``between`` (or nothing) between them."""
    _, tokens, first = _cut(entries)
    size = 2 + len(between)
    head = first[np.flatnonzero(np.diff(first) == size)]
    if between:
        head = head[tokens.kind[head + 1] == ord(between)]
    return pair_keys(tokens.key[head], tokens.key[head + size - 1])
