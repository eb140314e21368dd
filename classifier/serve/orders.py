"""A request's query -> what is wanted of its documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import InputError
from ..filter import Rule
from .limits import Refused

_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,3})?")
_WHOLE = re.compile(r"[0-9]{1,9}")
_YES = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True)
class Order:
    """What is done with each document: ``action`` is classify, filter or view."""

    action: str
    probabilities: bool = False
    rule: Rule | None = None


def order(action: str, query: Sequence[tuple[str, str]], classes: Iterable[str]) -> Order:
    """Read a query; raises Refused (400) naming what is wrong with it."""
    known = PARAMETERS[action]
    values: dict[str, Any] = {}
    for name, value in query:
        if name not in known:
            raise Refused(400, f"{action} has no parameter {name!r}, only {', '.join(known) or 'none'}")
        if name in values and known[name] is not _labels:
            raise Refused(400, f"{name} is given twice")
        read = known[name](name, value)
        values[name] = values.get(name, ()) + read if known[name] is _labels else read
    if action != "filter":
        return Order(action, **values)
    try:
        rule = Rule(**values)
        rule.check(classes)
    except InputError as error:
        raise Refused(400, error.reason) from None
    return Order(action, rule=rule)


def _labels(name: str, value: str) -> tuple[str, ...]:
    labels = tuple(label.strip() for label in value.split(",") if label.strip())
    if not labels:
        raise Refused(400, f"{name} names no label")
    return labels


def _share(name: str, value: str) -> float:
    if not _NUMBER.fullmatch(value):
        raise Refused(400, f"{name} must be a number from 0 to 1, not {value[:50]!r}")
    return float(value)


def _count(name: str, value: str) -> int:
    if not _WHOLE.fullmatch(value):
        raise Refused(400, f"{name} must be a whole number, not {value[:50]!r}")
    return int(value)


def _flag(name: str, value: str) -> bool:
    if value not in _YES:
        raise Refused(400, f"{name} must be true or false, not {value[:50]!r}")
    return _YES[value]


def _word(name: str, value: str) -> str:
    return value


PARAMETERS: dict[str, dict[str, Callable[[str, str], Any]]] = {
    "classify": {"probabilities": _flag},
    "filter": {
        "keep": _labels,
        "drop": _labels,
        "min_score": _share,
        "when_unsure": _word,
        "min_words": _count,
    },
    "view": {},
}
