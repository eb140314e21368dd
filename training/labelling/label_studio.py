"""Label Studio: tasks to import there, with annotations and predictions, and its JSON export."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from classifier.errors import InputError
from classifier.io import Caution
from classifier.result import DocumentResult

from ..corpus import Span
from .records import SPANS, TEXT, Item, in_order

_FROM, _TO = "label", "text"
_COLOURS = (
    "#4c78a8",
    "#f58518",
    "#54a24b",
    "#9d9d9d",
    "#b279a2",
    "#e45756",
    "#72b7b2",
    "#eeca3b",
    "#ff9da6",
    "#9d755d",
)
_BLANK = re.compile(r"\s+|\\n")


def config(labels: Sequence[str]) -> str:
    """Return the labelling interface (XML) that goes with the tasks."""
    shown = (
        f"    <Label value={quoteattr(label)} background={quoteattr(_COLOURS[i % len(_COLOURS)])}"
        + (f' hotkey="{i + 1}"' if i < 9 else "")
        + "/>\n"
        for i, label in enumerate(labels)
    )
    return (
        f'<View>\n  <Labels name="{_FROM}" toName="{_TO}">\n{"".join(shown)}  </Labels>\n'
        f'  <Text name="{_TO}" value="$text"/>\n</View>\n'
    )


def task(item: Item, number: int, judged: DocumentResult | None) -> dict[str, Any]:
    """Return one task: the record's fields as data, its spans as an annotation, the model's as a prediction."""
    made: dict[str, Any] = {"data": {**item.fields, TEXT: item.text}}
    if item.spans is not None:
        made["annotations"] = [{"result": _regions(item, number, [(span, None) for span in item.spans])}]
    if judged is not None:
        scored = [((s.start, s.end, s.label), s.score) for s in judged.segments]
        weights = [end - start for (start, end, _), _ in scored]
        mean = sum(w * p for w, (_, p) in zip(weights, scored, strict=True)) / max(sum(weights), 1)
        result = _regions(item, number, scored)
        made["predictions"] = [{"model_version": judged.model, "score": round(mean, 4), "result": result}]
    return made


def _regions(item: Item, number: int, spans: Iterable[tuple[Span, float | None]]) -> list[dict[str, Any]]:
    regions = []
    for (start, end, label), score in spans:
        # Label Studio wants ids that no other task, annotation or prediction of a project has.
        name = json.dumps([number, item.text, start, end, label, score]).encode()
        value = {"start": start, "end": end, "text": item.text[start:end], "labels": [label]}
        region = {"id": hashlib.sha256(name).hexdigest()[:10], "type": "labels", "from_name": _FROM, "to_name": _TO}
        regions.append({**region, "value": value} | ({} if score is None else {"score": score}))
    return regions


def read(path: str, content: str, text_field: str = TEXT) -> Iterator[Item | InputError | Caution]:
    """Yield the documents of a JSON export, at ``path: task ID``; tasks that nobody annotated have no spans."""
    try:
        tasks = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InputError(path, f"not a JSON export of Label Studio ({error})") from None
    for number, found in enumerate(tasks if isinstance(tasks, list) else [tasks], 1):
        name = found.get("id", number) if isinstance(found, dict) else number
        try:
            yield from _task(f"{path}: task {name}", found, text_field)
        except InputError as error:
            yield error


def _task(where: str, found: Any, text_field: str) -> Iterator[Item | Caution]:
    data = found.get("data") if isinstance(found, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get(text_field), str):
        raise InputError(where, f'"data" has no text in the field "{text_field}" (--text-field names another)')
    fields = {key: value for key, value in data.items() if key not in (text_field, SPANS)}
    if "id" not in fields and "id" in found:
        fields = {"id": found["id"], **fields}
    usable = _usable(where, found)
    if len(usable) > 1:
        yield Caution(where, f"has {len(usable)} annotations; the ground truth or else the latest was taken")
    text = data[text_field]
    spans = in_order(_spans(where, text, usable[-1])) if usable else None
    yield Item(where, text, spans, fields)


def _usable(where: str, found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the annotations that somebody finished, the one to be taken last."""
    value = found.get("annotations", found.get("completions")) or []
    if not isinstance(value, list) or not all(isinstance(annotation, dict) for annotation in value):
        raise InputError(where, '"annotations" must be a list of objects')
    finished = [annotation for annotation in value if not annotation.get("was_cancelled")]
    return sorted(finished, key=lambda a: (bool(a.get("ground_truth")), str(a.get("updated_at") or "")))


def _spans(where: str, text: str, annotation: Mapping[str, Any]) -> Iterator[Span]:
    result = annotation.get("result") or []
    if not isinstance(result, list):
        raise InputError(where, '"result" must be a list of objects')
    regions = [region for region in result if isinstance(region, dict)]
    values = [region.get("value") for region in regions if str(region.get("type", "labels")).endswith("labels")]
    places = _Places(text, [value for value in values if isinstance(value, dict)])
    for value in values:
        known = value if isinstance(value, dict) else {}
        labels = known.get("labels", known.get("hypertextlabels"))
        if not isinstance(labels, list) or not all(isinstance(label, str) and label for label in labels):
            raise InputError(where, f"a region without labels: {json.dumps(value)[:80]}")
        start, end = places.of(where, known)
        yield from ((start, end, label) for label in labels)


class _Places:
    """Where regions lie. Label Studio's page counts UTF-16 units, its Python side code points; the text decides."""

    def __init__(self, text: str, values: Sequence[Mapping[str, Any]]) -> None:
        self._text = text
        self._points = [i for i, character in enumerate(text) for _ in range(1 + (character > "\uffff"))] + [len(text)]
        told = [value for value in values if isinstance(value.get("text"), str)]
        self._in_units = any(self._fits(value, False) is None and self._fits(value, True) for value in told)

    def of(self, where: str, value: Mapping[str, Any]) -> tuple[int, int]:
        """Return start and end in code points; raises InputError where the text there is not the region's."""
        if not all(type(value.get(edge)) is int for edge in ("start", "end")):
            raise InputError(where, f"a region without offsets into plain text: {json.dumps(value)[:80]}")
        found = self._fits(value, self._in_units) or self._fits(value, not self._in_units)
        if found is None:
            raise InputError(
                where, f"region [{value['start']}, {value['end']}] is outside the text, or is not its words"
            )
        return found

    def _fits(self, value: Mapping[str, Any], in_units: bool) -> tuple[int, int] | None:
        start, end, said = value.get("start"), value.get("end"), value.get("text")
        if type(start) is not int or type(end) is not int:
            return None
        if not 0 <= start < end < len(self._points) or (not in_units and end > len(self._text)):
            return None
        place = (self._points[start], self._points[end]) if in_units else (start, end)
        same = not isinstance(said, str) or _squeezed(said) == _squeezed(self._text[slice(*place)])
        return place if same and place[0] < place[1] else None


def _squeezed(text: str) -> str:
    # Label Studio folds blanks, and has written line breaks as a backslash and an n.
    return _BLANK.sub("", text)
