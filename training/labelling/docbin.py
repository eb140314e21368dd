"""spaCy's ``DocBin``: spans in ``doc.spans["sc"]``, fields in ``doc.user_data``. Needs the extra ``spacy``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from classifier.errors import ClassifierError, InputError

from .records import Item, in_order

KEY = "sc"  # where spaCy's own span categorizer looks
_FIELDS = "winnow"


def pack(items: Sequence[Item]) -> bytes:
    """Return documents as the bytes of a ``.spacy`` file; raises ClassifierError where spaCy is not installed."""
    spacy, tokens = _spacy()
    tokenize = spacy.blank("en").tokenizer
    return bytes(tokens.DocBin(store_user_data=True, docs=[_doc(tokens, tokenize, item) for item in items]).to_bytes())


def check(item: Item) -> None:
    """Raise InputError where spaCy cannot hold the text."""
    try:
        item.text.encode()
    except UnicodeEncodeError:
        raise InputError(item.where, "has a lone surrogate, which spaCy cannot hold") from None


def read(path: str, content: bytes, key: str = KEY) -> Iterator[Item | InputError]:
    """Yield the documents of a ``.spacy`` file; where there are no spans under ``key``, entities are taken."""
    spacy, tokens = _spacy()
    try:
        docs = list(tokens.DocBin().from_bytes(content).get_docs(spacy.blank("en").vocab))
    except Exception as error:  # whatever zlib, msgpack and spaCy raise over bytes that are not theirs
        raise InputError(path, f"not a DocBin of spaCy ({type(error).__name__})") from None
    for number, doc in enumerate(docs, 1):
        try:
            yield _item(f"{path}: document {number}", doc, key)
        except InputError as error:
            yield error


def _spacy() -> tuple[Any, Any]:
    try:
        import spacy
        import spacy.tokens
    except ImportError:
        raise ClassifierError("this format needs spaCy: pip install newswinnow[spacy]") from None
    return spacy, spacy.tokens


def _doc(tokens: Any, tokenize: Any, item: Item) -> Any:
    spans = item.spans or ()
    cuts = {edge for token in tokenize(item.text) for edge in (token.idx, token.idx + len(token))}
    starts, ends = {start for start, *_ in spans}, {end for _, end, _ in spans}
    words: list[str] = []
    blanks: list[bool] = []
    for start, end in pairwise(sorted({0, len(item.text)} | cuts | starts | ends)):
        own = start in starts or end in ends or not words or blanks[-1]
        if item.text[start:end] == " " and not own:
            blanks[-1] = True
        else:
            words.append(item.text[start:end])
            blanks.append(False)
    doc = tokens.Doc(tokenize.vocab, words=words, spaces=blanks)
    if item.spans is not None:
        doc.spans[KEY] = [doc.char_span(start, end, label=label) for start, end, label in spans]
    doc.user_data[_FIELDS] = json.dumps({"fields": item.fields, "labelled": item.spans is not None})
    return doc


def _item(where: str, doc: Any, key: str) -> Item:
    try:
        known = json.loads(doc.user_data.get(_FIELDS, "{}"))
        fields = dict(known.get("fields", {}))
    except (ValueError, TypeError, AttributeError) as error:
        raise InputError(where, f"its user data are not ours ({error})") from None
    found = doc.spans.get(key, doc.ents)
    spans = in_order((span.start_char, span.end_char, span.label_) for span in found)
    return Item(where, doc.text, spans if spans or known.get("labelled", True) else None, fields)
