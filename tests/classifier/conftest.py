"""One browser for all tests that look at a page: Playwright bears no second one beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from shown import chromium


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running
