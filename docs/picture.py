"""Takes the picture with which the README opens: ``python docs/picture.py`` (``make picture``) writes docs/view.png.

It shows ``winnow view data/pages`` in Chromium where the readers' comments start in the page named on the command line
(``war`` unless told). Needs the extra ``browser`` and a chromium; look at what it has made.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SIZE = {"width": 1280, "height": 800}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
]


def take(page: Path, picture: Path, document: str) -> None:
    """Open ``page``, turn to ``document`` and to its comments, and write what is seen."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise SystemExit("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        seen = browser.new_page(viewport=SIZE, color_scheme="light")
        seen.goto(page.as_uri())
        seen.fill("#search", document)
        seen.click(".row")
        seen.fill("#search", "")
        seen.focus("#article")
        seen.keyboard.press("c")
        seen.mouse.move(0, 0)
        seen.evaluate("document.querySelector('.trail')?.scrollIntoView({ block: 'center', behavior: 'instant' })")
        seen.screenshot(path=str(picture))
        browser.close()


def main() -> None:
    """Take the picture."""
    document = sys.argv[1] if len(sys.argv) > 1 else "war"
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        command = [sys.executable, "-m", "classifier", "view", "data/pages", "--output", str(page)]
        subprocess.run(command, cwd=ROOT, check=True)
        take(page, ROOT / "docs" / "view.png", document)


if __name__ == "__main__":
    main()
