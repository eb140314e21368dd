"""Pages of our own and what the shipped model makes of them: segments, and labels that change when it is trained again.

``python -m tests.golden.update`` writes the files anew. Read the difference before you commit it: segments should
change only where sentences are cut otherwise on purpose.
"""

from __future__ import annotations

from pathlib import Path

from classifier.artifact import WEIGHTS
from classifier.classify import Classifier

FOLDER = Path(__file__).parent
PAGES = sorted(
    [*FOLDER.glob("*.txt"), *(FOLDER.parents[1] / "data" / "pages").glob("*.txt")], key=lambda page: page.stem
)


def text_of(page: Path) -> str:
    return page.read_bytes().decode()


def golden_of(page: Path) -> Path:
    return FOLDER / f"{page.stem}.tsv"


def digest_of(model: Classifier) -> str:
    return model.manifest.files[WEIGHTS]


def rows(page: Path, model: Classifier) -> list[str]:
    """A row for each segment: start, end, label, text."""
    text = text_of(page)
    return [
        f"{s.start}\t{s.end}\t{s.label}\t{text[s.start : s.end].encode('unicode_escape').decode()}"
        for s in model.classify(text).segments
    ]


def read(page: Path) -> tuple[str, list[str]]:
    """The digest of the weights that a page was last labelled with, and its rows."""
    head, *listed = golden_of(page).read_text("ascii").splitlines()
    return head.removeprefix("# weights "), listed


def main() -> None:
    model = Classifier.load("default")
    for page in PAGES:
        lines = [f"# weights {digest_of(model)}", *rows(page, model)]
        golden_of(page).write_text("\n".join(lines) + "\n", "ascii")


if __name__ == "__main__":
    main()
