"""Dress a trail as pages do: names, dates, buttons (all ``comment``), a header and a form (``boilerplate``).

One style is drawn for a whole trail, since a page has one template. Words and templates stand in ``trimmings.txt``.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

COMMENT = "comment"
BOILERPLATE = "boilerplate"
Line = tuple[str, str]  # text, label
Writer = Callable[[random.Random, int], str]  # of a date in about that year

_HEADER, _STYLED, _SPOKEN, _FORM = 0.7, 0.85, 0.12, 0.4  # how often a trail wears each
_LOST = 0.06  # pages and scrapers lose trimmings here and there


def _sections() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for line in (Path(__file__).parent / "trimmings.txt").read_text("utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            entries = found.setdefault(line[1:-1], [])
        elif line and found:
            entries.append(line)
    single = {key: " ".join(found[key]).split() for key in ("first", "last", "stem", "thing", "month", "day")}
    return {key: tuple(entries) for key, entries in {**found, **single}.items()}


_WORDS = _sections()
_MONTHS, _DAYS = _WORDS["month"], _WORDS["day"]


@dataclass(frozen=True)
class _Style:
    """How one page shows a comment: lines before its text, lines after it, and how names and dates are written."""

    name: Callable[[random.Random], str]
    date: Writer
    year: int
    head: str
    foot: str
    spoken: bool  # the head and the text share a line


def dress(comments: Sequence[str], title: str, rng: random.Random) -> list[Line]:
    """Return the lines of a marked trail with their labels: header, each comment in its trimmings, form.

    The words of ``comments`` stay as they are and in order; a comment begins on a line of its own or behind a name.
    """
    header, styled, form = rng.random() < _HEADER, rng.random() < _STYLED, rng.random() < _FORM
    style = _draw_style(rng) if styled else _Style(_mixed, _ago, 0, "", "", False)
    lines: list[Line] = []
    if header or not (styled or form):
        lines += _furniture("header", title, len(comments), rng)
    for number, comment in enumerate(comments, 1):
        lines += [(line, COMMENT) for line in _one(comment, number, style, title, rng)]
    if form:
        lines += _furniture("form", title, len(comments), rng)
    return lines


def _furniture(section: str, title: str, count: int, rng: random.Random) -> list[Line]:
    values = {"title": title, "count": str(count), **_numbers(rng)}
    return [(line.format(**values), BOILERPLATE) for line in rng.choice(_WORDS[section]).split(" / ")]


def _draw_style(rng: random.Random) -> _Style:
    name, date, year = rng.choice(_NAMES), rng.choice(_DATES), rng.randrange(2003, 2026)
    head, foot = rng.choice(_WORDS["head"]), rng.choice(_WORDS["foot"])
    if rng.random() < _SPOKEN:
        return _Style(name, date, year, rng.choice(_WORDS["spoken"]), rng.choice((foot, "")), True)
    return _Style(name, date, year, *rng.choice(((head, foot), (head, foot), (head, ""), ("", foot))), False)


def _one(comment: str, number: int, style: _Style, title: str, rng: random.Random) -> list[str]:
    values = _values(number, style, title, rng)
    first, *rest = [line.strip() for line in comment.splitlines() if line.strip()] or [""]
    foot = _filled(style.foot, values, rng)
    if style.spoken:
        return [f"{style.head.format(**values)} {first}", *rest, *foot]
    return [*_filled(style.head, values, rng), first, *rest, *foot]


def _filled(template: str, values: dict[str, str], rng: random.Random) -> list[str]:
    lines = [line.format(**values) for line in template.split(" / ") if line]
    return [line for line in lines if rng.random() >= _LOST]


def _values(number: int, style: _Style, title: str, rng: random.Random) -> dict[str, str]:
    year = rng.randrange(2001, max(style.year, 2002))
    numbers = {"i": str(number), "year": str(year), "title": title, **_numbers(rng)}
    joined, since = f"{rng.choice(_MONTHS)[:3]} {year}", _forum_date(rng, year)
    person = {"name": style.name(rng), "date": style.date(rng, style.year), "joined": joined, "since": since}
    return {**numbers, **person, "rank": rng.choice(_WORDS["rank"]), "place": rng.choice(_WORDS["place"])}


def _numbers(rng: random.Random) -> dict[str, str]:
    return {"n": f"{int(10 ** rng.uniform(0, 4)):,}", "few": str(rng.randrange(40)), "fewer": str(rng.randrange(9))}


def _full_name(rng: random.Random) -> str:
    return f"{rng.choice(_WORDS['first'])} {rng.choice(_WORDS['last'])}"


def _short_name(rng: random.Random) -> str:
    first, last = rng.choice(_WORDS["first"]), rng.choice(_WORDS["last"])
    return rng.choice((first, f"{first} {last[0]}.", f"{first[0]}. {last}", f"{first[0]}{last[0]}", first.lower()))


def _handle(rng: random.Random) -> str:
    stem, thing = rng.choice(_WORDS["stem"]), rng.choice(_WORDS["thing"])
    number = str(rng.choice((7, 12, 42, 65, 88, 99, 1957, 2001)))
    joined = rng.choice((f"{stem}_{thing}", f"{stem}{thing}", f"{stem.title()}{thing.title()}", f"{thing}-{stem}"))
    return joined + rng.choice(("", "", number))


def _stranger(rng: random.Random) -> str:
    return rng.choice(_WORDS["stranger"])


def _mixed(rng: random.Random) -> str:
    style = rng.choice((_full_name, _short_name, _handle, _handle, _stranger))
    return style(rng)


def _clock(rng: random.Random) -> str:
    return f"{rng.randrange(1, 13)}:{rng.randrange(60):02d} {rng.choice(('am', 'pm'))}"


def _clock24(rng: random.Random) -> str:
    return f"{rng.randrange(24):02d}:{rng.randrange(60):02d}"


def _ago(rng: random.Random, _: int) -> str:
    unit, count = rng.choice(("minute", "hour", "day", "week", "month", "year")), rng.randrange(1, 24)
    return f"{count} {unit}{'s' * (count > 1)} ago"


def _short_ago(rng: random.Random, _: int) -> str:
    return rng.choice((f"{rng.randrange(1, 24)}h", f"{rng.randrange(1, 9)}d", f"{rng.randrange(1, 9)}y", "Yesterday"))


def _long_date(rng: random.Random, year: int) -> str:
    day = f"{rng.choice(_MONTHS)} {rng.randrange(1, 29)}, {year}"
    return day + rng.choice(("", f" at {_clock(rng)}", f" {_clock(rng)}", f", {_clock(rng).upper()}"))


def _british_date(rng: random.Random, year: int) -> str:
    day = f"{rng.randrange(1, 29)} {rng.choice(_MONTHS)[:3]} {year}"
    return day + rng.choice(("", f" at {_clock(rng)}", f", {_clock24(rng)}"))


def _iso_date(rng: random.Random, year: int) -> str:
    day = f"{year}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
    return day + rng.choice(("", f" {_clock24(rng)}"))


def _forum_date(rng: random.Random, year: int) -> str:
    return f"{rng.choice(_DAYS)} {rng.choice(_MONTHS)[:3]} {rng.randrange(1, 29):02d}, {year} {_clock(rng)}"


def _slashed_date(rng: random.Random, year: int) -> str:
    day = f"{rng.randrange(1, 13):02d}/{rng.randrange(1, 29):02d}/{year}"
    return day + rng.choice(("", f" - {_clock24(rng)}", f" {_clock(rng)}"))


_NAMES: tuple[Callable[[random.Random], str], ...] = (_full_name, _short_name, _handle, _mixed, _mixed)
_DATES: tuple[Writer, ...] = (_ago, _ago, _short_ago, _long_date, _long_date, _british_date)
_DATES += (_iso_date, _forum_date, _slashed_date)
