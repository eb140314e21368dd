"""Under which terms each source of the corpus came, and choosing by them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

UNSTATED = "none stated"
OURS = frozenset({"fresh", "own", "war", "written"})

# As the sources state them. What a row says of itself wins.
TERMS = {
    "fresh": "MIT (written for this project)",
    "own": "MIT (written for this project)",
    "written": "MIT (written for this project)",
    "war": "MIT (written for this project)",
    "civil": "CC0 1.0 (Civil Comments)",
    "fox": "MIT (Fox News user comments)",
    "rfd": "Apache-2.0 (NYT Room for Debate, by way of UKPLab)",
    "checkthat": "CC BY 4.0 (CheckThat! 2025 task 1)",
    "wcx": "CC BY 4.0 (WCXB)",
    "syr": "CC BY 4.0 (FA-KES)",
    "hyp": "CC BY 4.0 (SemEval-2019 hyperpartisan news)",
    "scr": "MIT (scrapinghub article extraction benchmark)",
    "scrapinghub": "MIT (scrapinghub article extraction benchmark)",
    "l3s": f"{UNSTATED} (L3S-GN1)",
    "ukr": f"{UNSTATED} (SemEval-2025 task 10)",
    "edi": f"{UNSTATED} (Webis editorials)",
    "ndc": f"{UNSTATED} (NewsDiscourse)",
    "cle": f"{UNSTATED} (CleanEval)",
    "cleaneval": f"{UNSTATED} (CleanEval)",
    "rea": f"{UNSTATED} (Mozilla readability's test pages)",
    "readability": f"{UNSTATED} (Mozilla readability's test pages)",
    "mpqa": f"{UNSTATED} (MPQA 1.2)",
    "manovaad": f"{UNSTATED} (Manovaad news)",
    "basil": f"{UNSTATED} (BASIL)",
}  # fmt: skip


class Sourced(Protocol):
    """A record that may name its source."""

    @property
    def source(self) -> str | None:
        """Name of the source, as in ``TERMS``."""


S = TypeVar("S", bound=Sourced)


@dataclass(frozen=True)
class Choice:
    """Which records may be learned from: none of the ``excluded`` sources, and only ``licensed`` ones where that is
    asked."""

    excluded: tuple[str, ...] = ()
    licensed: bool = False

    def of(self, records: Iterable[S]) -> list[S]:
        """Return the records that may be learned from, in order."""
        return [r for r in records if r.source not in self.excluded and not (self.licensed and not stated(r))]


def stated(record: Sourced) -> bool:
    """Tell whether a record's source states its terms."""
    terms = getattr(record, "license", None) or TERMS.get(record.source or "", UNSTATED)
    return not str(terms).startswith(UNSTATED)
