"""The interface in OpenAPI 3.1, with the labels of the model that answers and the limits that hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import __version__
from ..labels import display_order
from .judging import JSON, LINES, TEXT
from .limits import Limits

Schema = dict[str, Any]
_ERROR = {"$ref": "#/components/schemas/Error"}
_REASONS = {
    400: "Something is wrong with the query or the body; `error` says what and where.",
    403: "The Host header names somebody else, or a page of another origin asks.",
    408: "The body stopped coming.",
    413: "The body, a document or the number of documents is over the limit.",
    415: "The Content-Type, charset or Content-Encoding is not one that is read.",
    500: "A worker failed over this request.",
    503: "Too much is waiting; come back after `Retry-After` seconds.",
}


def described(labels: Sequence[str], limits: Limits) -> Schema:
    """Return the description."""
    paths: Schema = {
        "/classify": {"post": _action("classify", "Label every sentence.", _FLAG, limits, "Result")},
        "/filter": {"post": _action("filter", _FILTER, _rule(labels), limits, "Record")},
        "/view": {"post": _action("view", "Documents as the page draws them (not a stable form).", [], limits, "Any")},
        "/health": {
            "get": _get("health", "Whether the server answers.", JSON, {"$ref": "#/components/schemas/Health"})
        },
        "/metrics": {"get": _get("metrics", "Counters, for Prometheus.", TEXT, {"type": "string"})},
        "/openapi.json": {"get": _get("openapi", "This description.", JSON, {"type": "object"})},
        "/": {"get": _get("page", "The page to paste text into.", "text/html", {"type": "string"})},
    }
    about = {"title": "winnow", "version": __version__, "description": _ABOUT.format(limits=limits)}
    return {"openapi": "3.1.0", "info": about, "paths": paths, "components": {"schemas": _schemas(labels, limits)}}


_ABOUT = (
    "Labels every sentence of a page's text. A body of application/json is one record or a list of at most "
    "{limits.documents}; of application/x-ndjson a record a line, answered while it comes in, where a line that cannot "
    'be used is answered by {{"error": "..."}}; of text/plain one text. A body that is read whole, or a '
    "line, has at most {limits.body} bytes, a document {limits.document}. Offsets count code points, end exclusive."
)
_FILTER = "Keep only some labels; `keep` or `drop`, one of the two. A record keeps every other field."
_FLAG = [
    {
        "name": "probabilities",
        "in": "query",
        "schema": {"type": "boolean"},
        "description": "Add the probability of every label to each segment, in the document and alone.",
    }
]


def _rule(labels: Sequence[str]) -> list[Schema]:
    names = {"type": "array", "minItems": 1, "items": {"enum": display_order(labels), "type": "string"}}
    number = {"type": "number", "minimum": 0, "maximum": 1}
    unsure = "What is done below min_score; drop under keep and keep under drop where it is not given."
    given = [
        ("keep", names, "Labels to keep, with commas or repeated."),
        ("drop", names, "Labels to drop; everything else is kept."),
        ("min_score", number, "A score below this is unsure."),
        ("when_unsure", {"type": "string", "enum": ["keep", "drop"]}, unsure),
        (
            "min_words",
            {"type": "integer", "minimum": 0, "maximum": 999_999_999},
            "With fewer words left, keep nothing.",
        ),
    ]
    shape = {"in": "query", "explode": False, "style": "form"}
    return [{"name": name, "schema": schema, "description": text, **shape} for name, schema, text in given]


def _action(name: str, summary: str, parameters: list[Schema], limits: Limits, answer: str) -> Schema:
    record, given = {"$ref": f"#/components/schemas/{answer}"}, {"$ref": "#/components/schemas/Document"}
    many = {"type": "array", "items": given, "maxItems": limits.documents}
    bodies: Schema = {JSON: {"schema": {"oneOf": [given, many]}}, TEXT: {"schema": {"type": "string"}}}
    answers: Schema = {JSON: {"schema": {"anyOf": [record, {"type": "array", "items": record}]}}}
    if name == "filter":
        answers[TEXT] = {"schema": {"type": "string"}}
    if name != "view":
        bodies[LINES] = answers[LINES] = {"schema": {"type": "string"}}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "requestBody": {"required": True, "content": bodies},
        "responses": {"200": {"description": "Done.", "content": answers}, **_refusals(*_REASONS)},
    }


def _get(name: str, summary: str, media: str, schema: Schema) -> Schema:
    done = {"description": "Done.", "content": {media: {"schema": schema}}}
    return {"operationId": name, "summary": summary, "responses": {"200": done, **_refusals(403)}}


def _refusals(*statuses: int) -> Schema:
    content = {JSON: {"schema": _ERROR}}
    wait = {"Retry-After": {"schema": {"type": "string"}, "description": "Seconds."}}
    return {
        str(status): {"description": _REASONS[status], "content": content}
        | ({"headers": wait} if status == 503 else {})
        for status in statuses
    }


def _schemas(labels: Sequence[str], limits: Limits) -> Schema:
    label, share, offset = (
        _enum(labels),
        {"type": "number", "minimum": 0, "maximum": 1},
        {"type": "integer", "minimum": 0},
    )
    shares = {
        "type": "object",
        "properties": dict.fromkeys(display_order(labels), share),
        "additionalProperties": False,
    }
    segment = {"start": offset, "end": offset, "label": label, "score": share, "probabilities": shares, "alone": shares}
    counts = {
        "type": "object",
        "properties": dict.fromkeys(display_order(labels), offset),
        "additionalProperties": False,
    }
    segments = {"type": "array", "items": _object(segment, ["start", "end", "label", "score"])}
    result = {"id": {}, "model": {"type": "string"}, "segments": segments, "segments_by_label": counts}
    result |= {"words_by_label": counts, "warning": {"type": "string", "enum": ["language"]}}
    dropped = {"type": "array", "prefixItems": [offset, offset, label, share], "minItems": 4, "maxItems": 4}
    kept = {"type": "array", "items": {"type": "array", "items": offset, "minItems": 2, "maxItems": 2}}
    winnow = _object({"kept": kept, "dropped": {"type": "array", "items": dropped}}, ["kept", "dropped"])
    text = {"type": "string", "maxLength": limits.document // 4}
    health = {"status": {"type": "string", "enum": ["ok"]}, "model": {"type": "string"}, "version": {"type": "string"}}
    return {
        "Document": {"type": "object", "properties": {"id": {}, "text": text}, "required": ["text"]},
        "Result": _object(result, ["id", "model", "segments", "segments_by_label", "words_by_label"]),
        "Record": {"type": "object", "properties": {"text": text, "winnow": winnow}, "required": ["text", "winnow"]},
        "Any": {},
        "Health": _object(
            health | {"labels": {"type": "array", "items": label}}, ["status", "model", "labels", "version"]
        ),
        "Error": _object({"error": {"type": "string"}}, ["error"]),
    }


def _enum(labels: Sequence[str]) -> Schema:
    return {"type": "string", "enum": display_order(labels)}


def _object(properties: Schema, required: list[str]) -> Schema:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
