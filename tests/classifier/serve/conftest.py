from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from asked import Server
from serving import start

LIMITS = ["--max-body", "2", "--max-document", "1", "--max-documents", "20"]


@pytest.fixture(scope="session")
def server(tiny_folder: Path) -> Iterator[Server]:
    """A real server with the small model and small limits."""
    process, listening = start(tiny_folder, *LIMITS)
    yield listening
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
