"""Text of others -> markup that shows it and does nothing else."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Iterable, Sequence

# What hides, turns text around, or cannot be written in UTF-8 at all is shown as its code, as the view's page does.
_HIDDEN = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def escape(text: object) -> str:
    """Return ``text`` as it may stand in an element or in a quoted attribute."""
    return html.escape(_HIDDEN.sub(lambda match: f"U+{ord(match[0]):04X}", str(text)))


def foreign(text: object) -> str:
    """Return text that somebody else wrote, its direction kept to itself."""
    return f"<bdi>{escape(text)}</bdi>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """Return a table of cells that are markup already; the first of each row is its heading."""
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = "".join(
        f'<tr><th scope="row">{first}</th>'
        + "".join(cell if cell.startswith("<td") else f"<td>{cell}</td>" for cell in rest)
        + "</tr>\n"
        for first, *rest in rows
    )
    whole = f'<table class="{kind}"><thead><tr>{top}</tr></thead>\n<tbody>{body}</tbody></table>'
    return f'<div class="wide" tabindex="0">{whole}</div>\n'


def policy(style: str) -> str:
    """Return the page's content policy: nothing runs, nothing loads, and only ``style`` styles."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
