from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from shown import PAGE, Watched, laid, write_page


@pytest.fixture
def look(browser: Any) -> Iterator[Callable[..., Watched]]:
    """Opens a page in a browser profile of its own."""
    contexts = []

    def opened(path: Path, **options: Any) -> Watched:
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 860}, **options))
        return Watched(contexts[-1].new_page(), path)

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def ferry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of one document."""
    return write_page(tmp_path_factory.mktemp("view") / "ferry.html", [laid("ferry.txt", PAGE)])
